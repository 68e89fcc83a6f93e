from datetime import UTC, datetime, timedelta
from threading import Thread

from audit_pipeline import clock

MARCH = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_system_tells_the_time_unless_somebody_else_does() -> None:
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)
    with clock.told_by(lambda: MARCH):
        assert clock.now() == MARCH
    assert clock.now() > MARCH


def test_another_time_is_that_of_every_thread() -> None:
    heard: list[datetime] = []
    with clock.told_by(lambda: MARCH):
        thread = Thread(target=lambda: heard.append(clock.now()))
        thread.start()
        thread.join()
    assert heard == [MARCH]
