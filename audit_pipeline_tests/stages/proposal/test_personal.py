import pytest

from audit_pipeline.stages.proposal.facts import ColumnFacts
from audit_pipeline.stages.proposal.personal import personal


def column(name: str, *texts: str) -> ColumnFacts:
    return ColumnFacts(
        name=name,
        type="string",
        family="text",
        rows=len(texts),
        missing=0,
        nans=0,
        distinct=len(set(texts)),
        mean_length=sum(map(len, texts)) / len(texts),
        sample=texts,
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("ann{}@example.org", "e-mail addresses"),
        ("+49 30 90120{}", "telephone numbers"),
        ("DE4450010517540732493{}", "IBANs"),
        ("123-45-678{}", "social security numbers"),
        ("{} Main Street", "postal addresses"),
        ("Hauptstraße {}", "postal addresses"),
        ("Allen{}, Miss Elisabeth", "names of persons"),
    ],
)
def test_texts_that_look_like_a_person_are_told(text: str, what: str) -> None:
    assert personal(column("field", *(text.format(n) for n in range(1, 9)))) == (
        f"its values look like {what}"
    )


def test_names_of_columns_tell_too_and_codes_do_not() -> None:
    assert personal(column("lastName", *"abcdef")) == "by its name it holds a name"
    assert personal(column("birth_date", *"abcdef")) == "by its name it holds a birth date"
    assert personal(column("product", "red", "green", "blue", "black", "white")) is None
    assert personal(column("file_name", "a", "b", "c", "d", "e")) is None


def test_long_different_texts_are_free_text() -> None:
    texts = [f"The customer called about matter {n} and was rather upset." for n in range(120)]
    assert personal(column("note", *texts)) == (
        "its values are free text, in which anything may be told"
    )
