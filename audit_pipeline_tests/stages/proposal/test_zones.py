from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.domain.window import Every
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.stages.proposal.facts import facts_of
from audit_pipeline.stages.proposal.keys import Keys
from audit_pipeline.stages.proposal.locating import Place
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.spans import spans_of
from audit_pipeline.stages.proposal.times import Time
from audit_pipeline.stages.proposal.zones import clock_times, find_zone

LATE = "2024-01-01T23:30:00"
KEYS = Keys(id="id", time=Time(column="at", format="timestamp", why=""))


@pytest.fixture
def look(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Look]:
    """Return one row of half past eleven in the evening, in the zone of the parameter."""
    backend = open_duckdb(tmp_path)
    late = pa.array([datetime.fromisoformat(LATE)], pa.timestamp("us", request.param))
    pq.write_table(pa.table({"id": [1], "at": late}), tmp_path / "rows.parquet")
    table = backend.read_parquet(str(tmp_path / "rows.parquet"))
    yield Look(place=Place(kind="csv", settings={}), table=table, facts=facts_of(table))
    backend.disconnect()


@pytest.mark.parametrize(
    ("look", "zone", "day"),
    [
        ("UTC", "UTC", 1),
        ("UTC", "Europe/Berlin", 2),  # there it was past midnight
        (None, "Europe/Berlin", 1),  # the clock time as it stands
    ],
    indirect=["look"],
)
def test_windows_begin_at_the_midnights_of_the_zone(look: Look, zone: str, day: int) -> None:
    found = spans_of(look.table, clock_times(look, KEYS, zone), Every.DAY)
    assert [start.day for start in found.starts] == [day]


@pytest.mark.parametrize(("look", "asks"), [(None, 1), ("UTC", 0)], indirect=["look"])
def test_the_zone_is_asked_where_times_have_a_clock_and_no_zone(look: Look, asks: int) -> None:
    asked: list[Question] = []

    def ask(question: Question) -> str:
        asked.append(question)
        return "Asia/Tokyo"

    assert find_zone(look, KEYS, None, Answers(ask)) == ("Asia/Tokyo" if asks else "UTC")
    assert [question.flag for question in asked] == ["--timezone"] * asks
    assert find_zone(look, KEYS, None, Answers()) == "UTC"  # in a script
    with pytest.raises(ProposalError, match="--timezone Berlin: no such IANA time zone; write one"):
        find_zone(look, KEYS, "Berlin", Answers())
