import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from pyiceberg.catalog.memory import InMemoryCatalog
from pyiceberg.table import Table as IcebergTable

from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.kinds.iceberg import SOURCE, Iceberg
from audit_pipeline_tests.sources.kinds import times

ROWS = pa.table({"id": [1, 2, 3], "x": ["a", "b", "c"]})


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[InMemoryCatalog]:
    made = InMemoryCatalog("test", warehouse=f"file://{tmp_path}/warehouse")
    made.create_namespace("n")
    yield made
    made.close()


@pytest.fixture
def table(catalog: InMemoryCatalog) -> IcebergTable:
    made = catalog.create_table("n.t", schema=ROWS.schema)
    made.append(ROWS)
    return made


@pytest.fixture
def settings(table: IcebergTable, tmp_path: Path) -> Iceberg:
    return Iceberg(path=str(tmp_path / "warehouse" / "n" / "t"))


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    return Wanted(folder=tmp_path / "copies")


def ids(settings: Iceberg, wanted: Wanted, backend: IbisBackend) -> list[int]:
    found = SOURCE.read(settings, backend, wanted).table.to_pyarrow()
    return sorted(found["id"].to_pylist())


def test_the_newest_snapshot_is_read_from_the_tables_folder(
    table: IcebergTable, settings: Iceberg, wanted: Wanted, backend: IbisBackend
) -> None:
    assert ids(settings, wanted, backend) == [1, 2, 3]
    table.append(ROWS)
    table.delete("id = 2")
    assert ids(settings, wanted, backend) == [1, 1, 3, 3]


def test_a_metadata_file_is_the_table_as_it_was_then(
    table: IcebergTable, settings: Iceberg, wanted: Wanted, backend: IbisBackend
) -> None:
    then = Iceberg(path=table.metadata_location.removeprefix("file://"))
    table.delete("id = 2")
    assert ids(then, wanted, backend) == [1, 2, 3]


def test_only_the_columns_asked_for_are_copied(
    settings: Iceberg, tmp_path: Path, backend: IbisBackend
) -> None:
    wanted = Wanted(folder=tmp_path / "copies", columns=("id", "not there"))
    assert list(SOURCE.read(settings, backend, wanted).table.columns) == ["id"]


def test_mark_and_digest_are_those_of_the_snapshot(
    table: IcebergTable, settings: Iceberg, wanted: Wanted
) -> None:
    before = SOURCE.state(settings, wanted)
    assert before.landed
    assert before.size
    assert SOURCE.digest(settings) == SOURCE.state(settings, wanted).mark == before.mark
    table.append(ROWS)
    assert SOURCE.state(settings, wanted).mark != before.mark
    assert SOURCE.digest(settings) != before.mark


def test_a_table_without_a_snapshot_has_not_landed(
    catalog: InMemoryCatalog, tmp_path: Path, wanted: Wanted, backend: IbisBackend
) -> None:
    catalog.create_table("n.empty", schema=ROWS.schema)
    settings = Iceberg(path=str(tmp_path / "warehouse" / "n" / "empty"))
    assert not SOURCE.state(settings, wanted).landed
    assert ids(settings, wanted, backend) == []


@pytest.mark.parametrize("column", ["utc", "local", "day"])
def test_only_the_windows_rows_are_copied_and_those_without_a_time(
    column: str, catalog: InMemoryCatalog, tmp_path: Path, backend: IbisBackend
) -> None:
    catalog.create_table("n.times", schema=times.ROWS.schema).append(times.ROWS)
    settings = Iceberg(path=str(tmp_path / "warehouse" / "n" / "times"))
    wanted = Wanted(folder=tmp_path / "copies", window=times.SECOND, timestamp=column)
    assert ids(settings, wanted, backend) == [2, 5]
    assert not SOURCE.read(settings, backend, wanted).whole


def test_a_folder_that_is_no_table_is_said_to_be_none(
    tmp_path: Path, wanted: Wanted, backend: IbisBackend
) -> None:
    with pytest.raises(SourceError, match=r"no Iceberg table: it has no metadata/\*"):
        SOURCE.read(Iceberg(path=str(tmp_path)), backend, wanted)


def test_a_file_of_the_table_that_is_gone_is_an_error(
    settings: Iceberg, wanted: Wanted, backend: IbisBackend
) -> None:
    shutil.rmtree(Path(settings.path) / "data")
    with pytest.raises(SourceError, match="are its files all there"):
        SOURCE.read(settings, backend, wanted)


def test_a_missing_package_is_said_with_what_to_install(
    settings: Iceberg, wanted: Wanted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyiceberg.table", None)
    with pytest.raises(SourceError, match=r'pip install "audit-pipeline\[iceberg\]"'):
        SOURCE.state(settings, wanted)
