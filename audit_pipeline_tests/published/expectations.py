"""Results of Great Expectations: its expectations as rules of an audit, and its words for them."""

from collections.abc import Mapping
from typing import Any

from audit_pipeline_tests.published.figures import Number


def rule(name: str, expect: str, kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return an expectation as an audit file states it."""
    said = {key: value for key, value in kwargs.items() if key != "result_format"}
    return {"name": name, "expect": expect, "kwargs": said}


def figure_of(outcome: Mapping[str, Any], what: str) -> Number:
    """Return of a rule's outcome what Great Expectations calls `what`; None where it has none.

    Shares are in per cent there, of all rows (`_total`, and plain where nothing is missing) or of
    those that are not null (`_nonmissing`).
    """
    if what == "success":
        return str(outcome["verdict"] == "pass")
    measured = outcome["measurement"]
    if measured is None:
        return None
    rows, detail = measured["coverage"]["rows"], measured["detail"]
    missing = measured["coverage"]["left_out"].get("null", 0)
    broken = detail.get("unexpected_count", 0)
    known: dict[str, Number] = {
        "element_count": rows,
        "missing_count": missing,
        "missing_percent": 100 * missing / rows,
        "unexpected_count": broken,
        "unexpected_percent": 100 * broken / (rows - missing),
        "unexpected_percent_total": 100 * broken / rows,
        "unexpected_percent_nonmissing": 100 * broken / (rows - missing),
        "observed": measured["value"],
        "observed_value": measured["value"],
    }
    return known[what]
