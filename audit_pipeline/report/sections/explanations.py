"""Explain: what moves the model's output, and how."""

from markupsafe import Markup

from audit_pipeline.profiles.profile import CategoricalColumn
from audit_pipeline.report import naming
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.explained import Effect, Explained, Importance, read_explanations
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.numbers import SPACE, count, number, percent, signed
from audit_pipeline.report.outcomes import lines_of
from audit_pipeline.report.pictures.bars import Bar, Named, bars
from audit_pipeline.report.pictures.squares import Point, dependence
from audit_pipeline.report.rates import NORMAL_95

OPEN_PICTURES = 6


def write_explanations(report: ReportInput) -> Markup | None:
    """Return importance and dependence pictures, or None when nothing was explained or planned."""
    checks = lines_of(report, "explanations")
    if report.record.explanations is None and not checks:
        return None
    found = read_explanations(report.record.explanations or {})
    effects = [
        _card(report, found, i.feature) for i in found.importance if i.feature in found.effects
    ]
    return fill_file(
        "sections/explanations.html",
        facts=_facts(found),
        bars=_bars(report, found),
        importance=[_row(report, i) for i in found.importance],
        effects=[effect for effect in effects if effect is not None],
        open=OPEN_PICTURES,
        checks=checks,
    )


def _facts(found: Explained) -> list[tuple[str, str]]:
    facts = []
    if found.rows is not None:
        used = found.rows if found.used is None else found.used
        facts.append(("Sample", f"{count(used)} of {count(found.rows)} sampled rows explained"))
    if found.seed is not None:
        facts.append(("Seed of the sample", str(found.seed)))
    facts += [
        (name, text) for name, text in (("Unit", found.unit), ("Method", found.method)) if text
    ]
    if found.base_value is not None:
        facts.append(("Output before a row is seen", f"{number(found.base_value)} {found.unit}"))
    if found.residual is not None:
        share = found.relative_residual
        of = "" if share is None else f" ({percent(share)} of the output's spread)"
        facts.append(("Largest part left unexplained", f"{number(found.residual)}{of}"))
    facts += [(f"Left out: {why}", count(rows)) for why, rows in found.left_out.items()]
    return facts


def _row(report: ReportInput, i: Importance) -> dict[str, str]:
    return {
        "title": naming.column(report, i.feature),
        "feature": i.feature,
        "mean": number(i.mean),
        "error": _error(i.standard_error),
        "share": "unknown" if i.share is None else percent(i.share),
    }


def _error(error: float | None) -> str:
    return "unknown" if error is None else f"±{SPACE}{number(error)}"


def _bars(report: ReportInput, found: Explained) -> Markup:
    top = found.importance[: report.features_shown]
    rows = [
        Named(
            name=naming.column(report, i.feature),
            current=_bar(i.mean, i.standard_error, number(i.mean)),
        )
        for i in top
    ]
    return bars(
        rows,
        title="Mean size of the SHAP values of each feature",
        description=f"Bars of the {len(top)} features that move the output most, 95 % whiskers.",
        unit=f"mean size, {found.unit}" if found.unit else "mean size",
    )


def _bar(mean: float, error: float | None, words: str) -> Bar:
    reach = None if error is None else NORMAL_95 * error
    if reach is None:
        return Bar(length=mean, words=words)
    return Bar(length=mean, words=words, low=mean - reach, high=mean + reach)


def _card(report: ReportInput, found: Explained, feature: str) -> dict[str, object] | None:
    effects = found.effects[feature]
    if not effects:
        return None
    title = naming.column(report, feature)
    named = [(_where(report, feature, effect), effect) for effect in effects]
    if feature in found.missing:
        named.append(("missing", found.missing[feature]))
    draw = _by_name if _is_category(report, feature) else _by_number
    return {
        "title": title,
        "feature": feature,
        "picture": draw(named, title, found.unit),
        "cells": [(w, e.rows, signed(e.mean), _error(e.standard_error)) for w, e in named],
    }


def _is_category(report: ReportInput, feature: str) -> bool:
    profile = report.current
    column = profile.columns.get(feature) if profile else None
    return isinstance(column, CategoricalColumn) or feature in report.labels


def _where(report: ReportInput, feature: str, effect: Effect) -> str:
    if effect.is_value and effect.low is not None:
        return naming.category(report, feature, f"{effect.low:g}")
    if effect.low is None:
        return "all" if effect.high is None else f"up to {number(effect.high)}"
    if effect.high is None:
        return f"above {number(effect.low)}"
    return f"{number(effect.low)} to {number(effect.high)}"


def _by_name(named: list[tuple[str, Effect]], title: str, unit: str) -> Markup:
    return bars(
        [
            Named(name=name, current=_bar(e.mean, e.standard_error, signed(e.mean)))
            for name, e in named
        ],
        title=f"What each category of {title} adds",
        description=f"Mean SHAP value of {len(named)} categories, 95 % whiskers.",
        unit=f"mean added, {unit}" if unit else "mean added",
    )


def _by_number(named: list[tuple[str, Effect]], title: str, unit: str) -> Markup:
    points = []
    for _, e in named:
        if e.middle is not None:
            reach = NORMAL_95 * (e.standard_error or 0.0)
            points.append(Point(x=e.middle, y=e.mean, low=e.mean - reach, high=e.mean + reach))
    return dependence(
        points,
        title=f"What the value of {title} adds",
        description=f"Mean SHAP value over {len(points)} stretches of values, 95 % whiskers"
        f"{', in ' + unit if unit else ''}.",
        unit=title,
    )


SECTION = Section(title="Explain: what moves the model", order=60, write=write_explanations)
