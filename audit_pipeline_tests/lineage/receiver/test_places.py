"""Every way to write a place comes to one name."""

import pytest

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.lineage.receiver.places import around, holds, inside, place

FILE = Dataset("file", "/data/loans")
LAKE = Dataset("s3://lake", "clean/loans")
TABLE = Dataset("postgres://db.example.org:5432", "lending.public.loans")


@pytest.mark.parametrize(
    ("namespace", "name", "meant"),
    [
        ("file", "/data/loans", FILE),
        ("file", "/data/loans/", FILE),
        ("file", "file:///data/loans", FILE),
        ("file", "file:/data/loans", FILE),
        ("file://", "/data/loans", FILE),
        ("file://localhost", "/data/loans", FILE),
        ("file", "//data//x/../loans", FILE),
        ("anything", "file:///data/lo%61ns", FILE),
        ("file", "/data/100% sure 🎉", Dataset("file", "/data/100% sure 🎉")),
        ("file://nas", "/data/loans", Dataset("file://nas", "/data/loans")),
        ("s3://lake", "clean/loans", LAKE),
        ("s3a://lake", "/clean/loans/", LAKE),
        ("s3n://lake/clean", "loans", LAKE),
        ("default", "s3a://lake/clean/loans", LAKE),
        ("S3://lake", "Clean/Loans", Dataset("s3://lake", "Clean/Loans")),
        ("hdfs://node", "/x", Dataset("hdfs://node:8020", "x")),
        (
            "abfss://rows@account.dfs.core.windows.net",
            "/x",
            Dataset("abfss://rows@account.dfs.core.windows.net", "x"),
        ),
        ("postgres://db.example.org:5432", "lending.public.loans", TABLE),
        ("postgresql://db.example.org", "lending.public.loans", TABLE),
        ("postgresql+psycopg2://me:secret@DB.example.org", "lending.public.loans", TABLE),
        ("jdbc:postgresql://db.example.org/lending", "public.loans", TABLE),
        ("postgres://db.example.org:5432/lending", "lending.public.loans", TABLE),
        (
            "postgres://db.example.org:6432",
            "a.b.c",
            Dataset("postgres://db.example.org:6432", "a.b.c"),
        ),
        ("mysql://db", "shop.orders", Dataset("mysql://db:3306", "shop.orders")),
        ("bigquery", "project.set.table", Dataset("bigquery", "project.set.table")),
        ("snowflake://org-account", "DB.S.T", Dataset("snowflake://org-account", "DB.S.T")),
        (
            "hive://metastore:9083",
            "default.loans",
            Dataset("hive://metastore:9083", "default.loans"),
        ),
        ("file:/warehouse", "default.loans", Dataset("file:/warehouse", "default.loans")),
        ("arn:aws:glue:eu:1", "table/a/b", Dataset("arn:aws:glue:eu:1", "table/a/b")),
        ("audit_pipeline", "loans.snapshot", Dataset("audit_pipeline", "loans.snapshot")),
        ("my\x00place", "x\x00y", Dataset("my�place", "x�y")),
    ],
)
def test_a_place_has_one_name_however_it_is_written(
    namespace: str, name: str, meant: Dataset
) -> None:
    assert place(namespace, name) == meant


def test_a_name_that_was_made_one_stays_as_it_is() -> None:
    for at in (FILE, LAKE, TABLE):
        assert place(at.namespace, at.name) == at


def test_no_password_is_kept() -> None:
    assert "secret" not in str(place("mysql://me:secret@db/shop", "orders"))


def test_a_file_is_in_its_folders_and_in_none_that_only_begins_so() -> None:
    assert list(around(Dataset("s3://lake", "clean/loans/part-0.parquet"))) == [
        Dataset("s3://lake", "clean/loans"),
        Dataset("s3://lake", "clean"),
    ]
    assert list(around(TABLE)) == []


def test_a_folder_and_a_pattern_hold_files() -> None:
    pattern = Dataset("file", "/lake/loans/*.parquet")

    assert inside(FILE) == "/data/loans/"
    assert inside(pattern) == "/lake/loans/"
    assert inside(TABLE) is None
    assert holds(FILE, "/data/loans/day=1/part-0.parquet")
    assert not holds(FILE, "/data/loans_old/part-0.parquet")
    assert holds(pattern, "/lake/loans/part-0.parquet")
    assert not holds(pattern, "/lake/loans/part-0.csv")
