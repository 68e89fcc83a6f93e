"""Sites made by hand: audits with the verdicts one names, and findings of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Finding, Severity, State
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.site.content import Audited, Broken, Due, Series, Shown, Site, Told

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LETTERS = {"P": Verdict.PASS, "W": Verdict.WARN, "F": Verdict.FAIL, "G": Verdict.GAP}
LETTERS |= {"I": Verdict.INCONCLUSIVE}


def audited(name: str, verdicts: str = "PPP", **changes: object) -> Audited:
    """Return an audit of days whose last windows ended as the letters say."""
    windows = tuple(
        Shown(
            window=f"2026-02-{day:02}",
            revision=1,
            verdict=LETTERS[letter],
            report=f"{name}/2026-02-{day:02}/revision-1/report.html",
        )
        for day, letter in enumerate(verdicts, start=1)
    )
    audit = Audited(
        name=name,
        title=name.title(),
        purpose=f"What {name} is for.",
        owner=f"{name}@example.org",
        risk="high",
        every="day",
        due=Due.WAITS,
        windows=windows,
        at=NOW - timedelta(hours=5),
        next_window="2026-03-10",
        next_end=NOW + timedelta(hours=12),
        checks={Verdict.PASS: 40, Verdict.FAIL: 2},
        series=(course(len(windows)),) if windows else (),
        index=f"{name}/index.html",
    )
    return replace(audit, **changes)  # type: ignore[arg-type]  # whatever a test names


def course(windows: int, **changes: object) -> Series:
    """Return a metric that climbs from 0.1 by a tenth each window."""
    series = Series(
        metric="accuracy",
        title="Accuracy",
        unit="share of rows",
        phrase="share of predictions that were right",
        values=tuple((n + 1) / 10 for n in range(windows)),
    )
    return replace(series, **changes)  # type: ignore[arg-type]  # whatever a test names


def told(number: int, audit: str = "loans", **changes: object) -> Told:
    """Return an open finding of high severity that is due in a week."""
    finding = Finding(
        number=number,
        audit=audit,
        check=Check(asset="drift", name="population_stability_index", subject="income"),
        owner="lending@example.org",
        severity=Severity.HIGH,
        state=State.OPEN,
        since="2026-02-01",
        opened=NOW - timedelta(days=3),
        window="2026-02-03",
        start=NOW - timedelta(days=36),
        revision=1,
        verdict=Verdict.FAIL,
        reason="the value 0.31 is above the failure limit 0.25",
        due=date(2026, 3, 17),
    )
    return Told(
        finding=replace(finding, **changes),  # type: ignore[arg-type]  # whatever a test names
        title=audit.title(),
        what="Population stability index of income",
        report=f"{audit}/2026-02-03/revision-1/report.html",
    )


def site(
    *audits: Audited, findings: tuple[Told, ...] = (), broken: tuple[Broken, ...] = ()
) -> Site:
    """Return a site of some audits."""
    return Site(made=NOW, version="1.2.3", audits=audits, findings=findings, broken=broken)
