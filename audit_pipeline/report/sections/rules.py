"""Validate: the rules the data had to keep, and how complete it is."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from audit_pipeline.domain.check import Outcome
from audit_pipeline.report.base import ReportInput, Section
from audit_pipeline.report.filling import fill_file
from audit_pipeline.report.lines import NOTHING, Line, line, set_by
from audit_pipeline.report.numbers import percent
from audit_pipeline.report.outcomes import nothing, of_asset

MOST_EXAMPLES = 5


def write_rules(report: ReportInput) -> Markup | None:
    """Return every rule with what it found, then completeness; None when nothing was planned."""
    outcomes = of_asset(report, "rule_results")
    if not outcomes:
        return None
    if (sentence := nothing(outcomes)) is not None:
        return sentence
    measures = [o for o in outcomes if o.check.name in report.metrics]
    columns = _lines(report, [o for o in measures if _is_column(report, o)])
    return fill_file(
        "sections/rules.html",
        rules=[
            (line(report, o, explained=False), _demand(o), _broken(o), _examples(o), _why(o))
            for o in outcomes
            if o not in measures
        ],
        whole=_lines(report, [o for o in measures if not _is_column(report, o)]),
        columns=columns,
        failing=[found for found in columns if found.verdict != "pass"],
        passing=[found for found in columns if found.verdict == "pass"],
    )


def _lines(report: ReportInput, outcomes: Sequence[Outcome]) -> list[Line]:
    first = {o.check.name: o for o in reversed(outcomes)}
    return [line(report, o, explained=first[o.check.name] is o) for o in outcomes]


def _is_column(report: ReportInput, outcome: Outcome) -> bool:
    profiles = (report.current, report.baseline)
    known = set().union(*(p.columns for p in profiles if p is not None), report.titles)
    return outcome.check.subject in known


def _demand(outcome: Outcome) -> str:
    """Return what the rule asks for, in the words of the audit file, where they are known.

    The columns are left out, for they stand beside it.
    """
    detail = outcome.measurement.detail if outcome.measurement else {}
    kwargs = detail.get("kwargs")
    terms = kwargs if isinstance(kwargs, Mapping) else {}
    named = [f"{key}: {terms[key]}" for key in terms if not str(key).startswith("column")]
    return ", ".join([str(detail["expectation"]), *named]) if "expectation" in detail else ""


def _why(outcome: Outcome) -> str:
    """Return who set the rule and why, from its limit or its detail."""
    said = set_by(outcome.limit)
    detail = outcome.measurement.detail if outcome.measurement else {}
    who, why = detail.get("set_by"), detail.get("reason")
    return said or ": ".join(str(part) for part in (who, why) if part) or "not stated"


def _broken(outcome: Outcome) -> str:
    """Return the share of rows that break the rule, or a dash where it is not about rows."""
    measured = outcome.measurement
    if measured is None or "unexpected_count" not in measured.detail:
        return NOTHING
    return percent(measured.value)


def _examples(outcome: Outcome) -> list[str]:
    """Return masked examples as the rules stage left them; they are never raw values."""
    detail = outcome.measurement.detail if outcome.measurement else {}
    found = detail.get("examples")
    return [str(e) for e in found[:MOST_EXAMPLES]] if isinstance(found, list | tuple) else []


SECTION = Section(title="Validate: the rules the data must keep", order=20, write=write_rules)
