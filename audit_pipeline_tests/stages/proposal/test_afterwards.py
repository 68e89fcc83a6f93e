"""What is filled in once the outcome is known is told by where it has a value."""

import ibis
import pyarrow as pa

from audit_pipeline.stages.proposal.afterwards import filled_in_afterwards
from audit_pipeline.stages.proposal.facts import facts_of


def test_a_column_that_has_values_where_the_outcome_came_is_told() -> None:
    outcome = [1] * 60 + [0] * 60
    told = filled(
        outcome,
        arrested=["x"] * 50 + [None] * 10 + ["x"] * 2 + [None] * 58,  # 50 of 52, 10 of 68
        closed=[None] * 50 + ["x"] * 10 + ["x"] * 40 + [None] * 20,  # 10 of 50, 50 of 70: 0.51
        often=["x", None] * 60,  # half of both
        seldom=["x"] * 29 + [None] * 91,  # too few to tell
        always=["x"] * 120,
    )
    assert told == {
        "arrested": "it has a value mostly where reoffended is 1",
        "closed": "it has a value mostly where reoffended is not 1",
    }


def filled(outcome: list[int], **columns: list[str | None]) -> dict[str, str]:
    table = ibis.memtable(pa.table({"reoffended": outcome, **columns}))
    return filled_in_afterwards(table, facts_of(table), list(columns), ("reoffended", 1))
