"""Lines of the lineage picture that end at checks: what passed, each trouble, the baseline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.verdict import Verdict, worst
from audit_pipeline.report.numbers import count
from audit_pipeline.report.pictures.lineage_board import Board
from audit_pipeline.report.pictures.lineage_boxes import Box, curve, flow
from audit_pipeline.report.pictures.lineage_groups import Group
from audit_pipeline.report.places import BASELINE, MODEL
from audit_pipeline.report.resting import Kind, Resting
from audit_pipeline.report.verdicts import RANK, WORDS

THIN, JUDGED, THICK = 1.5, 2.5, 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One line into the checks of a kind; `level` is how far it stays at its own height."""

    start: tuple[float, float]
    hover: str
    width: float = THIN
    class_: str = ""
    level: float = 0.0
    weight: int = 0


def into(
    kind: Kind, box: Box, rests: Resting, groups: Sequence[Group], at: Board
) -> Iterator[tuple[int, Markup]]:
    """Yield the lines into the checks of a kind, each with its weight: the worst lie on top."""
    lines = sorted(_incoming(kind, box, rests, groups, at), key=lambda line: line.start[1])
    for place, line in enumerate(lines):
        end = (box.x, box.entry(place, len(lines)))
        way = curve(line.start, end, line.level)
        yield line.weight, flow(way, line.hover, line.width, line.class_)


def _incoming(
    kind: Kind, box: Box, rests: Resting, groups: Sequence[Group], at: Board
) -> Iterator[Incoming]:
    most = max(len(each.outcomes) for each in rests.kinds)
    yield Incoming(
        start=(at.counted.right, box.middle),
        hover=f"{kind.title}: {_checks(len(kind.outcomes))}",
        width=thick(len(kind.outcomes), most),
        level=at.counted.right,
    )
    for group, start in zip(groups, at.groups, strict=True):
        if trouble := [o for o in group.trouble if o.check.asset == kind.asset]:
            verdict = worst(o.verdict for o in trouble)
            yield Incoming(
                start=(start.right, start.middle),
                hover=f"{group.title}, {kind.title}: {ends_of(trouble)}",
                width=JUDGED,
                class_=f"judged v-{verdict.value}",
                weight=len(WORDS) - RANK[verdict],
                level=at.counted.right,
            )
    if BASELINE in kind.reads and at.compared is not None:
        of = (at.compared.right, at.compared.middle)
        hover = f"{kind.title}: compared with the baseline"
        yield Incoming(start=of, hover=hover, class_="of-baseline")
    if MODEL in kind.reads and at.model is not None:
        yield _asked(kind, rests, at.model, at.counted.right)


def _asked(kind: Kind, rests: Resting, model: Box, level: float) -> Incoming:
    """Return the line from the model to the checks that ask it; it bears the worst of them."""
    verdict = worst(o.verdict for o in rests.of_model) if rests.of_model else Verdict.PASS
    passed = verdict is Verdict.PASS
    return Incoming(
        start=(model.right, model.middle),
        hover=f"{kind.title}: the model itself is asked",
        width=THIN if passed else JUDGED,
        class_="of-model" if passed else f"judged v-{verdict.value}",
        level=level,
        weight=0 if passed else len(WORDS) - RANK[verdict],
    )


def ends_of(outcomes: Sequence[Outcome]) -> str:
    """Return how many checks ended how, worst first."""
    many = {verdict: sum(o.verdict is verdict for o in outcomes) for verdict in WORDS}
    return ", ".join(f"{count(n)} {WORDS[v].word.lower()}" for v, n in many.items() if n)


def thick(checks: int, most: int) -> float:
    """Return how thick the line of so many checks is, where `most` is the most of any."""
    return THIN + (THICK - THIN) * sqrt(checks / max(1, most))


def _checks(many: int) -> str:
    return "1 check" if many == 1 else f"{count(many)} checks"
