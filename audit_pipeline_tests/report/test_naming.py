from audit_pipeline.domain.intersection import BY
from audit_pipeline.report.naming import category, column
from audit_pipeline_tests.report.hand_made import report

NAMED = report(
    titles={"SEX": "Sex", "RAC1P": "Race"}, labels={"SEX": {"1": "male"}, "RAC1P": {"2": "Black"}}
)


def test_two_attributes_together_go_by_both_their_names() -> None:
    assert column(NAMED, BY.join(["SEX", "RAC1P"])) == BY.join(["Sex", "Race"])
    both = BY.join(["SEX", "RAC1P"])
    assert category(NAMED, both, BY.join(["1", "2"])) == BY.join(["male", "Black"])
    assert category(NAMED, both, BY.join(["missing", "2"])) == BY.join(["missing", "Black"])


def test_a_code_that_holds_the_sign_itself_stays_as_it_is() -> None:
    odd = BY.join(["1", "x", "2"])
    assert category(NAMED, BY.join(["SEX", "RAC1P"]), odd) == odd


def test_columns_of_a_rule_are_joined_by_a_comma() -> None:
    assert column(NAMED, "SEX, RAC1P, AGEP") == "Sex, Race, AGEP"
