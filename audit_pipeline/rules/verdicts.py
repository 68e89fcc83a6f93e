"""PURE: what the engine answered about one rule -> its outcome."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.masking import mask
from audit_pipeline.domain.measurement import ONE_ROWS_VALUE, Coverage, Json, Measurement
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.rules.question import Answer, Kind, Question, Scope
from audit_pipeline.rules.reasons import reason_of


def refused(rule: Rule, reason: str) -> Outcome:
    """Return the gap of a rule that could not be judged."""
    check = Check(asset="rule_results", name=rule.name, subject=rule.subject)
    return gap(check, reason, required=rule.required)


def nothing_to_judge(asked: Question, scope: Scope) -> str | None:
    """Return why the rows cannot answer the question, or None if they can.

    Great Expectations passes every rule about rows or columns that holds nothing.
    """
    if asked.kind is Kind.ROW_COUNT:
        return None
    if not scope.rows:
        return "no row meets the row condition" if scope.total else "no rows"
    if asked.kind in (Kind.NULLS, Kind.SCHEMA) or not asked.columns:
        return None
    reasons = {
        f"all {scope.rows:,} values are null": scope.blank,
        f"none of {scope.rows:,} rows has a value in every column": _nulls(asked, scope),
    }
    if len(asked.columns) == 1:
        reasons[f"all {scope.rows:,} values are null or NaN"] = scope.nulls + scope.nans
    return next((reason for reason, rows in reasons.items() if rows == scope.rows), None)


def outcome(asked: Question, scope: Scope, answer: Answer, engine: str) -> Outcome:
    """Return the verdict on one rule, with its number and what it was measured on.

    Args:
        asked: The rule.
        scope: The rows it is about, of which some can be judged.
        answer: What Great Expectations said of those without NaN.
        engine: What computed it, such as `duckdb 2.0.0`.
    """
    if answer.error is not None:
        return refused(asked.rule, reason_of(answer.error))
    if asked.rule.expect.endswith("_between") and answer.result.get("observed_value", 0) is None:
        return refused(asked.rule, "it has no value here: too few rows, or infinite ones")
    broken = _count(answer) + (scope.nans if asked.kind is Kind.ROWS else 0)
    left_out = _left_out(asked, scope, broken)
    used = scope.total - sum(left_out.values())
    if asked.by_row:
        holds = (used - broken) / used >= asked.mostly
        value, reason = broken / used, _rows_sentence(asked, scope, broken, used)
    else:
        spoilt = scope.nans if asked.kind is Kind.NUMBER else 0
        holds = answer.holds and not spoilt
        observed = _observed(answer)
        value = float(not holds) if observed is None else float(observed)
        reason = _number_sentence(asked, answer, spoilt, scope.rows, holds=holds)
    coverage = Coverage(rows=scope.total, used=used, left_out=left_out, engine=engine)
    return Outcome(
        check=Check(asset="rule_results", name=asked.rule.name, subject=asked.rule.subject),
        verdict=Verdict.PASS if holds else asked.rule.on_failure,
        reason=reason,
        required=asked.rule.required,
        measurement=Measurement(
            metric=asked.rule.name,
            subject=asked.rule.subject,
            value=value,
            interval=None,
            baseline_value=None,
            coverage=coverage,
            detail=_detail(asked, scope, answer, broken),
        ),
    )


def _count(answer: Answer, what: str = "unexpected_count") -> int:
    count = answer.result.get(what)
    return count if isinstance(count, int) else 0


def _nulls(asked: Question, scope: Scope) -> int:
    """Return how many rows a null keeps from being judged."""
    if asked.kind not in (Kind.ROWS, Kind.NUMBER):
        return 0
    if not asked.compares_nulls:  # SQL answers `unknown`, and would let such a row pass
        return scope.nulls
    word = asked.ignore_row_if or "never"
    return {"never": 0, "neither": 0}.get(
        word, scope.nulls if word.startswith(("any", "either")) else scope.blank
    )


def _left_out(asked: Question, scope: Scope, broken: int) -> dict[str, int]:
    # a row of three columns may break a rule by two of them and have a null in the third
    nulls = min(_nulls(asked, scope), scope.rows - broken) if asked.by_row else _nulls(asked, scope)
    parts = {
        "row condition not met": scope.total - scope.rows,
        "null": nulls,
        "NaN": scope.nans if asked.kind is Kind.NUMBER else 0,
    }
    return {why: rows for why, rows in parts.items() if rows}


def _rows_sentence(asked: Question, scope: Scope, broken: int, used: int) -> str:
    if not broken:
        return f"all {used:,} rows keep it"
    share = 100 * broken / used
    written = f"{share:.1f} %" if share >= 0.05 else "under 0.1 %"  # noqa: PLR2004 (rounds to 0.0)
    said = f"{broken:,} of {used:,} rows ({written}) break it"
    if asked.kind is Kind.ROWS and scope.nans:
        said += f", {scope.nans:,} of them with NaN"
    return said if asked.mostly == 1 else f"{said}; {100 * (1 - asked.mostly):.4g} % may"


def _number_sentence(asked: Question, answer: Answer, nans: int, rows: int, *, holds: bool) -> str:
    said = "it holds" if holds else "it does not hold"
    if nans:
        said = f"{nans:,} of {rows:,} rows hold NaN, which no rule about a number allows"
    observed = _observed(answer)
    if observed is not None and not asked.of_one_row:
        words = f"{observed:,}" if isinstance(observed, int) else f"{observed:.6g}"
        return f"{said}: the observed value {'of the rest ' if nans else ''}is {words}"
    counts = {
        "distinct values outside the set": _count(answer),
        "values of the set not found": _count(answer, "missing_count"),
    }
    parts = [f"{what}: {count:,}" for what, count in counts.items() if count]
    return "; ".join([said, *parts])


def _observed(answer: Answer) -> float | None:
    """Return the one number observed; sets, most common values and dates stay where they are."""
    value = answer.result.get("observed_value")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return value


def _detail(asked: Question, scope: Scope, answer: Answer, broken: int) -> dict[str, Json]:
    detail: dict[str, Json] = {
        "expectation": asked.rule.expect,
        "kwargs": _plain(asked.rule.kwargs),
        "set_by": asked.rule.set_by,
        "reason": asked.rule.reason,
        "value_is": "share of rows that break the rule",
    }
    if not asked.by_row:
        alone = _observed(answer) is None
        detail["value_is"] = "1 where it is broken, 0 where not" if alone else "the observed value"
        if asked.of_one_row and not alone:
            detail["value_is"] = ONE_ROWS_VALUE
        if asked.kind is Kind.SCHEMA:  # names and types of columns, nothing from the rows
            detail["observed"] = _plain(answer.result.get("observed_value"))
        return detail
    examples = answer.result.get("partial_unexpected_list")
    kinds = Counter(_masked(value) for value in examples) if isinstance(examples, list) else {}
    if asked.kind is Kind.ROWS and scope.nans:
        kinds["nan"] = scope.nans
    detail["unexpected_count"] = broken
    detail["examples"] = [f"{kind} ({count:,})" for kind, count in sorted(kinds.items())]
    return detail


def _masked(value: object) -> str:
    """Return the masks of a value, or of each value of a row.

    >>> _masked({"name": "Ann", "age": 7})
    'name: text of 3 characters, age: a number'
    """
    if isinstance(value, Mapping):
        return ", ".join(f"{column}: {mask(part)}" for column, part in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(mask(part) for part in value)
    return mask(value)


def _plain(value: Json) -> Json:
    """Return what the user wrote in words that JSON has: YAML also knows dates."""
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value
