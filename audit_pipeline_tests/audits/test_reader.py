"""Every mistake in an audit file is told by file, line, what was found and what to write."""

from pathlib import Path

import pytest

from audit_pipeline.audits.reader import AuditFileError, read_audit
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.audits.files import RIGHT, audit_of, changed, said_of
from audit_pipeline_tests.audits.limit_mistakes import LIMIT_MISTAKES
from audit_pipeline_tests.audits.mistakes import MISTAKES

ALL = MISTAKES | LIMIT_MISTAKES


@pytest.mark.parametrize("mistake", list(ALL))
def test_a_mistake_is_told_with_its_line_and_what_to_write(mistake: str, tmp_path: Path) -> None:
    change, expected = ALL[mistake]
    said = said_of(tmp_path, changed(change))
    assert said[0].startswith(f"credit.yaml:{expected}")
    assert len(said) == 1


def test_an_audit_of_neither_a_model_nor_predictions_is_refused(tmp_path: Path) -> None:
    model = RIGHT[RIGHT.index("model:\n") : RIGHT.index("rules:")]
    text = changed((model, ""), ("  prediction: {label: granted, score: score}\n", ""))
    (said,) = said_of(tmp_path, text)
    assert said.startswith("credit.yaml:1: nothing to audit: give a `model`, or say which columns")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "1: is empty; see the tutorial"),
        (b"# only a remark\n", "1: is empty; see the tutorial"),
        (b"- one\n- two\n", "1: holds a list, not keys; see the tutorial"),
        (b"just words\n", "1: holds a str, not keys; see the tutorial"),
        ("format: 1\nname: café\n".encode("latin-1"), "2: is not UTF-8 text; save it as UTF-8"),
        (b"a: 1\n---\nb: 2\n", "2: is no valid YAML: but found another document"),
        (b"a: 1\nb: \x00\n", "2: holds the character U+0000, which YAML does not have"),
        (b'a: 1\npurpose: "x\\0"\n', "2: is no valid YAML: found the escape of U+0000"),
        (b"a: *nothing\n", "1: is no valid YAML: found undefined alias 'nothing'"),
    ],
)
def test_a_file_that_holds_no_audit_at_all_is_told_as_such(
    content: bytes, said: str, tmp_path: Path
) -> None:
    (line,) = said_of(tmp_path, content)[:1]
    assert line.startswith(f"credit.yaml:{said}")


def test_a_file_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    with pytest.raises(AuditFileError, match=r"none\.yaml:1: cannot be read: No such file"):
        read_audit(tmp_path / "none.yaml", VOCABULARY)


def test_all_problems_are_listed_in_the_order_of_their_lines(tmp_path: Path) -> None:
    text = changed(
        ("risk: high", "risk: huge"),
        ("kind: parquet", "kind: parkay"),
        ("delimiter:", "delimeter:"),
        ("  every: day", "  every: fortnight"),
        ("fail: 0.03", "fails: 0.03"),
    )
    said = said_of(tmp_path, text)
    assert [line.split(":")[1] for line in said] == ["5", "8", "10", "19", "29"]


def test_names_are_checked_together(tmp_path: Path) -> None:
    text = changed(
        ("name: credit", "name: debit"), ("roc_auc: {", "roc: {"), ("xgboost_json", "h5")
    )
    assert [line.split(":")[1] for line in said_of(tmp_path, text)] == ["2", "23", "29"]


def test_a_file_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    assert audit_of(tmp_path, "\ufeff" + RIGHT).name == "credit"


def test_the_digest_is_that_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "credit.yaml"
    path.write_text(RIGHT)
    first = read_audit(path, VOCABULARY)
    path.write_text(RIGHT + "# a remark\n")
    assert first.sha256 != read_audit(path, VOCABULARY).sha256
    assert len(first.sha256) == 64
