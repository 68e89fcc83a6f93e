"""Spark in this process: the same rows, types and codes as on DuckDB, and no word of a row."""

# ruff: noqa: ANN401 (Ibis ships no types)

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.engine import SparkEngine
from audit_pipeline.engines import java, spark_connect, spark_driver
from audit_pipeline.engines.base import DroppedError, Engine, EngineError
from audit_pipeline.engines.spark import open_spark
from audit_pipeline.engines.spark_session import forget
from audit_pipeline.profiles.counting.classes import binary_of, classes
from audit_pipeline.profiles.engine import as_code, as_number, open_duckdb
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages.tables import gather
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.engines.spark_servers import QUICK
from audit_pipeline_tests.servers import free_port
from audit_pipeline_tests.stages.small import NAME, columns, people, settings, write_home

LOCAL = SparkEngine(
    kind="spark", master="local[2]", options={"spark.driver.extraJavaOptions": QUICK}
)
PARQUET, TABLE = SOURCES["parquet"], SOURCES["spark_table"]
FLOATS = [
    0.1,
    1.0,
    -0.0,
    1e20,
    1e-7,
    1.5e-4,
    2.5e-3,
    12345678.25,
    1.234567905190871e17,
    9.1e15,
    1 / 3,
    1e300,
    float("nan"),
    float("inf"),
    float("-inf"),
    None,
]
SUBNORMAL = 5e-324
UNZONED = [datetime(2023, 12, 31, 22, 59, 59), datetime(2023, 12, 31, 23, 30), datetime(2024, 1, 1)]  # noqa: DTZ001 (without a zone is the point)


@pytest.fixture
def spark() -> Iterator[Engine]:
    with open_spark(LOCAL) as engine:
        yield engine


def at_home(engine: Engine, path: Path | str) -> Any:
    read = PARQUET.in_place["pyspark"]
    return read(
        PARQUET.settings(path=str(path)), engine.backend, Wanted(folder=Path("never"))
    ).table


def elsewhere(tmp_path: Path, path: Path | str) -> Any:
    wanted = Wanted(folder=tmp_path / "copies")
    return PARQUET.read(
        PARQUET.settings(path=str(path)), open_duckdb(tmp_path / "spill"), wanted
    ).table


def written(folder: Path, name: str = "rows.parquet", **named: Any) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(named), path)
    return path


def values(column: Any) -> list[Any]:
    listed: list[Any] = column.name("v").as_table().to_pyarrow()["v"].to_pylist()
    return listed


# ---------------------------------------------------------------- content


def test_the_content_of_rows_does_not_depend_on_their_order(spark: Engine, tmp_path: Path) -> None:
    here = written(tmp_path, "here.parquet", a=[1, 2, 3], b=["x", None, "z"])
    there = written(tmp_path, "there.parquet", a=[3, 1, 2], b=["z", "x", None])

    content = spark.content(at_home(spark, here)) if spark.content else None

    assert spark.content is not None
    assert content == spark.content(at_home(spark, there))
    assert content is not None
    assert content.rows == 3
    assert content.method == "spark xxhash64 4"


def test_a_value_that_moves_to_the_column_beside_it_is_another_content(
    spark: Engine, tmp_path: Path
) -> None:
    here = written(tmp_path, "here.parquet", a=pa.array([1, 7]), b=pa.array([None, 7]))
    there = written(tmp_path, "there.parquet", a=pa.array([None, 7]), b=pa.array([1, 7]))

    assert spark.content is not None
    assert spark.content(at_home(spark, here)) != spark.content(at_home(spark, there))


def test_no_rows_are_a_content_too(spark: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, a=pa.array([], pa.int64()))

    assert spark.content is not None
    assert spark.content(at_home(spark, path)).digest == "0"


# ---------------------------------------------------------------- types


def test_values_of_every_type_have_the_codes_that_duckdb_gives_them(
    spark: Engine, tmp_path: Path
) -> None:
    many = len(FLOATS)
    path = written(
        tmp_path,
        floats=FLOATS,
        singles=pa.array(FLOATS, pa.float32()),
        decimals=pa.array([Decimal("1.50"), None] * (many // 2), pa.decimal128(10, 2)),
        integers=pa.array([None, 2**62 + 1] * (many // 2), pa.int64()),
        booleans=pa.array([True, None, False, False] * (many // 4)),
        days=[date(1200, 2, 28)] * many,
        texts=["ä'\\`\"\n", ""] * (many // 2),
        long=["x" * 1_000_000] + ["y"] * (many - 1),
        nothing=pa.nulls(many, pa.float64()),
    )
    ours, theirs = at_home(spark, path), elsewhere(tmp_path, path)

    for name in ours.columns:
        assert values(as_code(ours[name])) == values(as_code(theirs[name])), name
    for name in ("floats", "singles", "decimals", "integers", "booleans", "nothing"):
        mine, other = values(as_number(ours[name])), values(as_number(theirs[name]))
        assert repr(mine) == repr(other), name
    binary = binary_of(1, 0)
    assert values(classes(ours, "booleans", binary)) == values(classes(theirs, "booleans", binary))


def test_nan_is_not_taken_for_null(spark: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, x=[float("nan"), None, 1.0, SUBNORMAL, float("inf")])
    table = at_home(spark, path)

    found = table.aggregate(
        nulls=table.x.isnull().sum(), nans=table.x.isnan().sum(), known=table.x.count()
    )

    assert found.to_pyarrow().to_pylist() == [{"nulls": 1, "nans": 1, "known": 4}]
    assert SUBNORMAL in values(table.x)


def test_large_integers_stay_exact_beside_nulls(spark: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, x=pa.array([2**62 + 1, None], pa.int64()))

    assert values(at_home(spark, path).x) == [2**62 + 1, None]


def test_ten_thousand_categories_are_counted(spark: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, x=[f"category {number % 10_000}" for number in range(20_000)])
    table = at_home(spark, path)

    counts = table.group_by("x").aggregate(n=table.count()).to_pyarrow()

    assert set(counts["n"].to_pylist()) == {2}
    assert counts.num_rows == 10_000


@pytest.mark.parametrize("rows", [0, 1])
def test_tables_of_no_or_one_row_are_read(spark: Engine, tmp_path: Path, rows: int) -> None:
    path = written(tmp_path, x=pa.array([1.5] * rows, pa.float64()))

    table = at_home(spark, path)

    assert values(table.x) == [1.5] * rows
    assert values(table.x.max().as_table()["Max(x)"]) == ([1.5] if rows else [None])


# ---------------------------------------------------------------- times


@pytest.mark.parametrize("unit", ["us", "ns", "ms"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
def test_the_same_rows_are_cut_as_on_duckdb(
    spark: Engine, tmp_path: Path, unit: str, zone: str | None
) -> None:
    moments = [moment + timedelta(days=day) for day in (0, 31) for moment in UNZONED]
    when = pa.array(moments, pa.timestamp(unit)).cast(pa.timestamp(unit, zone))
    assert cut_ids(spark, tmp_path, when) == EXPECTED["zoned" if zone else "unzoned"]


def test_a_time_is_written_as_duckdb_writes_it(spark: Engine, tmp_path: Path) -> None:
    zoned = pa.array([UNZONED[0]], pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
    path = tmp_path / "times.parquet"
    pq.write_table(pa.table({"zoned": zoned, "local": zoned.cast(pa.timestamp("us"))}), path)
    for table in (open_duckdb(tmp_path).read_parquet(path), at_home(spark, path)):
        assert values(table.zoned.cast("string")) == ["2023-12-31 22:59:59+00"]
        assert values(table.local.cast("string")) == ["2023-12-31 22:59:59"]


def test_times_as_older_sparks_wrote_them_are_cut_as_on_duckdb(
    spark: Engine, tmp_path: Path
) -> None:
    moments = [moment + timedelta(days=day) for day in (0, 31) for moment in UNZONED]
    when = pa.array(moments, pa.timestamp("us"))
    assert cut_ids(spark, tmp_path, when, old=True) == EXPECTED["unzoned"]


# of January in Berlin: what is an instant begins an hour earlier than what is on a clock there
EXPECTED = {"zoned": [1, 2, 3], "unzoned": [2, 3, 4]}


def cut_ids(spark: Engine, tmp_path: Path, when: pa.Array, *, old: bool = False) -> list[int]:
    rows = pa.table({"id": range(len(when)), "day": when, "income": [1.0] * len(when)})
    (tmp_path / "home").mkdir()
    window = {"every": "month", "start": "2024-01-01", "timezone": "Europe/Berlin"}
    said = settings(
        columns=columns(features={"income": "numeric"}, groups=None, target=None)
        | {"prediction": None},
        window=window,
    )
    home = write_home(tmp_path / "home", said)
    pq.write_table(rows, home.path / "current.parquet", use_deprecated_int96_timestamps=old)
    audit = load_audit_file(home, NAME).audit
    wanted = Wanted(
        folder=tmp_path / "copies",
        window=audit.window.windows.window("2024-01", datetime(2024, 3, 1, tzinfo=UTC)),
    )
    found = [
        sorted(values(gather(audit, audit.current, backend, wanted).table["id"]))
        for backend in (spark.backend, open_duckdb(tmp_path / "spill"))
    ]
    assert found[0] == found[1]
    return found[0]


# ---------------------------------------------------------------- whole tables


def test_tables_are_joined_as_on_duckdb(spark: Engine, tmp_path: Path) -> None:
    rows = people(40)
    home = write_home(tmp_path, current=rows.drop_columns(["repaid"]))
    labels = pa.table(
        {
            "id": pa.array([*map(str, rows["id"].to_pylist()[:30]), "10001", "", "77"]),
            "repaid": pa.array([1.0] * 32 + [None]),
        }
    )
    pq.write_table(labels, tmp_path / "labels.parquet")
    audit = load_audit_file(home, NAME).audit
    tables = audit.current.model_copy(
        update={
            "labels": audit.current.table.model_copy(
                update={"settings": PARQUET.settings(path=str(tmp_path / "labels.parquet"))}
            )
        }
    )
    wanted = Wanted(folder=tmp_path / "copies")

    ours = gather(audit, tables, spark.backend, wanted)
    theirs = gather(audit, tables, open_duckdb(tmp_path / "spill"), wanted)

    assert ours.notes == theirs.notes
    assert len(ours.notes) == 3  # an id twice, a row without one, an id of nobody
    listed = [each.table.order_by("id").to_pyarrow().to_pylist() for each in (ours, theirs)]
    assert listed[0] == listed[1]


# ---------------------------------------------------------------- sources


def test_folders_with_a_date_in_their_name_are_columns_as_on_duckdb(
    spark: Engine, tmp_path: Path
) -> None:
    for day in ("2024-01-01", "2024-01-02"):
        written(tmp_path / f"day={day}", x=[1])
    pattern = str(tmp_path / "day=*" / "*.parquet")

    ours, theirs = at_home(spark, pattern), elsewhere(tmp_path, pattern)

    assert (
        sorted(values(ours.day))
        == sorted(values(theirs.day))
        == [date(2024, 1, 1), date(2024, 1, 2)]
    )


def test_an_address_is_given_to_spark_as_it_is(spark: Engine, tmp_path: Path) -> None:
    written(tmp_path, "part 1.parquet", x=[1, 2])

    assert sorted(values(at_home(spark, f"file://{tmp_path}/*.parquet").x)) == [1, 2]


def test_a_missing_file_is_named(spark: Engine, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"there is no file at .*missing\.parquet"):
        at_home(spark, tmp_path / "missing.parquet")


def test_a_damaged_file_is_named_and_not_quoted(spark: Engine, tmp_path: Path) -> None:
    (tmp_path / "rows.parquet").write_bytes(b"Jane Doe, 17 rue du Bac")

    with pytest.raises(SourceError, match=r"rows\.parquet is damaged") as caught:
        at_home(spark, tmp_path / "rows.parquet")

    assert "Jane" not in str(caught.value)


def test_files_of_which_one_lacks_a_column_are_refused(spark: Engine, tmp_path: Path) -> None:
    written(tmp_path, "1.parquet", x=[1], y=[1])
    written(tmp_path, "2.parquet", x=[1])

    with pytest.raises(SourceError, match="the column 'y' is not the same in all"):
        at_home(spark, tmp_path / "*.parquet")


def spark_table(engine: Engine, **said: str) -> Any:
    read = TABLE.in_place["pyspark"]
    return read(TABLE.settings(**said), engine.backend, Wanted(folder=Path("never"))).table


def test_a_table_of_sparks_catalogue_and_a_query_are_read(spark: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, x=[1, 2, 3])
    spark.backend.session.read.parquet(str(path)).createOrReplaceTempView("loans")

    assert sorted(values(spark_table(spark, table="loans").x)) == [1, 2, 3]
    query = "select x * 2 as y from loans where x > 1 -- not the first;"
    assert sorted(values(spark_table(spark, query=query).y)) == [4, 6]


@pytest.mark.parametrize(
    "said", [{"table": "nowhere"}, {"query": "select nothing from nowhere"}, {"query": "selct 1"}]
)
def test_what_spark_does_not_know_is_refused(spark: Engine, said: dict[str, str]) -> None:
    with pytest.raises(
        SourceError, match=r"Spark cannot read the (table nowhere|query) \([A-Z_.]+"
    ):
        spark_table(spark, **said)


def test_a_query_that_would_change_something_is_refused(spark: Engine, tmp_path: Path) -> None:
    path = written(tmp_path, x=[1])
    spark.backend.session.read.parquet(str(path)).createOrReplaceTempView("kept")

    with pytest.raises(SourceError, match="PARSE_SYNTAX_ERROR"):
        spark_table(spark, query="drop view kept")

    assert values(spark_table(spark, table="kept").x) == [1]


def test_no_other_engine_reads_a_table_of_sparks(tmp_path: Path) -> None:
    loans = TABLE.settings(table="loans")

    with pytest.raises(SourceError, match="set `engine: spark`"):
        TABLE.read(loans, open_duckdb(tmp_path), Wanted(folder=tmp_path))

    state = TABLE.state(loans, Wanted(folder=tmp_path))
    assert state.landed
    assert state.mark != TABLE.state(TABLE.settings(table="other"), Wanted(folder=tmp_path)).mark
    assert TABLE.digest(loans) is None


# ---------------------------------------------------------------- errors


def test_an_error_quotes_no_value_in_its_words_or_on_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, x=["Jane Doe", "1"])

    with (
        pytest.raises(EngineError, match="CAST_INVALID_INPUT") as caught,
        open_spark(LOCAL) as spark,
    ):
        values(at_home(spark, path).x.cast("float64"))

    told = capfd.readouterr()
    assert "Jane" not in str(caught.value) + told.out + told.err
    assert caught.value.__cause__ is None


def test_a_driver_that_was_killed_is_dropped_and_followed_by_a_new_one(tmp_path: Path) -> None:
    path = written(tmp_path, x=[1, 2])

    with pytest.raises(DroppedError, match="ended while it was used"):
        count_while_the_driver_is_killed(path)

    with open_spark(LOCAL) as spark:
        assert sorted(values(at_home(spark, path).x)) == [1, 2]


def count_while_the_driver_is_killed(path: Path) -> None:
    from pyspark import SparkContext  # noqa: PLC0415 (only who uses Spark pays)

    with open_spark(LOCAL) as spark:
        table = at_home(spark, path)
        gateway: Any = SparkContext._gateway
        os.kill(gateway.proc.pid, signal.SIGKILL)
        values(table.x)


@pytest.mark.parametrize("where", ["master", "remote"])
def test_a_server_that_is_not_there_is_named_at_once(where: str) -> None:
    scheme = {"master": "spark", "remote": "sc"}[where]
    address = f"{scheme}://127.0.0.1:{free_port()}"

    with pytest.raises(EngineError, match=rf"{address} cannot be reached"):
        open_spark(SparkEngine.model_validate({"kind": "spark", where: address})).__enter__()


def test_who_listens_and_is_no_connect_server_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(spark_connect, "READY_SECONDS", 0.5)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        remote = f"sc://127.0.0.1:{listener.getsockname()[1]}/;token=hush"

        with pytest.raises(
            EngineError, match="does not answer as a Spark Connect server"
        ) as caught:
            open_spark(SparkEngine(kind="spark", remote=remote)).__enter__()

    assert "hush" not in str(caught.value)


# ---------------------------------------------------------------- Java


def test_a_java_home_without_a_java_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises(EngineError, match=r"JAVA_HOME is .*, where no Java runs"):
        java.find_java.__wrapped__()


def test_the_java_from_pypi_runs_without_the_module_it_lacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    home = java.find_java.__wrapped__()

    script = home / "bin" / "java"
    assert java._version(script) == 21
    told = ["--add-modules=jdk.incubator.vector", "-Dx=a b", "-version"]
    assert subprocess.run([script, *told], capture_output=True, check=False).returncode == 0


# pyspark leaves the pipe to a Java that ended at its start to be closed by chance
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_options_that_break_spark_are_an_error_that_ends() -> None:
    broken = {"spark.driver.memory": "1m"}

    with pytest.raises(EngineError, match=r"Spark could not be started|ended at its start"):
        spark_driver.start_driver("local[1]", broken)


def test_a_driver_that_is_killed_while_it_starts_is_worth_another_try() -> None:
    from pyspark import SparkContext  # noqa: PLC0415 (only who uses Spark pays)

    def kill() -> None:
        while SparkContext._gateway is None:
            time.sleep(0.005)
        gateway: Any = SparkContext._gateway
        os.kill(gateway.proc.pid, signal.SIGKILL)

    forget()
    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    with pytest.raises(DroppedError, match="ended while it was started"):
        spark_driver.start_driver("local[1]", LOCAL.options)
    killer.join()


def test_the_java_of_a_session_that_was_stopped_is_not_taken_for_ours() -> None:
    from pyspark import SparkContext  # noqa: PLC0415 (only who asks for Spark pays)
    from pyspark.sql import SparkSession  # noqa: PLC0415

    forget()
    theirs = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
    session = theirs.getOrCreate()
    left: Any = SparkContext._gateway
    with pytest.raises(EngineError, match="has a Spark session of its own"):
        open_spark(LOCAL).__enter__()
    assert left.proc.poll() is None  # theirs is not touched
    session.stop()
    with open_spark(LOCAL):
        assert left.proc.poll() is not None
        assert SparkContext._gateway is not left
