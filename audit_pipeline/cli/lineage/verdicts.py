"""The checks of a lineage in lines: those alike in one, what did not pass before what did."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from audit_pipeline.cli.screen import STYLES
from audit_pipeline.domain.limit import number
from audit_pipeline.domain.lineage import Field
from audit_pipeline.domain.verdict import WORST_FIRST, Verdict

if TYPE_CHECKING:
    from audit_pipeline.stages.lineage.questions import Answer

UNMADE = "· planned"
JOINER = "\N{ZERO WIDTH JOINER}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Folds:
    """How much is shown of what is alike; None is all of it."""

    unfolded: bool = False

    @property
    def names(self) -> int | None:
        """Columns, or subjects of a metric, that are named in a line."""
        return None if self.unfolded else 6

    @property
    def lines(self) -> int | None:
        """Lines of checks that ended alike."""
        return None if self.unfolded else 10


UNTOLD = (Verdict.GAP, Verdict.INCONCLUSIVE)
"""Of these the reason tells more than the metric: one missing file is a hundred gaps."""
Lines = list[tuple[str, list[Field]]]
"""What checks that ended alike have in common, a metric or a reason; and the checks."""


def check_lines(answer: "Answer", fields: Iterable[Field], folds: Folds) -> Iterator[Text]:
    """Yield a line for each metric and verdict; where there are very many, one for the rest."""
    by_verdict: dict[Verdict | None, list[Field]] = defaultdict(list)
    for at in fields:
        if at in answer.checks:
            by_verdict[_verdict(answer, at)].append(at)
    for verdict in (verdict for verdict in (*WORST_FIRST, None) if verdict in by_verdict):
        mark = worded(verdict) if verdict is not None else Text(UNMADE)
        for line in _lines(answer, verdict, by_verdict[verdict], folds):
            yield mark.copy().append(f"  {shown(line)}")


def _lines(
    answer: "Answer", verdict: Verdict | None, fields: Sequence[Field], folds: Folds
) -> Iterator[str]:
    lines = _alike(answer, verdict, fields, folds)
    most = len(lines) if folds.lines is None or len(lines) <= folds.lines else folds.lines
    if verdict in {None, Verdict.PASS} and most < len(lines):
        most = 0  # nothing to see: all in one
    for what, each in lines[:most]:
        yield _line(answer, what, each, folds)
    rest = [at for _, each in lines[most:] for at in each]
    if rest:
        told = counted(len(rest), "more check" if most else "check")
        yield f"{told}: {', '.join(_metrics(answer, rest))}"


def _alike(
    answer: "Answer", verdict: Verdict | None, fields: Sequence[Field], folds: Folds
) -> Lines:
    if folds.unfolded:
        return [("", [at]) for at in fields]
    found: dict[str, list[Field]] = defaultdict(list)
    for at in fields:
        by = answer.outcomes[at].reason if verdict in UNTOLD else answer.checks[at].name
        found[by].append(at)
    return list(found.items())


def _line(answer: "Answer", what: str, each: Sequence[Field], folds: Folds) -> str:
    """Return checks that ended alike in a line: why, where they are such as did not pass."""
    if len(each) == 1:
        return _one(answer, each[0])
    if _verdict(answer, each[0]) in UNTOLD:
        return f"{counted(len(each), 'check')}: {what}: {', '.join(_metrics(answer, each))}"
    subjects = [f"{answer.checks[at].subject}{_number(answer, at)}" for at in each]
    return f"{what}: {listed(subjects, folds.names, '')}"


def _one(answer: "Answer", at: Field) -> str:
    check, outcome = answer.checks[at], answer.outcomes.get(at)
    text = f"{check.name} of {check.subject}"
    if outcome is None or outcome.verdict is Verdict.PASS:
        value = _number(answer, at)
        return f"{text}:{value}" if value else text
    return f"{text}: {outcome.reason}"


def _verdict(answer: "Answer", at: Field) -> Verdict | None:
    return answer.outcomes[at].verdict if at in answer.outcomes else None


def _number(answer: "Answer", at: Field) -> str:
    outcome = answer.outcomes.get(at)
    measured = outcome.measurement if outcome is not None else None
    return f" {number(measured.value)}" if measured is not None else ""


def _metrics(answer: "Answer", fields: Iterable[Field]) -> Iterator[str]:
    """Yield the metrics and rules of checks, with how many there are of each."""
    for name, count in Counter(answer.checks[at].name for at in fields).items():
        yield f"{name} ({count:,})" if count > 1 else name


def ended(answer: "Answer", fields: Iterable[Field]) -> Text:
    """Return how many checks ended as what, the worst first; nothing where none was made."""
    verdicts = [answer.outcomes[at].verdict for at in fields if at in answer.outcomes]
    if len(verdicts) <= 1:
        return Text()
    counts = [(v, verdicts.count(v)) for v in WORST_FIRST if v in verdicts]
    told = ", ".join(f"{count:,} {verdict}" for verdict, count in counts)
    return Text(f": {told}", style="not bold")


def worded(verdict: Verdict) -> Text:
    """Return a verdict as a mark and a word, in colour where the terminal has any."""
    return Text.from_markup(STYLES[verdict.value])


def counted(count: int, what: str) -> str:
    """Return a number of things in words.

    >>> counted(1, "check"), counted(1200, "check")
    ('1 check', '1,200 checks')
    """
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def listed(names: Sequence[str], most: int | None, what: str) -> str:
    """Return names in a line, no more than `most` of them, and how many there are.

    >>> listed(["a", "b", "c"], 2, "column")
    '3 columns: a, b and 1 more'
    """
    told = [shown(name) for name in names]
    if most is None or len(told) <= most:
        return ", ".join(told)
    count = f"{counted(len(told), what)}: " if what else ""
    return f"{count}{', '.join(told[:most])} and {len(told) - most:,} more"


def shown(text: str) -> str:
    """Return a text as a terminal may show it: without what would steer it.

    Names are others' words: of columns, and in what other tools told.
    """
    return "".join(
        c if c.isprintable() or c == JOINER else "\N{REPLACEMENT CHARACTER}" for c in text
    )
