"""What a profile says of a whole table: rows, ids, columns that cannot be counted."""

import numpy as np
import pyarrow as pa
import pytest

from audit_pipeline.profiles.engine import WIDE
from audit_pipeline.profiles.profile import CategoricalColumn, NumericColumn
from audit_pipeline_tests.profiles.tables import audit, profile, written


def test_rows_and_ids_are_counted() -> None:
    found = profile(audit(), {"id": [1, 1, 1, 2, None], "x": [0.5] * 5})
    assert (found.rows, found.duplicate_ids, found.null_ids) == (5, 2, 1)


def test_labelled_and_predicted_rows_are_counted() -> None:
    of = audit(target={"column": "y"})
    found = profile(of, {"x": [0.5] * 3, "y": [1, None, 0], "predicted": [1, 1, None]})
    assert (found.labelled, found.predicted) == (2, 2)
    assert found.positive == "1"


def test_a_table_of_no_rows_has_a_profile_of_no_rows() -> None:
    empty = pa.array([], pa.float64())
    of = audit(target={"column": "y"}, groups=["g"])
    columns = {"x": empty, "y": empty, "predicted": empty, "score": empty, "g": empty}
    found = profile(of, columns, {name: [1.0, 0.0] for name in columns})
    assert (found.rows, found.labelled, found.predicted, found.duplicate_ids) == (0, 0, 0, 0)
    assert found.groups == {"g": {}}
    assert found.outcomes is not None
    assert found.outcomes.rows == 0
    assert found.scores is not None
    assert found.scores.brier is None
    assert not found.unreadable.keys() & set(columns)


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([*range(49)], CategoricalColumn),
        ([*range(50)], NumericColumn),
        ([0.5, 1.5], NumericColumn),
        (["a", "b"], CategoricalColumn),
        ([True, False], CategoricalColumn),
    ],
)
def test_an_undeclared_column_is_categorical_if_text_or_integers_of_few_values(
    values: list[object], kind: type
) -> None:
    assert isinstance(profile(audit(), {"x": values}).columns["x"], kind)


def test_the_kind_is_decided_on_the_baseline_and_kept() -> None:
    few, many = {"x": [1, 2, 3]}, {"x": [*range(60)]}
    assert isinstance(profile(audit(), many, few).columns["x"], CategoricalColumn)
    assert isinstance(profile(audit(), few, many).columns["x"], NumericColumn)


def test_a_column_of_numbers_that_is_text_now_cannot_be_counted() -> None:
    found = profile(audit(), {"x": ["1.5", "2.5"]}, {"x": [1.5, 2.5]})
    assert "x" not in found.columns
    assert found.unreadable["x"] == ("x is declared numeric and is of type string in this window")


def test_a_column_declared_numeric_that_is_text_in_the_baseline_cannot_be_counted() -> None:
    of = audit(features={"x": "numeric"})
    found = profile(of, {"x": [1.5]}, {"x": ["1.5"]})
    assert found.unreadable["x"] == "x is declared numeric and held no numbers in the baseline"


def test_a_column_of_codes_may_change_its_type() -> None:
    column = profile(audit(), {"x": [1.0, 2.0]}, {"x": [1, 2]}).columns["x"]
    assert isinstance(column, CategoricalColumn)
    assert column.counts == {"1": 1, "2": 1}


def test_a_column_missing_now_or_in_the_baseline_is_named() -> None:
    of = audit(features=["x", "z"])
    now = profile(of, {"x": [1.0]}, {"x": [1.0], "z": [1.0]})
    before = profile(of, {"x": [1.0], "z": [1.0]}, {"x": [1.0]})
    assert now.unreadable["z"] == "the column z is missing from this window"
    assert before.unreadable["z"] == "the column z is missing from the baseline"


def test_columns_may_be_called_as_ours_are() -> None:
    plain = audit(features={"f": "numeric"}, target={"column": "y"}, groups=["g"], weight="weight")
    ours = audit(
        features={"bin": "numeric"},
        prediction={"label": "label", "score": "w"},
        target={"column": "predicted"},
        groups=["group"],
        weight="x",
    )
    called = {"f": "bin", "predicted": "label", "score": "w", "y": "predicted", "g": "group"}
    called["weight"] = "x"
    columns = {"f": [1.0, 2.0, 4.0], "predicted": [1, 0, 1], "score": [0.9, 0.2, 0.7]}
    columns |= {"y": [1, 0, 0], "g": [1, 1, 2], "weight": [1, 2, 4]}
    first = profile(plain, columns)
    second = profile(ours, {called[name]: values for name, values in columns.items()})
    assert first.outcomes is not None
    assert second.outcomes == first.outcomes
    assert second.groups["group"] == first.groups["g"]
    assert first.scores is not None
    assert second.scores is not None
    assert second.scores.brier == first.scores.brier


def test_neither_the_order_of_rows_nor_the_number_of_threads_changes_a_byte() -> None:
    random = np.random.default_rng(5)
    size = 20_000
    columns = {
        "id": np.arange(size),
        "x": random.normal(0, 1, size),
        "w": random.uniform(0.1, 3, size),
        "score": random.uniform(0, 1, size),
        "y": random.integers(0, 2, size),
        "predicted": random.integers(0, 2, size),
        "g": random.integers(0, 3, size),
    }
    order = random.permutation(size)
    shuffled = {name: values[order] for name, values in columns.items()}
    of = audit(target={"column": "y"}, groups=["g"], weight="w")
    first = written(profile(of, columns, columns, threads=1))
    assert written(profile(of, shuffled, columns, threads=1)) == first
    assert written(profile(of, shuffled, shuffled, threads=4)) == first


def test_errors_of_a_regression_do_not_depend_on_the_order_of_rows() -> None:
    random = np.random.default_rng(6)
    columns = {"x": random.normal(0, 1, 9_000), "y": random.normal(9, 5, 9_000)}
    columns["predicted"] = columns["y"] + random.normal(0, 1, 9_000)
    backwards = {name: values[::-1] for name, values in columns.items()}
    of = audit("regression", target={"column": "y"})
    first = written(profile(of, columns, threads=1))
    assert written(profile(of, backwards, columns, threads=4)) == first


def test_a_protected_attribute_is_counted_though_it_is_no_feature() -> None:
    of = audit(groups=["g"])
    columns = profile(of, {"x": [0.5] * 4, "g": [1, 2, 2, None]}).columns
    assert isinstance(columns["g"], CategoricalColumn)
    assert columns["g"].counts == {"1": 1, "2": 2}
    assert columns["g"].nulls == 1


def test_a_protected_attribute_that_is_a_feature_is_counted_as_that() -> None:
    of = audit(features={"x": "numeric"}, groups=["x"])
    assert isinstance(profile(of, {"x": [1, 2, 2]}).columns["x"], NumericColumn)


def test_columns_may_be_called_as_the_weight_is() -> None:
    of = audit(
        target={"column": "y"},
        prediction={"label": "_weight", "score": "score"},
        features={"x": "numeric", "_WEIGHT_": "numeric"},
    )
    found = profile(
        of, {"x": [0.5] * 3, "_WEIGHT_": [1.0, 2.0, 4.0], "y": [1, 1, 0], "_weight": [0, 1, 0]}
    )
    assert found.outcomes is not None
    assert found.outcomes.counts == {("1", "0"): 1, ("1", "1"): 1, ("0", "0"): 1}
    numbers = found.columns["_WEIGHT_"]
    assert isinstance(numbers, NumericColumn)
    assert numbers.rows == 3


def test_a_wide_table_is_counted_as_a_narrow_one_is() -> None:
    draw = np.random.default_rng(1)
    wide = {f"c{n}": draw.normal(size=20).round(2).tolist() for n in range(WIDE + 1)}
    some = {name: wide[name] for name in ("c0", "c1", f"c{WIDE}")}
    of_all = profile(audit(features=dict.fromkeys(wide, "numeric")), wide)
    of_some = profile(audit(features=dict.fromkeys(some, "numeric")), some)
    assert list(of_all.columns)[: len(wide)] == list(wide)
    for name in some:
        ours, theirs = of_all.columns[name], of_some.columns[name]
        assert isinstance(ours, NumericColumn)
        assert isinstance(theirs, NumericColumn)
        assert ours.histogram.bins.tolist() == theirs.histogram.bins.tolist()
        assert (ours.grid, ours.mean) == (theirs.grid, theirs.mean)
