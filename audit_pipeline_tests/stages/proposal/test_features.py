import pytest

from audit_pipeline.stages.proposal.facts import ColumnFacts, Family
from audit_pipeline.stages.proposal.features import default_kind, kind_of
from audit_pipeline.stages.proposal.naming import known_after


def column(name: str, family: Family, distinct: int) -> ColumnFacts:
    return ColumnFacts(
        name=name, type=family, family=family, rows=1000, missing=0, nans=0, distinct=distinct
    )


@pytest.mark.parametrize(
    ("name", "family", "distinct", "usual", "proposed"),
    [
        ("RELP", "integer", 18, "categorical", "categorical"),
        ("MAR", "integer", 5, "categorical", "categorical"),
        ("AGEP", "integer", 93, "numeric", "numeric"),
        ("income", "float", 3, "numeric", "numeric"),
        ("town", "text", 300, "categorical", "categorical"),
        ("passenger_count", "integer", 7, "categorical", "numeric"),
        ("has_length", "integer", 2, "categorical", "categorical"),
        ("pickup_location_id", "integer", 240, "numeric", "categorical"),
    ],
)
def test_integers_of_few_values_are_codes_unless_their_name_says_better(
    name: str, family: Family, distinct: int, usual: str, proposed: str
) -> None:
    facts = column(name, family, distinct)
    assert (default_kind(facts), kind_of(facts)) == (usual, proposed)


def test_a_name_tells_what_comes_after_the_outcome_and_what_came_before() -> None:
    assert known_after("repaid_late", "repaid") == "its name shares 'repaid' with the target's"
    assert known_after("repaid_loan_on_prev_car", "repaid") is None
    assert known_after("event", "two_year_recid") is not None
    assert known_after("event_type", "two_year_recid") is None
