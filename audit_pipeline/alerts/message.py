"""A message to a person: what, since when, how bad, where the report is, what to do."""

from dataclasses import asdict, dataclass

from audit_pipeline.alerts.heading import lead_of, title_of
from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.alerts.pages import page_of
from audit_pipeline.alerts.words import LATE, WORDS, advice, how_it_ended, plain, what_of
from audit_pipeline.domain.finding import Finding, Severity
from audit_pipeline.domain.prerequisite import is_prerequisite
from audit_pipeline.domain.verdict import Verdict

NO_COLUMN = {"all rows", "windows", "model"}
"""Subjects that a check need not name: it has no other."""
KEY_SHOWN = 12
"""Characters of a message's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding as a message shows it; every text is plain, on one line.

    `number` is None of a message that is a test, `also` the numbers of those of the same cause.
    """

    number: int | None
    also: tuple[int, ...]
    severity: str
    why: str
    check: str
    verdict: str
    reason: str
    since: str
    window: str
    due: str
    settled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a message shows of one audit: its last report, the findings, what to do about them.

    `page` is where Dagster's UI shows it, empty if nobody said where that is.
    """

    audit: str
    owner: str
    report: str
    page: str
    rows: tuple[Row, ...]
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in all its forms; `short` is for services that take few words."""

    title: str
    severity: str
    text: str
    markdown: str
    html: str
    short: str

    def as_json(self) -> dict[str, str]:
        """Return all forms as JSON has them."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What all forms of a message say: `cards` are shown, `counts` and `more` speak of all."""

    title: str
    lead: str
    severity: Severity
    cards: tuple[Card, ...]
    counts: tuple[tuple[str, int], ...]
    more: int
    notes: tuple[str, ...] = ()


def facts_of(notice: Notice, reports: "Reports", most: int, key: str = "") -> Facts:
    """Return what a message about a notice says, showing at most so many findings.

    By its `key` whoever gets it twice can tell: it is sent at least once.
    """
    ordered = notice.worst_first
    told = _by_cause(ordered)[:most]
    notes: tuple[str, ...] = ()
    if notice.instead_of:
        notes = (f"You get this because {notice.instead_of} does not answer.",)
    if key:
        notes = (*notes, f"Message {key[:KEY_SHOWN]}: if it comes a second time, it is no news.")
    return Facts(
        title=title_of(ordered),
        lead=lead_of(ordered),
        severity=notice.severity,
        cards=_cards(told, reports),
        counts=_counts(ordered),
        more=len(ordered) - sum(map(len, told)),
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class Reports:
    """Where reports are: `base` is the address or the folder of all evidence, `ui` Dagster's."""

    base: str
    ui: str | None = None

    def of(self, finding: Finding) -> str:
        """Return where the report of the last audit is that looked at a finding; or nothing."""
        if finding.revision < 1:
            return ""
        return self.address(finding.audit, finding.window, finding.revision)

    def address(self, audit: str, window: str, revision: int) -> str:
        """Return where the report of a revision is."""
        place = f"{audit}/{window}/revision-{revision}/report.html"
        link = self.base.startswith(("http://", "https://"))
        quoted = place.replace("+", "%2B") if link else place  # the offset of an hour's window
        return f"{self.base.rstrip('/')}/{quoted}"


def _by_cause(items: list[Item]) -> list[list[Item]]:
    """Return items that are told in one line: a file that cannot be read takes all checks."""
    found: dict[tuple[object, ...], list[Item]] = {}
    for item in items:
        of = item.finding
        cause: tuple[object, ...] = (of.number, of.check)
        if of.verdict is Verdict.GAP:
            cause = (of.audit, item.why, of.severity, of.since, of.reason)
        found.setdefault(cause, []).append(item)
    return list(found.values())


def _cards(told: list[list[Item]], reports: "Reports") -> tuple[Card, ...]:
    by_audit: dict[str, list[list[Item]]] = {}
    for items in told:
        by_audit.setdefault(items[0].finding.audit, []).append(items)
    return tuple(_card(of_audit, reports) for of_audit in by_audit.values())


def _card(told: list[list[Item]], reports: "Reports") -> Card:
    first = told[0][0].finding
    newest = max((items[0].finding for items in told), key=lambda each: each.start)
    return Card(
        audit=plain(first.audit),
        owner=plain(first.owner),
        report=reports.of(newest),
        page="" if told[0][0].gone else page_of(reports.ui, newest),
        rows=tuple(_row(items) for items in told),
        advice=tuple(dict.fromkeys(advice(items[0]) for items in told if _stands(items))),
    )


def _stands(items: list[Item]) -> bool:
    return items[0].why is not Why.RESOLVED


def _row(items: list[Item]) -> Row:
    item, finding = items[0], items[0].finding
    more = f" and {len(items) - 1:,} more" if len(items) > 1 else ""
    return Row(
        number=finding.number or None,
        also=tuple(other.finding.number for other in items[1:]),
        severity=finding.severity.value,
        why=WORDS[item.why],
        check=_check(finding) + more,
        verdict=how_it_ended(finding),
        reason=plain(finding.reason),
        since=plain(finding.since),
        window=plain(finding.window),
        due=finding.due.isoformat(),
        settled=not _stands(items),
    )


def _check(finding: Finding) -> str:
    """Return what was checked: of a rule the name is a sentence, so no word joins the column."""
    check = finding.check
    alone = check.asset == LATE or check.subject in NO_COLUMN or is_prerequisite(check)
    return what_of(finding) + ("" if alone else f" ({plain(check.subject)})")


def _counts(items: list[Item]) -> tuple[tuple[str, int], ...]:
    standing = [i.finding.severity for i in items if i.why is not Why.RESOLVED]
    return tuple((s.value, standing.count(s)) for s in Severity if s in standing)
