"""Rules that a baseline keeps, with some room: what later windows are held to.

Missing values have no rules: the metric `missing_share` has limits from the same baseline.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from audit_pipeline.stages.proposal.facts import ColumnFacts
from audit_pipeline.stages.proposal.roles import whole
from audit_pipeline.stages.proposal.spans import Spans

Rule = dict[str, Any]
MOST_RULES = 60
MARGIN = 0.1
"""Room on either side of a range, as a share of it."""
FEW_VALUES = 20
RARE = 5
"""Values of fewer rows are not written down: they may be somebody's."""
BETWEEN = "expect_column_values_to_be_between"
IN_SET = "expect_column_values_to_be_in_set"
UNIQUE = "expect_column_values_to_be_unique"
ROW_COUNT = "expect_table_row_count_to_be_between"


def propose_rules(
    facts: Mapping[str, ColumnFacts], kinds: Mapping[str, str], key: str | None, score: str | None
) -> list[Rule]:
    """Return rules that the baseline's columns keep, the most telling first.

    Args:
        facts: What is known of the baseline's columns.
        kinds: The columns to have rules, each `numeric` or `categorical`.
        key: The id column, where it is unique in the baseline.
        score: The column of probabilities, if there is one.
    """
    rules: list[Rule] = []
    if key is not None and key in facts and facts[key].unique:
        rules.append(_rule(UNIQUE, key, reason="Each row is one case", on_failure=None))
    if score is not None and score in facts:
        rules.append(
            _rule(BETWEEN, score, reason="It is a probability", on_failure=None)
            | {"kwargs": {"column": score, "min_value": 0, "max_value": 1}}
        )
    there = [facts[name] for name in kinds if name in facts]
    for each in there:
        rules += _of_values(each, kinds[each.name])
    return rules[:MOST_RULES]


def rows_rule(spans: Spans) -> Rule:
    """Return the rule on how many rows a window has, from half the fewest to twice the most."""
    low, high = max(1, _floor(min(spans.rows) / 2)), _ceil(max(spans.rows) * 2)
    count = len(spans.rows)
    seen = f"{count} {spans.every}s" if count > 1 else f"the one {spans.every} there is"
    return {
        "expect": ROW_COUNT,
        "on_failure": "warn",
        "reason": f"Half the fewest to twice the most rows of {seen}",
        "kwargs": {"min_value": int(low), "max_value": int(high)},
    }


def _of_values(facts: ColumnFacts, kind: str) -> Iterator[Rule]:
    if kind == "numeric":
        yield from _range(facts)
    elif facts.values and facts.distinct <= FEW_VALUES and facts.family != "boolean":
        yield from _set(facts)


def _range(facts: ColumnFacts) -> Iterator[Rule]:
    low, high = facts.low, facts.high
    if not isinstance(low, int | float) or not isinstance(high, int | float) or facts.nans:
        return
    room = MARGIN * (high - low) or abs(high) * MARGIN or 1.0
    first = _round(low - room, down=True)
    if low >= 0:  # what is never negative stays so
        first = max(0.0, first)
    last = _round(high + room, down=False)
    if not (first <= low and high <= last):  # rounding of huge numbers
        return
    rule = _rule(BETWEEN, facts.name, reason="Baseline range + 10%")
    bounds = {"min_value": whole(first), "max_value": whole(last)}
    yield rule | {"kwargs": {"column": facts.name} | bounds}


def _set(facts: ColumnFacts) -> Iterator[Rule]:
    common = {value: n for value, n in facts.values.items() if n >= RARE}
    there = facts.rows - facts.missing
    if not common or not there:
        return
    rare = there - sum(common.values())
    rule = _rule(IN_SET, facts.name, reason="Baseline values")
    kwargs: dict[str, Any] = {"column": facts.name, "value_set": [whole(v) for v in common]}
    if rare:
        kwargs["mostly"] = _floor_share(1 - 2 * rare / there)
        rule["reason"] = f"Baseline values of {RARE} rows or more"
    yield rule | {"kwargs": kwargs}


def _rule(expect: str, column: str, *, reason: str, on_failure: str | None = "warn") -> Rule:
    rule: Rule = {"expect": expect}
    if on_failure is not None:
        rule["on_failure"] = on_failure
    return rule | {"reason": reason, "kwargs": {"column": column}}


def _floor_share(share: float) -> float:
    """Return a share rounded down to whole percents, never below 0.

    >>> _floor_share(0.987), _floor_share(0.29)
    (0.98, 0.29)
    """
    return max(0.0, math.floor(round(share * 100, 6)) / 100)


def _round(value: float, *, down: bool) -> float:
    """Return a number of two significant digits, below or above `value`.

    >>> _round(3004.8, down=False), _round(-57.2, down=True), _round(0.0123, down=True)
    (3100.0, -58.0, 0.012)
    """
    if not value:
        return 0.0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    steps = math.floor(value / unit) if down else math.ceil(value / unit)
    return float(f"{steps * unit:.6g}")


def _floor(value: float) -> float:
    return _round(value, down=True)


def _ceil(value: float) -> float:
    return _round(value, down=False)
