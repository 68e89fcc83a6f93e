"""Folders that fill up, labels that come late, data that is replaced: what is audited, and when."""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.sources.base import SourceError, State
from audit_pipeline.sources.catalog import SOURCES
from audit_pipeline.stages import looking, watching
from audit_pipeline.stages.arrivals import Seen
from audit_pipeline.stages.memory import Memory
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.stages.watching import Watched, watch
from audit_pipeline.store.arrivals import known
from audit_pipeline.store.owner import this_process
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    JANUARY,
    NAME,
    ROWS,
    audit,
    begin,
    changed,
    people,
    settings,
    write_audit,
    write_home,
)

MONTHS = {"every": "month", "start": "2024-01-01", "end": "2024-03-01"}
STILL = 0.4
"""Seconds for which data of these tests must stand still."""
FOLDERS = "../landing/day=%Y-%m-%d/part-*.parquet"


def watched(folder: Path, **table: object) -> Home:
    """Write a home whose audit has two windows, January and February, and watches a table."""
    home = write_home(folder, said(folder, table or {"path": "../current.parquet"}))
    (folder / "current.parquet").unlink()
    return home


def said(folder: Path, table: Mapping[str, object], **more: object) -> dict[str, Any]:
    of_kind = {"kind": "parquet"} | dict(table)
    schedule = {"stable_seconds": STILL}
    return settings(current={"table": of_kind, **more}, window=MONTHS, schedule=schedule)


class Sensor:
    """Looks again and again, with what it remembers going through its cursor, as Dagster's does."""

    def __init__(self, home: Home) -> None:
        self.home = home
        self.cursor: str | None = None

    def tick(self) -> Watched:
        found = watch(self.home, [load_audit_file(self.home, NAME)], self.cursor, 30)
        self.cursor = found.memory.write()
        return found

    def due(self) -> list[str]:
        return [due.window.key for due in self.tick().due]

    def due_once_still(self) -> list[str]:
        """Look twice, as far apart as data must stand still."""
        assert self.due() == []
        time.sleep(STILL + 0.1)
        return self.due()


def february(rows: int = ROWS) -> pa.Table:
    return people(rows, month=date(2024, 2, 1))


def land(folder: Path, day: str, rows: pa.Table, part: int = 1) -> Path:
    """Write rows into the folder of a day, as an exporting job would."""
    of_day = folder / "landing" / f"day={day}"
    of_day.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, of_day / f"part-{part}.parquet")
    return of_day


def test_a_file_is_audited_once_when_it_has_landed_and_stood_still(tmp_path: Path) -> None:
    home = watched(tmp_path)
    sensor = Sensor(home)
    assert sensor.due() == []
    pq.write_table(february(), tmp_path / "current.parquet")
    assert sensor.due_once_still() == [FEBRUARY]  # January was never asked for
    assert audit(home, FEBRUARY).verdict == "pass"
    assert sensor.tick().said == []
    time.sleep(STILL + 0.1)
    assert sensor.due() == []


def test_a_file_that_still_grows_is_never_audited(tmp_path: Path) -> None:
    home = watched(tmp_path, kind="csv", path="../current.csv")
    sensor, file = Sensor(home), tmp_path / "current.csv"
    whole = tmp_path / "whole.csv"
    pyarrow.csv.write_csv(february(), whole)
    lines = whole.read_text().splitlines(keepends=True)
    for number in range(5):
        with file.open("a") as sink:
            sink.writelines(lines[number * 300 : (number + 1) * 300])
        found = sensor.tick()
        assert found.due == []
        assert "2024-02 has new data, last seen to change at" in found.said[0]
        time.sleep(STILL / 2)
    with file.open("a") as sink:
        sink.writelines(lines[1500:])
    assert sensor.due_once_still() == [FEBRUARY]
    assert audit(home, FEBRUARY).record["snapshot"]["rows"] == ROWS


def test_a_folder_is_audited_when_its_marker_appears_and_not_before(tmp_path: Path) -> None:
    home = watched(tmp_path, path=FOLDERS, marker="_SUCCESS")
    sensor = Sensor(home)
    first = land(tmp_path, "2024-02-01", february().slice(0, 700))
    second = land(tmp_path, "2024-02-02", february().slice(700))
    (first / "_SUCCESS").touch()
    assert sensor.due_once_still() == []  # standing still does not make it complete
    assert "2024-02 waits since" in sensor.tick().said[0]
    (second / "_SUCCESS").touch()
    assert sensor.due() == [FEBRUARY]  # nor need it stand still, once it says so
    assert audit(home, FEBRUARY).record["snapshot"]["rows"] == ROWS
    assert sensor.due() == []


def test_a_late_file_opens_the_window_of_its_date_and_no_other(tmp_path: Path) -> None:
    home = watched(tmp_path, path=FOLDERS)
    land(tmp_path, "2024-01-15", people())
    land(tmp_path, "2024-02-15", february())
    assert [audit(home, window).revision for window in (JANUARY, FEBRUARY)] == [1, 1]
    sensor = Sensor(home)
    assert sensor.tick().said == []
    more = changed(people(200, seed=7), id=list(range(90_000, 90_200)))
    land(tmp_path, "2024-01-16", more)
    assert sensor.due_once_still() == [JANUARY]
    late = audit(home, JANUARY)
    assert (late.revision, late.record["snapshot"]["rows"]) == (2, ROWS + 200)
    assert sensor.tick().said == []


def test_a_window_audited_by_the_clock_without_data_is_audited_again_when_it_lands(
    tmp_path: Path,
) -> None:
    home = watched(tmp_path, path=FOLDERS)
    gap = audit(home, FEBRUARY)
    assert (gap.verdict, gap.red) == ("gap", None)
    sensor = Sensor(home)
    assert sensor.due() == []
    land(tmp_path, "2024-02-15", february())
    assert sensor.due_once_still() == [FEBRUARY]
    late = audit(home, FEBRUARY)
    assert (late.revision, late.verdict) == (2, "pass")


def test_a_file_without_its_end_is_waited_for_and_audited_when_it_has_it(tmp_path: Path) -> None:
    home, file = watched(tmp_path), tmp_path / "current.parquet"
    pq.write_table(february(), file)
    whole = file.read_bytes()
    file.write_bytes(whole[:5000])
    sensor = Sensor(home)
    assert sensor.due_once_still() == []
    assert "for the end of a file that is being written" in sensor.tick().said[0]
    assert audit(home, FEBRUARY).verdict == "gap"  # of the clock, whose time it was
    assert sensor.tick().said == []
    file.write_bytes(whole)
    assert sensor.due_once_still() == [FEBRUARY]
    assert (audit(home, FEBRUARY).verdict, sensor.tick().said) == ("pass", [])


def test_a_file_that_is_written_beside_a_younger_one_is_waited_for(tmp_path: Path) -> None:
    home = watched(tmp_path, path=FOLDERS)
    folder = land(tmp_path, "2024-02-01", february().slice(0, 700))
    whole = (folder / "part-1.parquet").read_bytes()
    (folder / "part-1.parquet").write_bytes(whole[:5000])
    land(tmp_path, "2024-02-01", february().slice(700), part=2)
    sensor = Sensor(home)
    assert sensor.due_once_still() == []
    (folder / "part-1.parquet").write_bytes(whole)
    assert sensor.due_once_still() == [FEBRUARY]


def test_labels_that_come_late_open_the_windows_they_belong_to(tmp_path: Path) -> None:
    labels = {"kind": "parquet", "path": "../labels.parquet"}
    home = watched(tmp_path, path=FOLDERS)
    write_audit(tmp_path, said(tmp_path, {"path": FOLDERS}, labels=labels))
    of_january, of_february = (table.select(["id", "repaid"]) for table in (people(), february()))
    land(tmp_path, "2024-01-15", changed(people(), repaid=None))
    land(tmp_path, "2024-02-15", changed(february(), repaid=None))
    pq.write_table(of_january, tmp_path / "labels.parquet")
    first = [audit(home, window) for window in (JANUARY, FEBRUARY)]
    assert [each.record["snapshot"]["labelled"] for each in first] == [ROWS, 0]
    sensor = Sensor(home)
    assert sensor.due() == []

    pq.write_table(pa.concat_tables([of_january, of_february]), tmp_path / "labels.parquet")
    assert sensor.due_once_still() == [FEBRUARY, JANUARY]  # one file: both may have new labels
    second = [audit(home, window) for window in (FEBRUARY, JANUARY)]

    assert [(each.state, each.revision) for each in second] == [
        ("granted", 2),
        ("already_audited", 1),
    ]
    assert second[0].record["snapshot"]["labelled"] == ROWS
    assert (first[1].verdict, second[0].verdict) == ("gap", "pass")
    assert sensor.tick().said == []


def test_data_that_is_replaced_after_its_audit_is_audited_anew(tmp_path: Path) -> None:
    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    audit(home, FEBRUARY)
    dearer = changed(february(), income=february()["income"].to_numpy() + 1)
    pq.write_table(dearer, tmp_path / "current.parquet")
    assert Sensor(home).due_once_still() == [FEBRUARY]
    assert audit(home, FEBRUARY).revision == 2


def test_a_file_that_is_touched_is_looked_at_once_and_makes_no_revision(tmp_path: Path) -> None:
    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    audit(home, FEBRUARY)
    os.utime(tmp_path / "current.parquet", (1, 1))
    sensor = Sensor(home)
    assert sensor.due_once_still() == [FEBRUARY]
    assert audit(home, FEBRUARY).state == "already_audited"
    assert sensor.tick().said == []
    assert len(open_store(home.store_url).sealed(NAME)) == 1


def test_data_of_an_older_time_stamp_is_new_data_all_the_same(tmp_path: Path) -> None:
    home = watched(tmp_path)
    pq.write_table(february(700), tmp_path / "current.parquet")
    audit(home, FEBRUARY)
    pq.write_table(february(), tmp_path / "current.parquet")
    os.utime(tmp_path / "current.parquet", (1, 1))  # as copying with its times would leave it
    assert Sensor(home).due_once_still() == [FEBRUARY]


def test_a_window_whose_audit_crashed_is_due_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("the disk has a hole")

    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    monkeypatch.setattr("audit_pipeline.stages.drift.profile_table", crash)
    assert audit(home, FEBRUARY).red is not None
    monkeypatch.undo()
    sensor = Sensor(home)
    assert sensor.due_once_still() == [FEBRUARY]
    assert audit(home, FEBRUARY).red is None
    assert sensor.due() == []


def test_a_window_that_is_being_audited_is_left_alone(tmp_path: Path) -> None:
    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    sensor, run = Sensor(home), begin(home, FEBRUARY)
    sensor.due()
    time.sleep(STILL + 0.1)
    run.store.reserve(NAME, FEBRUARY, this_process(run.run_id))
    found = sensor.tick()
    assert found.due == []
    assert found.said == [f"{NAME}: 2024-02 has new data, and is being audited"]
    run.store.release(NAME, FEBRUARY)
    assert sensor.due() == [FEBRUARY]


def test_what_changes_between_the_look_and_the_audit_is_noted_as_it_was_read(
    tmp_path: Path,
) -> None:
    home = watched(tmp_path)
    pq.write_table(february(700), tmp_path / "current.parquet")
    sensor = Sensor(home)
    sensor.due()
    pq.write_table(february(), tmp_path / "current.parquet")
    audit(home, FEBRUARY)
    assert sensor.tick().said == []


def test_a_run_that_dies_between_seal_and_note_is_made_up_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    monkeypatch.setattr("audit_pipeline.stages.report.note_mark", die)
    with pytest.raises(KeyboardInterrupt):
        audit(home, FEBRUARY)
    monkeypatch.undo()
    sensor = Sensor(home)
    assert sensor.due_once_still() == [FEBRUARY]
    assert audit(home, FEBRUARY).state == "already_audited"
    assert sensor.tick().said == []


def test_sources_that_cannot_be_looked_at_are_told_and_keep_no_other_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> State:
        raise SourceError("the database at db/loans cannot be reached: connection refused")

    def broken(*_: object) -> State:
        raise ValueError("cannot convert 'Mary O'Brien' to a number")

    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    file = load_audit_file(home, NAME)
    kinds = {
        kind: replace(SOURCES["parquet"], state=state)
        for kind, state in (("away", away), ("broken", broken))
    }
    monkeypatch.setattr(looking, "SOURCES", dict(SOURCES) | kinds)
    files = [named(file, "away", "away"), named(file, "broken", "broken"), file]

    found = watch(home, files, None, 30)

    first, second, third = sorted(found.said)
    assert first == "away: the database at db/loans cannot be reached: connection refused"
    assert second.startswith("broken: looking at it failed: ValueError in looking.py")
    assert "Mary" not in second
    assert third.startswith("loans: 2024-02 has new data")


def load(url: str, table: str, rows: pa.Table, loaded: str) -> None:
    """Add rows to a table of a real PostgreSQL, as loaded at a time."""
    names = ", ".join([*rows.column_names, "loaded"])
    marks = ", ".join(["%s"] * (len(rows.column_names) + 1))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE IF NOT EXISTS {table} (id bigint, day date, income float8, region text,"
            " sex int, score float8, approved int, repaid int, loaded timestamp)"
        )
        values = [(*row.values(), loaded) for row in rows.to_pylist()]
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})".encode(), values)


def test_a_window_of_a_database_is_audited_once_its_watermark_has_passed_its_end(
    tmp_path: Path, postgres_url: str
) -> None:
    table = f"loans_{uuid4().hex}"
    home = watched(tmp_path, kind="sql", url=postgres_url, table=table, watermark="loaded")
    load(postgres_url, table, february(300), "2024-02-28 12:00")
    sensor = Sensor(home)
    assert sensor.due_once_still() == []  # standing still does not make it complete
    assert "2024-02 waits since" in sensor.tick().said[0]
    load(postgres_url, table, people(5, month=date(2024, 3, 1)), "2024-03-01 00:00")
    assert sensor.due() == [FEBRUARY]  # nor need it stand still, once it says so
    assert audit(home, FEBRUARY).record["snapshot"]["rows"] == 300
    assert sensor.tick().said == []

    more = changed(february(50), id=list(range(90_000, 90_050)))
    load(postgres_url, table, more, "2024-03-05 00:00")
    assert sensor.due() == [FEBRUARY]
    late = audit(home, FEBRUARY)
    assert (late.revision, late.record["snapshot"]["rows"]) == (2, 350)
    assert sensor.tick().said == []


def test_windows_of_a_database_with_as_many_rows_are_told_apart(
    tmp_path: Path, postgres_url: str
) -> None:
    table = f"loans_{uuid4().hex}"
    home = watched(tmp_path, kind="sql", url=postgres_url, table=table)
    load(postgres_url, table, people(300), "2024-02-01 00:00")
    load(postgres_url, table, february(300), "2024-03-01 00:00")
    assert audit(home, JANUARY).record["snapshot"]["rows"] == 300
    assert Sensor(home).due_once_still() == [FEBRUARY]


def test_labels_out_of_reach_do_not_open_windows_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> State:
        raise SourceError("the labels at db/loans cannot be reached: connection refused")

    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    audit(home, FEBRUARY)
    labels = {"kind": "csv", "path": "../labels.csv"}
    write_audit(tmp_path, said(tmp_path, {"path": "../current.parquet"}, labels=labels))
    kinds = {"csv": replace(SOURCES["csv"], state=away)}
    monkeypatch.setattr(looking, "SOURCES", dict(SOURCES) | kinds)
    sensor = Sensor(home)
    for _ in range(2):
        found = sensor.tick()
        assert (found.due, found.said) == (
            [],
            ["loans: the labels at db/loans cannot be reached: connection refused"],
        )
        time.sleep(STILL + 0.1)


def named(file: AuditFile, name: str, kind: str = "parquet") -> AuditFile:
    """Return an audit like another, under a name and with a kind of source of its own."""
    table = file.audit.current.table.model_copy(update={"kind": kind})
    current = file.audit.current.model_copy(update={"table": table})
    return replace(file, audit=file.audit.model_copy(update={"name": name, "current": current}))


def test_a_source_that_does_not_answer_keeps_no_other_waiting_and_is_heard_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    file, answer, look = load_audit_file(home, NAME), threading.Event(), looking.look
    files = [named(file, name) for name in "abcdef"]

    def slow(of: Home, each: Any) -> Any:  # noqa: ANN401 (what it stands for)
        if each.audit.name in "bcde":
            answer.wait()
        return look(of, each)

    monkeypatch.setattr(watching, "look", slow)
    silent = [f"{name}: its sources have not answered yet" for name in "bcde"]
    first = watch(home, files, None, 0.5)
    assert first.said[:4] == silent
    assert [line[0] for line in first.said[4:]] == ["a"]
    assert first.memory.begin_with == "f"
    second = watch(home, files, first.memory.write(), 0.5)
    assert second.said[:4] == silent
    assert {line[0] for line in second.said[4:]} | {d.audit.name for d in second.due} == {"a", "f"}
    answer.set()
    third = watch(home, files, second.memory.write(), 30)
    assert {line[0] for line in third.said} | {d.audit.name for d in third.due} == set("abcdef")


def test_many_audits_are_looked_at_within_the_time_of_a_tick(tmp_path: Path) -> None:
    home = watched(tmp_path, path=FOLDERS)
    land(tmp_path, "2024-02-15", february())
    file = load_audit_file(home, NAME)
    files = [named(file, f"audit_{number:03}") for number in range(200)]
    begun, cursor, said = time.perf_counter(), None, list[str]()
    for first in ("audit_040", "audit_080", "audit_120", "audit_160", "audit_000"):
        found = watch(home, files, cursor, 30)
        assert found.memory.begin_with == first
        cursor, said = found.memory.write(), [*said, *found.said]
    print(f"200 audits in {time.perf_counter() - begun:.1f} s")  # noqa: T201 (a number to look at)
    assert {line.split(":")[0] for line in said} == {file.audit.name for file in files}


def test_audits_whose_data_just_landed_are_looked_at_when_it_is_not_their_turn(
    tmp_path: Path,
) -> None:
    home = watched(tmp_path, path=FOLDERS)
    file = load_audit_file(home, NAME)
    files = [named(file, f"audit_{number:03}") for number in range(300)]
    assert watch(home, files, None, 30).said == []
    land(tmp_path, "2024-02-15", february())
    first = watch(home, files, None, 30)
    assert len(first.said) == 50  # a sixth
    time.sleep(STILL + 0.1)
    second = watch(home, files, first.memory.write(), 30)
    due = [each.audit.name for each in second.due]
    assert due == [f"audit_{number:03}" for number in range(50)]
    assert len(second.said) == 50
    assert second.memory.begin_with == "audit_100"


def test_whose_data_just_landed_makes_nobody_lose_a_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = watched(tmp_path)
    file, answer, now = load_audit_file(home, NAME), threading.Event(), time.time()
    files = [named(file, name) for name in "abcd"]
    memory = Memory(begin_with="a")
    memory.keep("d", {"2024-02": Seen(mark="new", since=now, first=now)})

    def slow(of: Home, each: Any) -> Any:  # noqa: ANN401 (what it stands for)
        answer.wait()
        return looking.look(of, each)

    for name, value in {"AT_A_LOOK": 1, "LOOKS": 100, "LOOKERS": 1, "look": slow}.items():
        monkeypatch.setattr(watching, name, value)
    found = watch(home, files, memory.write(), 0.2)
    answer.set()
    assert found.memory.begin_with == "b"  # "d" was to be looked at, too, and had no time


def test_what_is_noted_is_how_the_sources_stood(tmp_path: Path) -> None:
    home = watched(tmp_path)
    pq.write_table(february(), tmp_path / "current.parquet")
    sensor = Sensor(home)
    sensor.due()
    time.sleep(STILL + 0.1)
    (due,) = sensor.tick().due
    audit(home, FEBRUARY)
    noted = known(open_store(home.store_url).engine, NAME).noted
    assert {window: each.mark for window, each in noted.items()} == {FEBRUARY: due.mark}
