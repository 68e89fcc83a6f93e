"""What a report is made of, and what a section of it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

from audit_pipeline.domain.comparison import Comparison
from audit_pipeline.domain.finding import Change, Finding, State
from audit_pipeline.domain.lineage import LineageGraph
from audit_pipeline.domain.record import AuditRecord, PastVerdict
from audit_pipeline.profiles.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What an audit follows: the last sealed revision of its window, and the window before.

    `previous` is the last audited window before this one, and `unread` says in sentences what
    could not be compared.
    """

    since_revision: Comparison | None = None
    since_window: Comparison | None = None
    previous: PastVerdict | None = None
    unread: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What the verdict rests on, and what became of the events that tell a catalogue so.

    `written` events of this audit were kept so far, `waiting` of them are not delivered yet, and
    `set_aside` were refused; `lost` could not even be kept. `destination` is where they go, without
    credentials; empty where none is set. While `switched_off`, nothing is told. `broken` says that
    what the verdict rests on could not be put together, and `counted` is False where the events
    could not be counted: then no number of them is known.
    """

    graph: LineageGraph
    broken: bool = False
    counted: bool = True
    written: int = 0
    waiting: int = 0
    set_aside: int = 0
    lost: int = 0
    destination: str = ""
    switched_off: bool = False
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """What each column is to the audit, in words: `feature`, `protected attribute`, `outcome`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding as it stands once this audit is sealed.

    `number` is None of a new one: it is given when the audit is sealed. `now` is what this audit
    did to it; None where it did nothing.
    """

    finding: Finding
    number: int | None
    now: Change | None

    @property
    def is_shown(self) -> bool:
        """Whether it is still to be settled, or was settled by this audit."""
        return self.finding.state is not State.RESOLVED or self.now is Change.RESOLVED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything a report may show of one audit.

    `labels` names the codes of a column (`{"SEX": {"1": "male"}}`), `titles` the columns
    (`{"AGEP": "Age (years)"}`) and `metrics` the metrics; all three may lack entries, and then
    the name itself is shown. A profile is None where its stage left none.
    """

    record: AuditRecord
    baseline: Profile | None
    current: Profile | None
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])
    titles: Mapping[str, str] = field(default_factory=dict[str, str])
    metrics: Mapping[str, str] = field(default_factory=dict[str, str])
    units: Mapping[str, str] = field(default_factory=dict[str, str])
    """Units of metrics; a number whose unit begins with "share" is written as a percentage."""
    title: str | None = None
    """What people call the audit; its name if left out."""
    leading: tuple[str, ...] = ("prediction", "score", "target", "label")
    """Columns drawn before all others: what the model said, and what came of it."""
    features_shown: int = 20
    """Columns drawn in full; the others are there too, folded away."""
    before: Before | None = None
    """What came before; None for a report that stands alone, which then links to no other."""
    lineage: Lineage | None = None
    """What the verdict rests on; None of a report that is not to tell."""
    findings: tuple[Found, ...] = ()
    """What is not settled, and what this audit settled; the worst first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One heading of the report and what stands under it.

    Sections appear by ascending `order`. `write` is pure; it returns None where this audit has
    nothing to show under the heading, which then is left out.
    """

    title: str
    order: int
    write: Callable[[ReportInput], Markup | None]
