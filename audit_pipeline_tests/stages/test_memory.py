"""What the sensor remembers fits into a cursor, and survives it."""

import pytest

from audit_pipeline.stages.arrivals import Seen
from audit_pipeline.stages.memory import Memory

SEEN = Seen(mark="0123456789ab", since=1_773_122_400.5, first=1_773_120_000.0)


def test_what_is_remembered_is_read_back_from_the_cursor() -> None:
    memory = Memory(begin_with="loans")
    memory.keep("credit", {"2026-03-09": SEEN})

    again = Memory.read(memory.write())

    assert again.begin_with == "loans"
    assert again.of("credit", "2026-03-09") == SEEN
    assert again.of("credit", "2026-03-08") is again.of("debit", "2026-03-09") is None


def test_only_what_changed_a_short_while_ago_may_have_to_stand_still() -> None:
    memory = Memory()
    memory.keep("credit", {"2026-03-09": SEEN})

    assert memory.waits("credit", SEEN.since + 119)
    assert not memory.waits("credit", SEEN.since + 120)
    assert not memory.waits("debit", SEEN.since)


@pytest.mark.parametrize("cursor", [None, "", "no JSON", "[]", '{"seen": {"a": {"b": [1]}}}'])
def test_a_cursor_that_cannot_be_read_is_forgotten(cursor: str | None) -> None:
    assert Memory.read(cursor) == Memory()


def test_what_is_kept_takes_the_place_of_what_was() -> None:
    memory = Memory()
    memory.keep("credit", {"2026-03-09": SEEN})
    memory.keep("credit", {"2026-03-08": SEEN})
    assert memory.seen == {"credit": {"2026-03-08": SEEN}}
    memory.keep("credit", {})
    assert memory.seen == {}


def test_the_cursor_stays_small_whatever_comes_late() -> None:
    memory = Memory()
    for number in range(1000):
        memory.keep(f"audit_{number:04}", {f"2026-02-{day:02}": SEEN for day in range(28, 0, -1)})

    assert sum(len(each) for each in memory.seen.values()) == 400 + 960
    assert list(memory.seen["audit_0999"]) == ["2026-02-28"]  # everybody may wait with one
    assert next(iter(memory.seen["audit_0000"])) == "2026-02-28"
    assert len(memory.seen["audit_0000"]) == 10
    assert len(memory.write()) < 100_000


def test_sources_that_took_long_to_look_at_are_left_in_peace_for_twenty_times_as_long() -> None:
    memory = Memory()
    memory.looked("slow", 1000.0, 3.0)
    memory.looked("quick", 1000.0, 0.5)

    again = Memory.read(memory.write())

    assert [again.rests("slow", at) for at in (1000.0, 1059.0, 1061.0)] == [True, True, False]
    assert not again.rests("quick", 1000.0)
    again.looked("slow", 1061.0, 0.5)
    assert again.rest == {}


def test_nobody_is_left_in_peace_for_more_than_an_hour_whatever_the_clock() -> None:
    memory = Memory()
    memory.looked("slow", 10_000.0, 500.0)
    assert memory.rests("slow", 13_599.0)
    assert not memory.rests("slow", 13_601.0)
    assert not memory.rests("slow", 9_000.0)  # it was set back


def test_audits_that_are_no_longer_there_are_forgotten() -> None:
    memory = Memory()
    memory.keep("gone", {"2026-03-09": SEEN})
    memory.keep("stays", {"2026-03-09": SEEN})
    memory.looked("gone", 0.0, 5.0)
    memory.only({"stays"})
    assert (set(memory.seen), memory.rest) == ({"stays"}, {})
