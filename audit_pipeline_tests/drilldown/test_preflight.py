"""What is taken out before Evidently sees it; each was tried and came out wrong, or not at all."""

import math
from collections.abc import Sequence

import pyarrow as pa
import pytest

from audit_pipeline.audits.columns import Kind
from audit_pipeline.drilldown.columns import Column, Outcome
from audit_pipeline.drilldown.preflight import (
    MOST_COLUMNS,
    Cleared,
    clear,
    judgeable,
    with_score_if_any,
)

NUMBERS, TEXTS = [1.0, 2.0, 3.0, None], ["a", "b", "a", None]
OUTCOME = Outcome(
    task="binary",
    target="came",
    prediction="said",
    score="score",
    threshold=0.5,
    positive="1",
    negative="0",
)


def column(name: str, kind: Kind = "numeric", **labels: str) -> Column:
    return Column(name=name, kind=kind, labels=labels)


def cleared(
    kind: Kind,
    baseline: Sequence[object],
    current: Sequence[object],
    name: str = "x",
    **labels: str,
) -> Cleared:
    of = pa.float64() if kind == "numeric" else pa.string()
    sides = [pa.table({name: pa.array(values, of)}) for values in (baseline, current)]
    return clear(sides[0], sides[1], [column(name, kind, **labels)])


@pytest.mark.parametrize(
    ("kind", "baseline", "current", "why"),
    [
        ("numeric", NUMBERS, [None, math.nan], "it is empty in the window's sample"),
        ("numeric", [None], NUMBERS, "it is empty in the baseline's sample"),
        ("categorical", TEXTS, [None, None], "it is empty in the window's sample"),
        ("numeric", NUMBERS, [1.0, math.inf, -math.inf], "infinite values in the window's sample"),
        ("numeric", NUMBERS, [1e200], "values of the window's sample are too large"),
        ("numeric", [5.0, 5.0], NUMBERS, "all values of the baseline's sample are equal"),
        (
            "categorical",
            TEXTS,
            [f"said {i}" for i in range(101)] * 9,
            "101 different values in the window's sample of 909 rows: an identifier or free text",
        ),
        ("categorical", [f"name {i}" for i in range(21)], TEXTS, "21 different values"),
    ],
)
def test_what_cannot_be_drawn_rightly_is_left_out_with_its_reason(
    kind: Kind, baseline: Sequence[object], current: Sequence[object], why: str
) -> None:
    found = cleared(kind, baseline, current)

    assert why in found.left_out["x"]
    assert found.columns == ()
    assert found.baseline.column_names == []


@pytest.mark.parametrize(
    ("kind", "baseline", "current"),
    [
        ("numeric", NUMBERS, [7.0, 7.0]),  # a window without spread is news, not a fault
        ("categorical", TEXTS, ["new"]),
        ("categorical", [f"shop {i}" for i in range(20)], TEXTS),
    ],
)
def test_what_can_be_drawn_stays(
    kind: Kind, baseline: Sequence[object], current: Sequence[object]
) -> None:
    assert cleared(kind, baseline, current).left_out == {}


def test_a_column_that_one_side_lacks_is_left_out_with_its_reason() -> None:
    both, one = pa.table({"x": [1.0, 2.0], "y": [1.0, 2.0]}), pa.table({"x": [1.0, 2.0]})

    found = clear(both, one, [column("x"), column("y")])

    assert found.left_out == {"y": "it is missing, or not of its kind, in the window"}
    assert found.current.column_names == ["x"]


def test_missing_values_are_counted_nan_among_them() -> None:
    assert cleared("numeric", NUMBERS, [1.0, math.nan, None]).missing == {"x": (1, 2)}


def test_of_too_many_columns_the_last_are_left_out() -> None:
    names = [f"c{i}" for i in range(MOST_COLUMNS + 2)]
    side = pa.table({name: [1.0, 2.0] for name in names})

    found = clear(side, side, [column(name) for name in names])

    assert len(found.columns) == MOST_COLUMNS
    assert list(found.left_out) == names[-2:]


def test_names_and_values_cannot_end_the_script_they_are_written_into() -> None:
    found = cleared("categorical", ["</script>", "a"], ["1", "a"], "<i>", **{"1": "<one>"})

    assert found.names == {"<i>": "⟨i⟩"}
    assert found.baseline.to_pydict() == {"⟨i⟩": ["⟨/script⟩", "a"]}
    assert found.current.to_pydict() == {"⟨i⟩": ["⟨one⟩ (1)", "a"]}


def test_two_columns_stay_two_when_their_names_become_one() -> None:
    side = pa.table({"<x>": [1.0, 2.0], "⟨x⟩": [3.0, 4.0]})

    found = clear(side, side, [column("<x>"), column("⟨x⟩")])

    assert found.baseline.to_pydict() == {"⟨x⟩": [1.0, 2.0], "⟨x⟩'": [3.0, 4.0]}


def outcomes(labels: list[str | None], scores: list[float | None]) -> Cleared:
    side = pa.table({"came": pa.array(labels, pa.string()), "score": pa.array(scores)})
    return clear(side, side, [column("came", "categorical"), column("score")])


def test_only_rows_with_a_label_and_a_prediction_are_judged() -> None:
    found = judgeable(outcomes(["1", "0", None, "1"], [0.9, 0.2, 0.5, math.nan]), OUTCOME)

    assert not isinstance(found, str)
    assert [side.to_pydict() for side in found] == [{"came": ["1", "0"], "score": [0.9, 0.2]}] * 2


@pytest.mark.parametrize(
    ("labels", "scores", "why"),
    [
        (["0", "0"], [0.1, 0.2], "no row of the baseline's sample is labelled '1'"),
        (["1", None, None], [None, 0.2, 0.3], "no row of the baseline's sample has both"),
        ([None, None], [0.1, 0.2], "the column came is not on this page"),
    ],
)
def test_why_nothing_can_be_judged_is_said(
    labels: list[str | None], scores: list[float | None], why: str
) -> None:
    found = judgeable(outcomes(labels, scores), OUTCOME)

    assert isinstance(found, str)
    assert found.startswith(why)


def test_without_scores_the_classes_are_judged() -> None:
    side = pa.table({"came": ["1", "0"], "said": ["1", "1"]})
    found = clear(side, side, [column("came", "categorical"), column("said", "categorical")])

    by_class = with_score_if_any(found, OUTCOME)

    assert by_class.score is None
    assert not isinstance(judgeable(found, by_class), str)
