import pytest

from audit_pipeline.domain.people import same_person

ANN = "ann.lee@example.org"


@pytest.mark.parametrize(
    "by",
    [
        "ann.lee@example.org",
        "  Ann.Lee@EXAMPLE.org\t",
        "ann.lee@example.org.",
        "ann.lee @ example . org",
        "ann.lee+waiver@example.org",
        "Ann Lee <ann.lee@example.org>",
        "<ann.lee@example.org>",
        "mailto:ann.lee@example.org",
        "\uff21nn.Lee@example.org",  # a wide A
        "ann\u200b.lee@example\u00ad.org",  # what nobody sees
        "\x00ann.lee@example.org",
        "Ann Lee",
        "ann_lee",
        "bob@example.org, ann.lee@example.org",
    ],
)
def test_an_owner_in_another_spelling_is_the_owner(by: str) -> None:
    assert same_person(by, ANN)
    assert same_person(ANN, by)


@pytest.mark.parametrize(
    "by", ["bob", "bob@example.org", "ann.lee@example.com", "ann@example.org", "annette lee", ""]
)
def test_somebody_else_is_somebody_else(by: str) -> None:
    assert not same_person(by, ANN)
    assert not same_person(ANN, by)


def test_a_team_is_no_member_of_another() -> None:
    assert same_person("Lending Team", "lending team")
    assert not same_person("lending", "trading")
