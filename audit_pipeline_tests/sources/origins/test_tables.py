"""Where the tables of databases and of Spark's catalogue come from, as audit files name them."""

import pytest

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.databases.settings import SqlTable
from audit_pipeline.sources.kinds.spark_table import SOURCE as SPARK_TABLE
from audit_pipeline.sources.kinds.spark_table import SparkTable
from audit_pipeline.sources.kinds.sql import SOURCE
from audit_pipeline_tests.sources.databases.places import new_place


def sql(**settings: object) -> SqlTable:
    return SqlTable.model_validate(settings)


def spark(**settings: object) -> tuple[Dataset, ...]:
    return SPARK_TABLE.origin(SparkTable.model_validate(settings)).datasets


@pytest.mark.parametrize(
    ("table", "name"),
    [
        ("loans", "bank.public.loans"),
        ("lending.loans", "bank.lending.loans"),
        ('"Lending"."Loans 2024"', "bank.Lending.Loans 2024"),
        ('lending."loans.2024"', "bank.lending.loans.2024"),
        ('"🐈/%#?"', "bank.public.🐈/%#?"),
    ],
)
def test_a_table_goes_by_its_name_without_quotes(table: str, name: str) -> None:
    found = SOURCE.origin(sql(url="postgresql://reader@db/bank", table=table))

    assert found.datasets == (Dataset("postgres://db:5432", name),)
    assert found.of("income")[0][0].name == "income"


def test_the_database_that_the_environment_names_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BANK", "postgres://reader:hunter2@db:6000/bank?sslpassword=hunter2")

    found = SOURCE.origin(sql(url_env="BANK", table="loans"))

    assert found.datasets == (Dataset("postgres://db:6000", "bank.public.loans"),)


def test_without_the_variable_nothing_can_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BANK", raising=False)

    with pytest.raises(SourceError, match="the environment has no BANK"):
        SOURCE.origin(sql(url_env="BANK", table="loans"))


def test_a_password_that_is_not_there_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET", raising=False)
    settings = sql(url="postgresql://db/bank", password_env="SECRET", table="loans")  # noqa: S106 (names one)

    assert SOURCE.origin(settings).datasets[0].name == "bank.public.loans"


def test_a_name_that_is_none_is_an_error_of_the_source() -> None:
    with pytest.raises(SourceError, match="is no name of a table"):
        SOURCE.origin(sql(url="postgresql://db/bank", table='"loans'))


def test_the_tables_of_sparks_catalogue_go_by_their_whole_name() -> None:
    whole = (Dataset("spark", "spark_catalog.lending.loans"),)

    assert spark(table="loans") == (Dataset("spark", "spark_catalog.default.loans"),)
    assert spark(table="lending.loans") == spark(table="spark_catalog.lending.loans") == whole
    assert spark(query="SELECT * FROM lending.loans") == whole


def test_a_path_that_spark_reads_is_that_file() -> None:
    assert spark(query="SELECT id FROM delta.`/data/my loans/`") == (
        Dataset("file", "/data/my loans"),
    )


def test_a_real_servers_table_is_the_one_its_query_names(
    postgres_url: str,
) -> None:
    """The query is run too, so that what is told is told of one that PostgreSQL understands."""
    place = new_place(postgres_url)
    place.run('CREATE TABLE loans ("Id" int, income int)', "INSERT INTO loans VALUES (1, 2)")
    query = f'SELECT "Id" AS ID, Income + 1 AS "More" FROM {place.schema}.Loans'
    settings = place.query(query)

    origin = SOURCE.origin(settings)

    assert place.run(query) == [(1, 3)]
    assert [f"{of.dataset.name}.{of.name}" for of, _ in origin.of("More")] == [
        f"{SOURCE.origin(place.table('loans')).datasets[0].name}.income"
    ]
    assert list(origin.fields) == ["id", "More"]
