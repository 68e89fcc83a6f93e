"""Fairness: how the model's answers fall on the groups of each protected attribute."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.intersection import BY
from audit_pipeline.domain.verdict import worst
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.lines import NOTHING, Line, line
from audit_pipeline.report.numbers import SPACE, percent
from audit_pipeline.report.outcomes import by_subject, nothing, of_asset
from audit_pipeline.report.pictures.bars import Bar, Named, bars
from audit_pipeline.report.rates import Rate, false_positive, selection, true_positive
from audit_pipeline.report.suppression import SMALLEST, cells, crossed_cells

Measure = Callable[[JointCounts, str], Rate | None]

RATES: dict[str, tuple[str, Measure]] = {
    "Selection rate": ("share of the group that is predicted positive", selection),
    "True positive rate": ("of its true positives, the share that was found", true_positive),
    "False positive rate": ("of its true negatives, the share called positive", false_positive),
}


def write_fairness(report: ReportInput) -> Markup | None:
    """Return rates by group with their intervals, and the judged differences, by attribute."""
    planned = of_asset(report, "fairness")
    counted = report.current.groups if report.current else {}
    if not counted and (sentence := nothing(planned)) is not None:
        return sentence
    outcomes = by_subject(planned, lambda name: BY in name)
    others = (name for name in sorted(counted) if name not in outcomes)
    names = sorted([*outcomes, *others], key=lambda name: BY in name)  # pairs last
    if not names:
        return None
    attributes = [_attribute(report, name) for name in names]
    explained = set[str]()
    for name, attribute in zip(names, attributes, strict=True):
        checks = []
        for outcome in outcomes.get(name, []):
            new = outcome.check.name not in explained
            checks.append(_checked(report, outcome, explained=new))
            explained.add(outcome.check.name)
        attribute["checks"] = checks
        attribute["verdict"] = worst(o.verdict for o in outcomes[name]).value if checks else ""
        attribute["not_compared"] = _not_compared(report, outcomes.get(name, []))
    return fill_file("sections/fairness.html", attributes=attributes, rates=list(RATES))


def _checked(report: ReportInput, outcome: Outcome, *, explained: bool) -> Line:
    """Return the outcome as a line that names the two groups furthest apart."""
    written = line(report, outcome, explained=explained)
    detail = outcome.measurement.detail if outcome.measurement else {}
    low, high = detail.get("lowest"), detail.get("highest")
    if low is None or high is None:
        return written
    names = [naming.category(report, outcome.check.subject, str(code)) for code in (low, high)]
    reason = f"{written.reason}; lowest for {names[0]}, highest for {names[1]}"
    return replace(written, reason=reason)


def _not_compared(report: ReportInput, outcomes: list[Outcome]) -> list[str]:
    """Return the groups that a metric left out of its comparison, by the metric's own account."""
    found = set()
    for outcome in outcomes:
        groups = outcome.measurement.detail.get("groups") if outcome.measurement else None
        for entry in groups if isinstance(groups, list | tuple) else ():
            if isinstance(entry, Mapping) and entry.get("measured") is False:
                found.add(naming.category(report, outcome.check.subject, str(entry.get("group"))))
    return sorted(found)


def _attribute(report: ReportInput, name: str) -> dict[str, object]:
    now, before = (_rates(profile, name) for profile in (report.current, report.baseline))
    sizes = _sizes(report.current, name)
    large = [code for code in now if any(now[code].values())]
    groups = [
        (
            naming.category(report, name, code),
            sizes[code],
            [(rate, *_words(now[code][rate])) for rate in RATES],
        )
        for code in now
    ]
    return {
        "name": name,
        "title": naming.column(report, name),
        "crossed": BY in name,
        "pictures": [
            (rate, phrase, _picture(report, name, rate, now, before))
            for rate, (phrase, _) in RATES.items()
            if any(now[code][rate] for code in large)
        ],
        "groups": groups,
        "small": [naming.category(report, name, code) for code in now if code not in large],
        "coarse": any(r and r.coarse for rates in now.values() for r in rates.values()),
    }


def _groups(profile: Profile | None, name: str) -> dict[str, JointCounts]:
    found = dict(profile.groups.get(name, {})) if profile else {}
    parts = {code: code.split(BY) for code in found}
    numbers = all(part.lstrip("-").isdecimal() for of in parts.values() for part in of)
    order = sorted(found, key=(lambda c: ([*map(int, parts[c])], c)) if numbers else None)
    return {code: found[code] for code in order}


def _sizes(profile: Profile | None, name: str) -> dict[str, str]:
    """Return how many rows each group has, as text."""
    counts = {code: joint.rows for code, joint in _groups(profile, name).items()}
    return crossed_cells(counts) if BY in name else cells(counts)


def _rates(profile: Profile | None, name: str) -> dict[str, dict[str, Rate | None]]:
    positive = profile.positive if profile else None
    return {
        code: {
            rate: measure(joint, positive) if positive is not None else None
            for rate, (_, measure) in RATES.items()
        }
        for code, joint in _groups(profile, name).items()
    }


def _picture(
    report: ReportInput,
    name: str,
    rate: str,
    now: dict[str, dict[str, Rate | None]],
    before: dict[str, dict[str, Rate | None]],
) -> Markup:
    rows = [
        Named(
            name=naming.category(report, name, code),
            baseline=_bar(before.get(code, {}).get(rate), whisker=False) if before else None,
            current=_bar(now[code][rate], whisker=True),
        )
        for code in now
    ]
    return bars(
        rows,
        title=f"{rate} by {naming.column(report, name)}",
        description=f"{rate} of {len(rows)} groups with 95 % whiskers, baseline above current.",
        unit=rate.lower(),
        label=percent,
    )


def _bar(rate: Rate | None, *, whisker: bool) -> Bar:
    if rate is None:
        return Bar(length=None, words="too few")
    words, _ = _words(rate)
    if not whisker:
        return Bar(length=rate.share, words=words)
    return Bar(length=rate.share, words=words, low=rate.low, high=rate.high)


def _words(rate: Rate | None) -> tuple[str, str]:
    if rate is None:
        return f"{NOTHING} (<{SPACE}{SMALLEST} rows)", ""
    about = "≈ " if rate.coarse else ""
    return f"{about}{percent(rate.share)}", f"{percent(rate.low)} to {percent(rate.high)}"


SECTION = Section(title="Fairness: who is treated how", order=50, write=write_fairness)
