from pathlib import Path

import pytest

from audit_pipeline.sources.databases.address import Address, beside, need_no_password, scheme_of


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:hunter2@db:5432/loans",
        "postgres://:hunter2@db/loans",
        "postgresql://db/loans?user=reader&password=hunter2",
        "postgresql://db/loans?sslpassword=hunter2",
        "snowflake://me:hunter2@account/loans",
        "databricks://host?http_path=/sql&access_token=hunter2",
        "postgresql://reader:hun/ter2@db/loans",
        "postgresql://reader:hun?ter2@db/loans",
        "postgresql://reader:hun#ter2@db/loans",
    ],
)
def test_a_url_with_a_password_is_refused_without_telling_it(url: str) -> None:
    with pytest.raises(ValueError, match="password") as caught:
        need_no_password(url)
    assert "hun" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader@db:5432/loans?sslmode=verify-full&sslkey=/etc/k&passfile=/etc/p",
        "postgresql://postgres:@/postgres?host=/tmp/socket",
        "postgresql://one:5432,two:5432/loans",
        "sqlite:////srv/a@b.db",
    ],
)
def test_a_url_without_a_password_may_stand_in_a_file(url: str) -> None:
    need_no_password(url)


def test_a_kind_of_database_that_is_not_known_is_named_and_those_that_are() -> None:
    with pytest.raises(ValueError, match=r"'postgre' in the URL: there are .*mysql, .*snowflake"):
        scheme_of("postgre://db/loans")
    with pytest.raises(ValueError, match="names no kind of database"):
        scheme_of("db.example.org/loans")


def test_a_file_is_relative_to_the_audit_file() -> None:
    assert beside("sqlite:///../loans.db", Path("/home/audits")) == "sqlite:////home/loans.db"
    assert beside("sqlite:////srv/loans.db", Path("/home/audits")) == "sqlite:////srv/loans.db"
    assert beside("postgresql://db/loans", Path("/home/audits")) == "postgresql://db/loans"


def test_what_is_shown_of_an_address_is_where_it_is() -> None:
    address = Address(
        scheme="postgresql",
        url="postgresql://reader:hunter2@db:5432/loans?options=x",
        password="hunter2",  # noqa: S106 (nobody's)
    )
    assert address.shown == "postgresql://db:5432/loans"
    assert "hunter2" not in repr(address)
