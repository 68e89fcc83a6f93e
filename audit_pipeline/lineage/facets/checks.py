"""What became of a check, as an assertion on a dataset and as a test of a run."""

from collections.abc import Container, Mapping

from openlineage.client.facet_v2 import data_quality_assertions_dataset, test_run

from audit_pipeline.domain.check import Outcome, publishable
from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.verdict import Verdict

STATUS: Mapping[Verdict, str] = {
    Verdict.PASS: "pass",
    Verdict.WARN: "fail",
    Verdict.FAIL: "fail",
    Verdict.INCONCLUSIVE: "skip",
    Verdict.GAP: "skip",
}
LONGEST = 500
"""Characters of what a rule expects that are told: a set of values may be long."""


def assertion_of(
    outcome: Outcome, columns: Container[str]
) -> data_quality_assertions_dataset.Assertion:
    """Return a check as an assertion on the table of these columns.

    Only a pass is a success: what could not be told has not succeeded. `params` has the verdict.
    """
    safe = publishable(outcome)
    check = safe.check
    return data_quality_assertions_dataset.Assertion(
        assertion=check.name,
        success=safe.verdict is Verdict.PASS,
        column=check.subject if check.subject in columns else None,
        severity=severity_of(safe),
        name=f"{check.name}({check.subject})",
        expected=_expected(safe),
        actual=_actual(safe),
        params=_params(safe),
    )


def execution_of(outcome: Outcome) -> test_run.TestExecution:
    """Return a check as a test of the run that made it; what could not be told was skipped."""
    safe = publishable(outcome)
    return test_run.TestExecution(
        name=f"{safe.check.name}({safe.check.subject})",
        status=STATUS[safe.verdict],
        severity=severity_of(safe),
        type=safe.check.name,
        expected=_expected(safe),
        actual=_actual(safe),
        params=_params(safe),
    )


def severity_of(outcome: Outcome) -> str:
    """Return how grave it is, or would be, if the check is not kept: `error` or `warn`.

    Catalogues know no third level, so that a warning, what is too little to tell by, and what
    nobody requires are all `warn`.
    """
    light = {Verdict.WARN, Verdict.INCONCLUSIVE}
    limit = outcome.limit
    may_fail = limit is None or limit.fail is not None
    return "error" if outcome.required and may_fail and outcome.verdict not in light else "warn"


def words_of(limit: Limit) -> str:
    """Return a limit in words; empty where it has no bound.

    >>> words_of(Limit(warn=0.1, fail=0.25))
    'at most 0.1; a failure above 0.25'
    >>> words_of(Limit(warn=None, fail=0.8, worse=Worse.LOWER))
    'at least 0.8'
    >>> words_of(Limit(warn=None, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE))
    'worse than the baseline by at most 0.05'
    """
    bound = limit.warn if limit.warn is not None else limit.fail
    if bound is None:
        return ""
    least = limit.worse is Worse.LOWER and limit.against is Against.VALUE
    said = f"at {'least' if least else 'most'} {bound:.12g}"
    if limit.against is not Against.VALUE:
        said = f"worse than the baseline by {said}"
    if limit.against is Against.RELATIVE_CHANGE:
        said += " of its number"
    if limit.warn is None or limit.fail is None:
        return said
    return f"{said}; a failure {'below' if least else 'above'} {limit.fail:.12g}"


def _expected(outcome: Outcome) -> str | None:
    """Return the limit in words, or what a rule of the audit file asks for."""
    if outcome.limit is not None:
        return words_of(outcome.limit) or None
    detail = outcome.measurement.detail if outcome.measurement is not None else {}
    if "expectation" not in detail:
        return None
    said, kwargs = str(detail["expectation"]).replace("_", " "), detail.get("kwargs")
    named = kwargs.items() if isinstance(kwargs, Mapping) else ()
    asked = ", ".join(f"{name} {_told(name, value)}" for name, value in named if name != "column")
    said = f"{said}: {asked}" if asked else said  # the column stands beside it
    return said[:LONGEST]


def _told(name: str, value: object) -> object:
    """Return what a rule asks for; texts and sets, which may be people's values, are not told.

    The audit file has them, and its digest is in the event. Bounds and names of columns are told.
    """
    if name.startswith("column") or name == "type_" or isinstance(value, bool | int | float | None):
        return value
    return f"({len(value)} values)" if isinstance(value, list | tuple) else "(see the audit file)"


def _actual(outcome: Outcome) -> str | None:
    if outcome.measurement is None:
        return None
    value = float(outcome.measurement.value)
    return str(int(value)) if value.is_integer() else str(value)


def _params(outcome: Outcome) -> dict[str, object]:
    """Return the verdict in our words, and what it is about; of a pass, `actual` is the reason."""
    said: dict[str, object] = {
        "asset": outcome.check.asset,
        "subject": outcome.check.subject,
        "verdict": outcome.verdict.value,
        "required": outcome.required,
    }
    return said if outcome.verdict is Verdict.PASS else said | {"reason": outcome.reason}
