"""Where everything stands in the lineage picture: six layers from left to right."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.numbers import count
from audit_pipeline.report.pictures.lineage_boxes import LINE, PAD, Box, Said, wrapped
from audit_pipeline.report.pictures.lineage_groups import COLUMN, Group
from audit_pipeline.report.places import Place
from audit_pipeline.report.resting import Kind, Resting
from audit_pipeline.report.verdicts import WORDS

EARLIER, SOURCE, COUNTED, CHECK, END = 128, 148, 84, 172, 104
"""How wide the layers are."""
TOP, LANE = 50, 50
SHORT, TALL = 42, 58
TABLES = 5
"""Tables that are drawn in one layer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The places of everything that is drawn; `before` and `sources` may be more than have one."""

    width: float
    height: float
    earlier: tuple[Box, ...]
    sources: tuple[Box, ...]
    groups: tuple[Box, ...]
    counted: Box
    kinds: tuple[Box, ...]
    verdict: Box
    model: Box | None
    baseline: Box | None
    compared: Box | None
    heads: Mapping[str, float]
    """Where the heading of each layer stands."""


def board(rests: Resting, groups: Sequence[Group]) -> Board:
    """Return where everything stands; the tallest layer says how high the picture is."""
    source = EARLIER + 36 if rests.before else 0
    column = source + SOURCE + 44
    counted = column + COLUMN + 44
    check = counted + COUNTED + 74
    end = check + CHECK + 48
    heights = [_height(kind) for kind in rests.kinds]
    earlier = [TALL] * min(len(rests.before), TABLES + 1)
    shown = min(len(rests.sources), TABLES + 1)
    high = max(
        _stack([SHORT] * len(groups), 7),
        _stack(heights, 16),
        _stack([TALL] * shown, 16),
        _stack(earlier, 16),
        120.0,
    )
    lane = TOP + high + 20
    below = sum(LANE for each in (rests.model, rests.baselines) if each)
    model = Box(source, lane, SOURCE, SHORT) if rests.model else None
    under = lane + (LANE if rests.model else 0)
    baseline = Box(source, under, SOURCE, SHORT) if rests.baselines else None
    compared = Box(counted, under, COUNTED, SHORT) if rests.baselines else None
    heads = {"Source": source, "Columns": column, "Profile": counted, "Checks": check}
    return Board(
        width=end + END,
        height=TOP + high + (20 + below if below else 6),
        earlier=_column(0, EARLIER, earlier, high, 16),
        sources=_column(source, SOURCE, [TALL] * shown, high, 16),
        groups=_column(column, COLUMN, [SHORT] * len(groups), high, 7),
        counted=Box(counted, TOP, COUNTED, high),
        kinds=_column(check, CHECK, heights, high, 40),
        verdict=Box(end, TOP + high / 2 - 56, END, 112),
        model=model,
        baseline=baseline,
        compared=compared,
        heads={**({"Before": 0} if rests.before else {}), **heads, "Verdict": end},
    )


def counts_of(kind: Kind) -> list[list[Said]]:
    """Return how the checks of a kind ended, in lines that fit into its box, worst first."""
    many = {v: sum(o.verdict is v for o in kind.outcomes) for v in WORDS}
    said = [Said(f"{count(n)} {_word(v)}", v) for v, n in many.items() if n]
    return wrapped(said, CHECK - 2 * PAD)


def folded(places: Sequence[Place]) -> list[tuple[Place, ...]]:
    """Return places that have a box each, and in the last box all that have none."""
    if len(places) <= TABLES + 1:
        return [(place,) for place in places]
    return [*((place,) for place in places[:TABLES]), tuple(places[TABLES:])]


def _word(verdict: Verdict) -> str:
    return WORDS[verdict].word.lower()


def _height(kind: Kind) -> float:
    return 12 + LINE * (2 + len(counts_of(kind)))


def _stack(heights: Sequence[float], gap: float) -> float:
    return sum(heights) + gap * max(0, len(heights) - 1)


def _column(
    x: float, width: float, heights: Sequence[float], high: float, most: float
) -> tuple[Box, ...]:
    """Return boxes below each other, in the middle of the layer, at most `most` apart."""
    room = (high - sum(heights)) / max(1, len(heights) - 1)
    gap = max(0.0, min(most, room))
    y, boxes = TOP + (high - _stack(heights, gap)) / 2, list[Box]()
    for height in heights:
        boxes.append(Box(x, y, width, height))
        y += height + gap
    return tuple(boxes)
