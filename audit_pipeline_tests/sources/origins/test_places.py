"""Databases go by the names that OpenLineage's own client gives them, and tell no secrets."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openlineage.client.naming import dataset as naming

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.databases.address import Address
from audit_pipeline.sources.origins.places import Place, place_of


def place(url: str) -> Place:
    return place_of(Address(scheme=url.partition(":")[0], url=url))


def official(at: naming.DatasetNaming) -> Dataset:
    return Dataset(at.get_namespace(), at.get_name())


@pytest.mark.parametrize(
    ("url", "table", "expected"),
    [
        ("postgresql://db/bank", "loans", naming.Postgres("db", "5432", "bank", "public", "loans")),
        (
            "postgresql://u:p@DB.example.org:6000/bank?sslmode=require",
            "lending.loans",
            naming.Postgres("db.example.org", "6000", "bank", "lending", "loans"),
        ),
        ("mysql://db/bank", "loans", naming.MySQL("db", "3306", "bank", "loans")),
        ("mysql://db:3307/bank", "other.loans", naming.MySQL("db", "3307", "other", "loans")),
        (
            "snowflake://u:p@org-account/BANK/LENDING?warehouse=w",
            "LOANS",
            naming.Snowflake("org", "account", "BANK", "LENDING", "LOANS"),
        ),
        ("bigquery://project/lending", "loans", naming.BigQuery("project", "lending", "loans")),
        (
            "trino://u@db/hive/lending",
            "loans",
            naming.Trino("db", "8080", "hive", "lending", "loans"),
        ),
        ("trino://u@db/hive", "loans", naming.Trino("db", "8080", "hive", "default", "loans")),
        (
            "redshift://u@cluster.x1.eu-west-1.redshift.amazonaws.com/bank",
            "loans",
            naming.Redshift("cluster", "eu-west-1", "5439", "bank", "public", "loans"),
        ),
        ("oracle://db/xe", "hr.loans", naming.Oracle("db", "1521", "xe", "hr", "loans")),
        (
            "athena://?region_name=eu-west-1&aws_secret_access_key=x",
            "loans",
            naming.Athena("eu-west-1", "AwsDataCatalog", "default", "loans"),
        ),
    ],
)
def test_the_rules_are_those_of_openlineage(
    url: str, table: str, expected: naming.DatasetNaming
) -> None:
    assert place(url).dataset(tuple(table.split("."))) == official(expected)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mssql://u:p@db/bank", Dataset("sqlserver://db:1433", "bank.dbo.loans")),
        (
            "databricks://token:x@ws.example.org?catalog=main&schema=lending",
            Dataset("databricks://ws.example.org", "main.lending.loans"),
        ),
        ("clickhouse://db", Dataset("clickhouse://db:8123", "default.loans")),
        ("exasol://u:p@db:8563/lending", Dataset("exasol://db:8563", "lending.loans")),
        ("sqlite:////data/loans.db", Dataset("sqlite:///data/loans.db", "loans")),
        ("sqlite:////data/my loans%231.db", Dataset("sqlite:///data/my%20loans%231.db", "loans")),
    ],
)
def test_what_the_rules_do_not_know_has_names_of_ours(url: str, expected: Dataset) -> None:
    assert place(url).dataset(("loans",)) == expected


@pytest.mark.parametrize(
    ("url", "namespace"),
    [
        ("postgresql:///bank?host=db.example.org&port=6000", "postgres://db.example.org:6000"),
        ("postgresql://u:p@/bank?host=/run/postgresql", "postgres://localhost:5432"),
        ("postgresql://u:p@one:5433,two:5434/bank", "postgres://one:5433"),
        ("postgresql://u:p@[::1]:5433/bank", "postgres://[::1]:5433"),
        ("postgresql://u:secret/bank", "postgres://u:5432"),  # no host at all: not our secret
    ],
)
def test_a_host_is_found_where_postgresql_finds_it(url: str, namespace: str) -> None:
    assert place(url).namespace == namespace


def test_the_schema_that_a_url_searches_first_is_the_tables() -> None:
    url = "postgresql://db/bank?options=-csearch_path%3Dlending,public"

    assert place(url).dataset(("loans",)).name == "bank.lending.loans"


def test_a_level_that_nobody_told_is_left_out() -> None:
    """Without a database, PostgreSQL takes the one of the user's name, which is not told."""
    assert place("postgresql://jane@db").dataset(("loans",)).name == "public.loans"
    assert place("oracle://db/xe").dataset(("loans",)).name == "xe.loans"


@given(st.text(min_size=1), st.text(min_size=1))
def test_no_user_or_password_is_in_a_name(user: str, password: str) -> None:
    told = f"{quote('user-' + user, safe='')}:{quote(password, safe='')}"

    assert place(f"postgresql://{told}@db/bank") == place("postgresql://db/bank")
