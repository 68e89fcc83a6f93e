"""No text keeps an audit from its record: what a database refuses is shown in its place."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import sqlalchemy
from sqlalchemy import LargeBinary, create_engine, select

from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Change, Happened, Severity
from audit_pipeline.domain.lineage import Dataset, Edge, Field, Transformation
from audit_pipeline.store.alerting import ChannelState, channel_states, note_channels
from audit_pipeline.store.approvals import add_approval, approvals_of, baselines_compared
from audit_pipeline.store.delivery import note_trouble, set_aside, unwanted
from audit_pipeline.store.findings import (
    add_findings,
    add_history,
    all_findings,
    change_finding,
    finding_of,
    history_of,
)
from audit_pipeline.store.known_edges import edges_into, edges_within, other_names
from audit_pipeline.store.outbox import ALERTS, Entry, add, waiting
from audit_pipeline.store.received import Heard, keep
from audit_pipeline.store.schema import metadata, verdicts
from audit_pipeline.store.store import Store
from audit_pipeline.store.tables import TABLES
from audit_pipeline.store.text import String, Text
from audit_pipeline_tests.alerts.made import finding
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.store.records import claimed, record
from audit_pipeline_tests.store.test_approvals import given

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
BAD = "a\x00b\udcff c"
SHOWN = "a␀b\\udcff c"


def test_every_column_of_text_is_of_the_types_that_can_be_kept() -> None:
    assert len(TABLES) < len(metadata.tables)
    for table in metadata.tables.values():
        for column in table.columns:
            plain = isinstance(column.type, sqlalchemy.String | sqlalchemy.JSON)
            assert not plain, f"{table.name}.{column.name}: take it from store.text"


def test_the_types_make_the_same_columns_as_before() -> None:
    engine = create_engine("sqlite://")
    assert Text().compile(engine.dialect) == "TEXT"
    assert String(64).compile(engine.dialect) == "VARCHAR(64)"
    assert all(
        isinstance(column.type, LargeBinary) == (column.name in {"body", "start"})
        for column in metadata.tables["audit_outbox"].columns
    )


def test_an_audit_with_such_text_anywhere_is_sealed(store: Store) -> None:
    told: dict[str, Any] = record()
    told["headlines"] = [BAD]
    told["baseline"] = {"fingerprint": "f", "sources": [{"sha256": "s", "path": BAD}]}
    told["explanations"] = {"by_group": {BAD: 0.5}, "text": "as it is: \\u0000 €"}
    for outcome in told["outcomes"]:
        outcome["reason"] = BAD
    store.seal(claimed(store, "one"), told, complete=True)

    (kept,) = store.sealed("credit")
    assert kept.record["headlines"] == [SHOWN]
    assert kept.record["explanations"] == {"by_group": {SHOWN: 0.5}, "text": "as it is: \\u0000 €"}
    with store.engine.connect() as connection:
        assert set(connection.execute(select(verdicts.c.reason)).scalars()) == {SHOWN}
    (compared,) = baselines_compared(store.engine, "credit", [kept.window]).values()
    assert compared.rows == "f"  # PostgreSQL reads the whole of it as JSON


def test_a_real_audit_of_such_values_is_sealed_and_the_next_is_compared_with_it(
    postgres_database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", postgres_database)
    rows = [small.people(), small.people(month=date(2024, 2, 1))]
    groups = ["wo\x00men", "men", "men"] * (small.ROWS // 3)
    table = pa.concat_tables(small.changed(month, sex=groups) for month in rows)
    home = small.write_home(tmp_path, current=table, baseline=small.changed(rows[0], sex=groups))
    for window in (small.JANUARY, small.FEBRUARY):
        audited = small.audit(home, window)
        assert audited.red is None
        assert "wo␀men" in str(audited.record)
        assert audited.record["new_baseline"] is False


def test_what_people_type_about_findings_and_baselines_is_kept(store: Store) -> None:
    here = finding(1, owner=BAD, reason=BAD, check=Check(asset="drift", name="n", subject=BAD))
    said = Happened(
        change=Change.ACKNOWLEDGED, at=NOON, by=BAD, words=BAD, severity=Severity.LOW, window=BAD
    )
    with store.engine.begin() as connection:
        add_findings(connection, [here])
        change_finding(connection, here)
        add_history(connection, [(1, said)])
        assert finding_of(connection, here.audit, here.check) is not None  # asked for as written
    (kept,) = all_findings(store.engine)
    assert (kept.owner, kept.reason, kept.check.subject) == (SHOWN, SHOWN, SHOWN)
    assert [(line.by, line.words) for line in history_of(store.engine, 1)] == [(SHOWN, SHOWN)]

    add_approval(store.engine, "credit", given(BAD))
    assert [each.by for each in approvals_of(store.engine, "credit")] == [SHOWN]
    store.describe(
        {"name": "credit", "purpose": BAD, "owner": BAD, "risk": "low", "file_sha256": "0"}
    )


def test_what_services_answer_is_kept(store: Store) -> None:
    entry = Entry(
        channel=ALERTS, key="1", stream=BAD, audit="loans", window="", about=BAD, body=b"{}"
    )
    with store.engine.begin() as connection:
        add(connection, [entry])
        note_channels(connection, {"ONE": ChannelState(failures=1, problem=BAD)})
    (waits,) = waiting(store.engine, ALERTS, 9)
    note_trouble(store.engine, waits.number, BAD, alone=True)
    set_aside(store.engine, waits.number, BAD)
    assert [each.problem for each in unwanted(store.engine, ALERTS)] == [SHOWN]
    assert channel_states(store.engine)["ONE"].problem == SHOWN
    assert waiting(store.engine, ALERTS, 9, without=[BAD]) == []


def test_names_that_other_tools_told_are_kept_and_found(store: Store) -> None:
    one, other = Dataset("file", f"/in/{BAD}"), Dataset("file", f"/out/{BAD}")
    edge = Edge(Field(one, BAD), Field(other, BAD), Transformation(description=BAD))
    heard = Heard(
        key="1",
        job=BAD,
        run=BAD,
        kind="COMPLETE",
        happened=NOON,
        body=b"{}",
        edges=(edge,),
        inputs=(one,),
        outputs=(other,),
        same=((one, other),),
    )
    assert keep(store.engine, heard, NOON).new
    with store.engine.connect() as connection:
        for found in (
            edges_into(connection, [other], 9),
            edges_within(connection, [("file", "/out/a\x00")], 9),
        ):
            assert [told.job for told in found] == [SHOWN]
            assert found[0].edge.source.name == SHOWN
            assert found[0].edge.how.description == SHOWN
        assert len(list(other_names(connection, [one]))) == 1
