"""From a rule to an expectation of Great Expectations, or to a sentence on why there is none.

Import this module late: it brings Great Expectations.
"""

import difflib
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import sqlalchemy as sa
from pydantic.v1 import ValidationError  # Great Expectations' models are pydantic 1

from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.duckdb_engine import DuckDBExecutionEngine
from audit_pipeline.rules.gx import (
    ColumnMapExpectation,
    ColumnPairMapExpectation,
    Expectation,
    MetricProviderError,
    MulticolumnMapExpectation,
    get_expectation_impl,
    get_metric_provider,
    list_registered_expectation_implementations,
    quiet,
)
from audit_pipeline.rules.question import Kind, Question
from audit_pipeline.rules.rows import Rows

_KINDS = {
    "expect_column_to_exist": Kind.SCHEMA,
    "expect_column_type_to_be": Kind.SCHEMA,
    "expect_column_values_to_be_in_type_list": Kind.SCHEMA,
    "expect_column_values_to_be_of_type": Kind.SCHEMA,
    "expect_table_column_count_to_be_between": Kind.SCHEMA,
    "expect_table_column_count_to_equal": Kind.SCHEMA,
    "expect_table_columns_to_match_ordered_list": Kind.SCHEMA,
    "expect_table_columns_to_match_set": Kind.SCHEMA,
    "expect_table_row_count_to_be_between": Kind.ROW_COUNT,
    "expect_table_row_count_to_equal": Kind.ROW_COUNT,
    "expect_column_proportion_of_non_null_values_to_be_between": Kind.NULLS,
    "expect_column_values_to_be_null": Kind.NULLS,
    "expect_column_values_to_not_be_null": Kind.NULLS,
}
_ABOUT_NAMES = {"expect_column_to_exist", "expect_table_columns_to_match_ordered_list"}
_BY_ROW = (ColumnMapExpectation, ColumnPairMapExpectation, MulticolumnMapExpectation)
_OURS = {"catch_exceptions", "id", "meta", "rendered_content", "result_format"}
_PARSER = "great_expectations"


class RuleError(ValueError):
    """A rule that cannot be asked; the message says what was found and what to do."""


def question(rule: Rule, number: int = 0, rows: Rows | None = None) -> Question:
    """Return `rule` ready to be asked.

    Args:
        rule: The rule as the audit file states it.
        number: Its place among the rules asked together, by which the answer is found again.
        rows: The snapshot on its engine, where one is at hand.

    Raises:
        RuleError: No such expectation, arguments that it refuses, or a column that is not there.
    """
    expectation = _expectation(rule, number, rows)
    there: Collection[str] | None = None if rows is None else rows.columns
    columns = () if rule.expect in _ABOUT_NAMES else _columns(expectation)
    absent = [column for column in columns if there is not None and column not in there]
    if there is not None and absent:
        raise RuleError(
            "; ".join(f"column {c} is not in the snapshot{_like(c, there)}" for c in absent)
        )
    kind = _KINDS.get(rule.expect)
    by_row = isinstance(expectation, _BY_ROW) and kind is not Kind.SCHEMA
    mostly = getattr(expectation, "mostly", 1.0)
    return Question(
        number=number,
        rule=rule,
        expectation=expectation,
        kind=kind or (Kind.ROWS if by_row else Kind.NUMBER),
        by_row=by_row,
        columns=columns,
        mostly=float(mostly) if isinstance(mostly, int | float) else 1.0,
        ignore_row_if=getattr(expectation, "ignore_row_if", None),
    )


def _expectation(rule: Rule, number: int, rows: Rows | None) -> Expectation:
    known = list_registered_expectation_implementations()
    if rule.expect not in known:
        raise RuleError(f"{rule.expect!r} is no expectation{_like(rule.expect, known)}")
    kwargs: dict[str, Any] = {k: v for k, v in rule.kwargs.items() if k not in _OURS}
    if isinstance(kwargs.get("row_condition"), str):
        kwargs.setdefault("condition_parser", _PARSER)
    if "{batch}" not in str(kwargs.get("unexpected_rows_query", "{batch}")):
        raise RuleError("unexpected_rows_query must read from {batch}, which is the snapshot")
    implementation = get_expectation_impl(rule.expect)
    if _KINDS.get(rule.expect) is not Kind.SCHEMA:
        _check_support(rule, implementation, rows)
    try:
        with quiet():
            made: Expectation = implementation(**kwargs, meta={"number": number})
    except ValidationError as error:
        raise RuleError(_refusals(rule, implementation, error)) from error
    except Exception as error:  # whatever a validator raises, the rule is at fault
        raise RuleError(f"{rule.expect} refuses its arguments: {error}") from error
    return made


def _check_support(rule: Rule, implementation: type[Expectation], rows: Rows | None) -> None:
    metric = getattr(implementation, "map_metric", None)
    if metric is None:
        return
    try:
        get_metric_provider(
            f"{metric}.unexpected_count", _unconnected() if rows is None else rows.executes
        )
    except MetricProviderError:
        name = "DuckDB" if rows is None else rows.engine
        raise RuleError(f"Great Expectations cannot judge {rule.expect} on {name}") from None


@cache
def _unconnected() -> DuckDBExecutionEngine:
    """Return an engine only to be asked what it can do: it never connects."""
    return DuckDBExecutionEngine(engine=sa.create_engine("duckdb:///:memory:"))


def _columns(expectation: Expectation) -> tuple[str, ...]:
    """Return the columns that have to be there for the expectation to be judged."""
    single = [getattr(expectation, name, None) for name in ("column", "column_A", "column_B")]
    several = getattr(expectation, "column_list", None) or []
    return tuple(dict.fromkeys(c for c in [*single, *several] if isinstance(c, str)))


def _refusals(rule: Rule, implementation: type[Expectation], error: ValidationError) -> str:
    """Return one sentence for all arguments refused, the reasons of each joined by `or`."""
    fields = [name for name in implementation.__fields__ if name not in _OURS]
    reasons: dict[str, list[str]] = {}
    for item in error.errors():
        reasons.setdefault(".".join(str(part) for part in item["loc"]), []).append(item["msg"])
    return f"{rule.expect}: " + "; ".join(
        _refusal(name, said, rule.kwargs.get(name), fields) for name, said in reasons.items()
    )


def _refusal(name: str, said: list[str], value: Json, fields: Iterable[str]) -> str:
    if said == ["extra fields not permitted"]:
        return f"it has no argument {name!r}{_like(name, fields)}"
    if said == ["field required"]:
        return f"the argument {name!r} is missing"
    about = "its arguments" if name == "__root__" else f"{name}={value!r}"
    return f"{about}: " + " or ".join(dict.fromkeys(said))


def _like(word: str, known: Iterable[str]) -> str:
    """Return a question naming what `word` may have been meant as; nothing when nothing is near.

    >>> _like("Colum", ["column", "mostly"])
    '; did you mean column?'
    """
    spelt = {name.casefold(): name for name in known}
    near = [spelt[n] for n in difflib.get_close_matches(word.casefold(), spelt, n=3, cutoff=0.7)]
    return f"; did you mean {' or '.join(near)}?" if near else ""
