import pytest
import yaml

from audit_pipeline.audits.lines import LinedYaml

TEXT = """\
first: 1

second:
  inner: [a, b,
    c]
  2: {deep: x}
"""


@pytest.mark.parametrize(
    ("location", "line"),
    [
        ((), 1),
        (("first",), 1),
        (("second",), 3),
        (("second", "inner"), 4),
        (("second", "inner", 2), 5),
        (("second", "2", "deep"), 6),
        (("second", "absent"), 3),
        (("second", "a union's branch", "inner"), 4),
        (("second", "inner", 99), 4),
    ],
)
def test_each_part_has_its_line_and_a_missing_one_that_of_the_part_above(
    location: tuple[str | int, ...], line: int
) -> None:
    assert LinedYaml(TEXT).line(location) == line


def test_an_empty_document_has_one_line() -> None:
    document = LinedYaml("")
    assert document.data is None
    assert document.line(("anything",)) == 1


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", "{1: x, '1': y}", "x:\n- {b: 1, b: 2}\n"])
def test_a_key_that_stands_twice_is_refused_at_any_depth(text: str) -> None:
    with pytest.raises(yaml.YAMLError, match="stands twice"):
        LinedYaml(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('a: "x\\0y"', "U+0000"),
        ('"k\\0": 1', "U+0000"),
        ('a: ["x", "\\ud800"]', "U+D800"),
        ('a: "\\U0000dfff"', "U+DFFF"),
    ],
)
def test_an_escape_that_no_database_can_keep_is_an_error_of_its_line(text: str, code: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError, match="no character that can be kept") as caught:
        LinedYaml("first: 1\n" + text)
    assert caught.value.problem_mark is not None
    assert caught.value.problem_mark.line == 1
    assert code in str(caught.value.problem)
    assert LinedYaml('a: "\\U0001F600 \\x07 \\\\0"').data == {"a": "\U0001f600 \x07 \\0"}


@pytest.mark.parametrize("text", ["a: 2016-13-01\n", "a: 2016-01-01T25:00:00\n"])
def test_a_time_that_does_not_exist_is_an_error_of_its_line(text: str) -> None:
    with pytest.raises(yaml.MarkedYAMLError) as caught:
        LinedYaml("first: 1\n" + text)
    assert caught.value.problem_mark is not None
    assert caught.value.problem_mark.line == 1
