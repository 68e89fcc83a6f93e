"""Performance: how right the model was, against its baseline and its limits."""

from collections.abc import Mapping

from markupsafe import Markup

from audit_pipeline.profiles.counts import CalibrationBin, JointCounts
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.lines import line, writer
from audit_pipeline.report.numbers import number, percent
from audit_pipeline.report.outcomes import lines_of, nothing, of_asset
from audit_pipeline.report.pictures.judged import judged
from audit_pipeline.report.pictures.squares import Point, reliability
from audit_pipeline.report.rates import wilson
from audit_pipeline.report.suppression import SMALLEST, cells

MOST_CLASSES = 12


def write_performance(report: ReportInput) -> Markup | None:
    """Return pictures and tables of every performance check, confusion counts and calibration."""
    profiles = {"This window": report.current, "Baseline": report.baseline}
    tables = [t for whose, p in profiles.items() if p and (t := confusion(report, whose, p))]
    planned = of_asset(report, "performance")
    if not tables and (sentence := nothing(planned)) is not None:
        return sentence
    checks = lines_of(report, "performance")
    calibration = _calibration(report.baseline, report.current)
    if not checks and not tables and not calibration:
        return None
    return fill_file(
        "sections/performance.html",
        checks=checks,
        cards=_cards(report),
        tables=tables,
        calibration=calibration,
    )


def _cards(report: ReportInput) -> list[Mapping[str, object]]:
    cards: list[Mapping[str, object]] = []
    for outcome in of_asset(report, "performance"):
        written = line(report, outcome)
        label = writer(report, outcome.check.name)
        picture = judged(outcome, f"{written.title}: baseline, current and limits", label)
        if picture is not None:
            cards.append({"line": written, "picture": picture})
    return cards


def confusion(report: ReportInput, whose: str, profile: Profile) -> dict[str, object] | None:
    """Return rows by true outcome and prediction, or None where no row has both."""
    joint = profile.outcomes
    if joint is None:
        return None
    both = {k: n for k, n in joint.counts.items() if k[0] is not None and k[1] is not None}
    classes = sorted({str(value) for cell in both for value in cell})
    if not sum(both.values()) or len(classes) > MOST_CLASSES:
        return None
    texts = cells({(a, b): both.get((a, b), 0) for a in classes for b in classes})
    target = _target(report, classes)
    names = {code: naming.category(report, target, code) for code in classes}
    return {
        "whose": whose,
        "predictions": list(names.values()),
        "rows": [
            (names[a], [(texts[a, b], _share(joint, a, b, texts)) for b in classes])
            for a in classes
        ],
    }


def _target(report: ReportInput, classes: list[str]) -> str:
    """Return the leading column whose codes have names for these classes, else the first."""
    known = [n for n in report.leading if set(classes) <= set(report.labels.get(n, {}))]
    return (*known, *report.leading, "")[0]


def _share(joint: JointCounts, label: str, guess: str, texts: Mapping[tuple[str, str], str]) -> str:
    row = sum(mass for (a, b), mass in joint.mass.items() if a == label and b is not None)
    exact = all(text[:1].isdigit() for (a, _), text in texts.items() if a == label)
    return f"{percent(joint.mass.get((label, guess), 0.0) / row)} of row" if exact and row else ""


def _calibration(before: Profile | None, now: Profile | None) -> dict[str, object] | None:
    first, second = (p.scores.calibration if p and p.scores else () for p in (before, now))
    current = [b for b in second if b.count >= SMALLEST]
    if not current:
        return None
    baseline = [_point(b) for b in first if b.count >= SMALLEST]
    picture = reliability(
        baseline,
        [_point(b) for b in current],
        title="Mean score against the share that came true",
        description="Dots are the current window with 95 % whiskers, diamonds the baseline; on the"
        " dashed line scores are right. Bins of fewer than 10 rows are left out.",
    )
    return {"picture": picture, "rows": _bins(second)}


def _point(b: CalibrationBin) -> Point:
    low, high = wilson(b.positive_share, b.count)
    return Point(x=b.mean_score, y=b.positive_share, low=low, high=high)


def _bins(found: tuple[CalibrationBin, ...]) -> list[tuple[str, str, str, str]]:
    texts = cells({i: b.count for i, b in enumerate(found)})
    rows = []
    for i, b in enumerate(found):
        few = b.count < SMALLEST
        said, came = ("", "") if few else (percent(b.mean_score), percent(b.positive_share))
        rows.append((f"{number(100 * b.low)} to {percent(b.high)}", texts[i], said, came))
    return rows


SECTION = Section(title="Performance: how right the model was", order=40, write=write_performance)
