"""Which values of a column are one class, which the other, and which are no class at all."""

from typing import Any

import pytest

from audit_pipeline_tests.profiles.tables import audit, profile

Cells = dict[tuple[str | None, str | None], int]


def cells(target: dict[str, Any], y: list[Any], predicted: list[Any]) -> Cells:
    of = audit(target={"column": "y", **target})
    found = profile(of, {"x": [0.5] * len(y), "y": y, "predicted": predicted})
    assert found.outcomes is not None
    assert found.labelled == sum(n for (label, _), n in found.outcomes.counts.items() if label)
    return dict(found.outcomes.counts)


def test_what_is_neither_0_nor_1_is_no_label_and_no_prediction() -> None:
    found = cells({}, [1, 0, -1, 9, 1], [1, 0, 1, 0, 2])
    assert found == {("1", "1"): 1, ("0", "0"): 1, (None, "1"): 1, (None, "0"): 1, ("1", None): 1}


def test_what_is_neither_of_two_named_classes_is_no_label() -> None:
    named = {"positive": "good", "negative": "bad"}
    found = cells(named, ["good", "bad", "unknown", None], ["good", "bad", "good", "later"])
    assert found == {("good", "good"): 1, ("bad", "bad"): 1, (None, "good"): 1, (None, None): 1}


def test_codes_1_and_2_are_two_classes_when_both_are_named() -> None:
    found = cells({"positive": 1, "negative": 2}, [1, 2, 0], [1, 2, 2])
    assert found == {("1", "1"): 1, ("2", "2"): 1, (None, "2"): 1}


def test_without_a_named_negative_all_other_text_is_negative() -> None:
    found = cells({"positive": "good"}, ["good", "bad", "poor", None], ["good"] * 4)
    assert found == {("good", "good"): 1, ("not good", "good"): 2, (None, "good"): 1}


@pytest.mark.parametrize(("positive", "names"), [(1, ("1", "0")), (True, ("true", "false"))])
@pytest.mark.parametrize(
    ("y", "predicted"),
    [
        ([True, False, None], [1, 0, 1]),
        ([1, 0, None], [True, False, True]),
        ([1.0, 0.0, None], ["1", "0", "true"]),
    ],
)
def test_true_and_1_are_one_class_whatever_the_column_is(
    positive: object, names: tuple[str, str], y: list[Any], predicted: list[Any]
) -> None:
    one, zero = names
    found = cells({"positive": positive}, y, predicted)
    assert found == {(one, one): 1, (zero, zero): 1, (None, one): 1}


def test_0_may_be_the_positive_class() -> None:
    assert cells({"positive": 0}, [False, True], [0, 1]) == {("0", "0"): 1, ("1", "1"): 1}


def test_predictions_without_any_target_have_two_classes_too() -> None:
    found = profile(audit(), {"x": [0.5] * 3, "predicted": [1, 0, 7]})
    assert (found.predicted, found.positive) == (2, "1")


@pytest.mark.parametrize("negative", [1, True, "0"])
def test_two_classes_must_differ_and_be_of_one_type(negative: object) -> None:
    with pytest.raises(ValueError, match="two different values of one type"):
        audit(target={"column": "y", "positive": 1, "negative": negative})
