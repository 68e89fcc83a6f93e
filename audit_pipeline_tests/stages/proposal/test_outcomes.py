"""The predicted class that is made where prediction and target are written in other words."""

import ibis
import pytest

from audit_pipeline.stages.proposal.facts import Value
from audit_pipeline.stages.proposal.outcomes import Outcomes


@pytest.mark.parametrize(
    ("said", "positives"),
    [([True, False, None], (True,)), ([1.0, 0.5, None], (1,)), (["A", "B", None], ("A",))],
)
def test_a_prediction_is_said_in_the_words_of_the_target(
    said: list[object], positives: tuple[Value, ...]
) -> None:
    outcomes = Outcomes(
        task="binary", positive="yes", negative="no", prediction="p", positives=positives
    )
    table = outcomes.give(ibis.memtable({"p": said}))
    assert table.to_pyarrow()["p_class"].to_pylist() == ["yes", "no", None]
