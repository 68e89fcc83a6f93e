"""A message to a person: what, since when, how bad, where the report is, what to do."""

from dataclasses import asdict, dataclass
from itertools import groupby

from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.alerts.words import BROKEN, WORDS, advice, plain
from audit_pipeline.domain.finding import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One finding as a message shows it; every text is plain, on one line."""

    number: int
    audit: str
    severity: str
    why: str
    check: str
    verdict: str
    reason: str
    since: str
    window: str
    due: str
    owner: str
    report: str
    advice: str
    settled: bool


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
    """What all forms of a message say: `rows` are shown, `counts` and `more` speak of all."""

    title: str
    lead: str
    severity: Severity
    rows: tuple[Row, ...]
    counts: tuple[tuple[str, int], ...]
    more: int
    notes: tuple[str, ...] = ()


def facts_of(notice: Notice, reports: "Reports", most: int) -> Facts:
    """Return what a message about a notice says, showing at most so many findings."""
    ordered = notice.worst_first
    rows = tuple(_row(item, reports) for item in ordered[:most])
    notes: tuple[str, ...] = ()
    if notice.instead_of:
        notes = (f"You get this because {notice.instead_of} does not answer.",)
    return Facts(
        title=_title(ordered),
        lead=_lead(ordered),
        severity=notice.severity,
        rows=rows,
        counts=_counts(ordered),
        more=len(ordered) - len(rows),
        notes=notes,
    )


@dataclass(frozen=True, slots=True)
class Reports:
    """Where reports are: `base` is the address or the folder of all evidence."""

    base: str

    def of(self, finding: Finding) -> str:
        """Return where the report of the last audit is that looked at a finding; or nothing."""
        if finding.revision < 1:
            return ""
        place = f"{finding.audit}/{finding.window}/revision-{finding.revision}/report.html"
        link = self.base.startswith(("http://", "https://"))
        quoted = place.replace("+", "%2B") if link else place  # the offset of an hour's window
        return f"{self.base.rstrip('/')}/{quoted}"


def _row(item: Item, reports: Reports) -> Row:
    finding = item.finding
    subject = "" if finding.check.subject == "all rows" else f" of {plain(finding.check.subject)}"
    return Row(
        number=finding.number,
        audit=plain(finding.audit),
        severity=finding.severity.value,
        why=WORDS[item.why],
        check=f"{plain(finding.check.name).replace('_', ' ')}{subject}",
        verdict=BROKEN[finding.verdict],
        reason=plain(finding.reason),
        since=plain(finding.since),
        window=plain(finding.window),
        due=finding.due.isoformat(),
        owner=plain(finding.owner),
        report=reports.of(finding),
        advice=advice(item),
        settled=item.why is Why.RESOLVED,
    )


def _title(items: list[Item]) -> str:
    audits = list(dict.fromkeys(item.finding.audit for item in items))
    where = plain(audits[0]) if len(audits) == 1 else f"{len(audits)} audits"
    if items[0].why is Why.TEST:
        return "A test of alerts"
    open_ones = [item for item in items if item.why is not Why.RESOLVED]
    if not open_ones:
        return f"Resolved: {where}, {_findings(len(items))}"
    first = open_ones[0]
    if len(items) == 1:
        name = plain(first.finding.check.name).replace("_", " ")
        return f"{_severity(first)}: {where}, {name} {WORDS[first.why]}"
    return f"{_severity(first)}: {where}, {_findings(len(items))}"


def _severity(item: Item) -> str:
    return item.finding.severity.value.capitalize()


def _lead(items: list[Item]) -> str:
    """Return in a sentence what there is: so many new, so many resolved."""
    if items[0].why is Why.TEST:
        return "If you read this, alerts arrive here. Nothing is to be done."
    by_why = groupby(sorted(items, key=lambda i: list(Why).index(i.why)), key=lambda i: i.why)
    counted = [f"{len(list(of))} {WORDS[why]}" for why, of in by_why]
    return f"{_findings(len(items))}: {', '.join(counted)}."


def _counts(items: list[Item]) -> tuple[tuple[str, int], ...]:
    standing = [i.finding.severity for i in items if i.why is not Why.RESOLVED]
    return tuple((s.value, standing.count(s)) for s in Severity if s in standing)


def _findings(number: int) -> str:
    return f"{number:,} finding{'s' * (number != 1)}"
