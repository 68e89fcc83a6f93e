import numpy as np
import pytest

from audit_pipeline.explain.dependence import dependence
from audit_pipeline.explain.importance import importance
from audit_pipeline.report.explained import read_explanations


def test_what_the_explain_stage_writes_is_what_the_report_reads() -> None:
    feature = np.repeat([1.0, 2.0], 50)
    values = np.column_stack([np.where(feature == 1, -0.5, 1.5)])
    found = read_explanations(
        {
            "rows": 100,
            "importance": importance(["SEX"], values),
            "dependence": {"SEX": dependence(feature, values[:, 0], 10)},
        }
    )

    assert [(i.feature, i.mean) for i in found.importance] == [("SEX", 1.0)]
    assert [(e.low, e.rows, e.mean) for e in found.effects["SEX"]] == [
        (1.0, 50, -0.5),
        (2.0, 50, 1.5),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"importance": None, "dependence": None},
        {"importance": "none", "dependence": []},
        {"importance": [{"feature": "a"}, 3], "dependence": {"a": [{"low": 1}]}},
    ],
)
def test_missing_and_foreign_entries_are_left_out(odd: dict[str, object]) -> None:
    found = read_explanations(odd)

    assert found.importance == ()
    assert not any(found.effects.values())


def test_a_plain_list_of_cells_is_read_too() -> None:
    cell = {"low": 0.0, "high": 10.0, "rows": 40, "mean": 0.5, "standard_error": 0.1}
    found = read_explanations({"dependence": {"a": [cell]}})

    assert found.effects["a"][0].middle == 5.0
