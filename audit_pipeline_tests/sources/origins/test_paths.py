"""Files and folders go by the names that OpenLineage's own client gives them."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openlineage.client.naming import dataset as naming

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.origins.paths import (
    origin_of_address,
    origin_of_files,
    origin_of_iceberg,
    origin_of_table,
)

ODD = st.text(st.sampled_from("ab é🐈#&=;%~{}"), min_size=1, max_size=8).filter(
    lambda name: name.strip() == name
)
"""Names of folders that are no pattern: a percent sign is one until it is doubled."""


def official(place: naming.DatasetNaming) -> Dataset:
    return Dataset(place.get_namespace(), place.get_name())


def named(path: str) -> Dataset:
    return origin_of_files(path).datasets[0]


def test_a_file_goes_by_its_own_path() -> None:
    assert named("/data/loans.csv") == official(naming.LocalFileSystem("/data/loans.csv"))


@pytest.mark.parametrize(
    "path",
    [
        "/data/loans/*.parquet",
        "/data/loans/part-?.parquet",
        "/data/loans/part-[0-9].parquet",
        "/data/loans/%Y/%m/%d/*.parquet",
        "/data/loans/day=%Y-%m-%d/part-*.parquet",
        "/data/loans/**/*.parquet",
        "/data/loans/",
        "/data/x/../loans",
    ],
)
def test_several_files_go_by_their_folder(path: str) -> None:
    assert named(path) == official(naming.LocalFileSystem("/data/loans"))


def test_a_doubled_percent_sign_is_one() -> None:
    assert named("/data/100%%/loans-%Y.csv") == Dataset("file", "/data/100%")


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tmp_path: Path) -> None:
    file = tmp_path / "rows[1] 100%.csv"
    file.write_text("id\n")

    assert named(str(file)) == Dataset("file", str(file))


def test_a_relative_path_is_taken_from_where_we_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert named("rows/*.csv") == Dataset("file", f"{tmp_path}/rows")
    assert named("*.csv") == Dataset("file", str(tmp_path))
    assert named("/*.csv") == Dataset("file", "/")


@given(st.lists(ODD, min_size=1, max_size=4))
def test_whatever_a_folder_is_called_its_name_is_kept(parts: list[str]) -> None:
    folder = "/data/" + "/".join(parts)

    assert origin_of_table(folder).datasets == (Dataset("file", folder),)
    assert named(f"{folder.replace('%', '%%')}/%Y/*.csv") == Dataset("file", folder)
    assert named(f"s3://bank{folder.replace('%', '%%')}/*.csv") == Dataset("s3://bank", folder[1:])


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("s3://bank/loans/*.parquet", naming.S3("bank", "loans")),
        ("s3a://bank/loans/rows.csv", naming.S3("bank", "loans/rows.csv")),
        ("gs://bank/loans/%Y.csv", naming.GCS("bank", "loans")),
        ("gcs://bank/loans/", naming.GCS("bank", "loans")),
        ("abfss://rows@bank.dfs.core.windows.net/l/*.csv", naming.ABFSS("rows", "bank", "l")),
        ("abfs://rows@bank.dfs.core.windows.net/l/*.csv", naming.ABFSS("rows", "bank", "l")),
        ("hdfs://name.example.org:8020/l/*.csv", naming.HDFS("name.example.org", "8020", "/l")),
    ],
)
def test_stores_are_named_by_the_rules(path: str, place: naming.DatasetNaming) -> None:
    assert named(path) == official(place)


def test_a_key_may_hold_what_ends_a_path_elsewhere() -> None:
    assert named("s3://bank/a#b/rows.csv") == Dataset("s3://bank", "a#b/rows.csv")
    assert named("s3://bank/*.csv") == Dataset("s3://bank", "/")


def test_no_user_is_in_a_name() -> None:
    assert named("hdfs://jane@name:8020/l/r.csv") == Dataset("hdfs://name:8020", "/l/r.csv")
    assert named("https://jane@example.org/rows.csv?token=x") == Dataset(
        "https://example.org", "/rows.csv"
    )


def test_an_iceberg_table_is_its_folder_whichever_version_is_read() -> None:
    for path in ("s3://bank/l", "s3://bank/l/", "s3://bank/l/metadata/00007-a.metadata.json"):
        assert origin_of_iceberg(path).datasets == (Dataset("s3://bank", "l"),)


def test_nothing_is_a_pattern_in_the_folder_of_a_table() -> None:
    assert origin_of_table("/data/[1]%Y").datasets == (Dataset("file", "/data/[1]%Y"),)


@pytest.mark.parametrize(
    ("url", "namespace", "name"),
    [
        ("https://API.example.org/v1/loans?from={start}", "https://api.example.org", "/v1/loans"),
        ("https://api.example.org:443/v1/loans/", "https://api.example.org", "/v1/loans"),
        ("http://localhost:8000", "http://localhost:8000", "/"),
        ("https://e.org/loans/{start}/rows?a=1#b", "https://e.org", "/loans"),
        ("https://[::1]:8443/loans", "https://[::1]:8443", "/loans"),
    ],
)
def test_an_address_goes_by_host_and_path(url: str, namespace: str, name: str) -> None:
    assert origin_of_address(url).datasets == (Dataset(namespace, name),)


@given(st.text(st.sampled_from(string.printable), max_size=20))
def test_nothing_of_a_query_string_is_told(secret: str) -> None:
    assert origin_of_address(f"https://e.org/loans?{secret}") == origin_of_address(
        "https://e.org/loans"
    )
