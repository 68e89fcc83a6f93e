import pytest

from audit_pipeline.domain.rule import Rule


@pytest.mark.parametrize(
    ("kwargs", "subject"),
    [
        ({}, "table"),
        ({"min_value": 1, "max_value": 2}, "table"),
        ({"column": "AGEP", "min_value": 0}, "AGEP"),
        ({"column_A": "a", "column_B": "b"}, "a, b"),
        ({"column_list": ["a", "b", "c"]}, "a, b, c"),
        ({"column_set": ["a", "b"]}, "table"),
        ({"column_index": 3}, "table"),
    ],
)
def test_the_subject_of_a_rule_is_what_its_column_arguments_name(
    kwargs: dict[str, object], subject: str
) -> None:
    assert Rule(name="rule", expect="expect_something", kwargs=kwargs).subject == subject
