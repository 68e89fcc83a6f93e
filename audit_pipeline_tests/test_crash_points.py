import multiprocessing
import signal

from audit_pipeline.crash_points import CrashPoint, arm, reached


def _pass(times: int, passing: int) -> None:
    arm(CrashPoint.SEALING, passing)
    for _ in range(times):
        reached(CrashPoint.SEALED)
        reached(CrashPoint.SEALING)


def _ended(times: int, passing: int) -> int | None:
    process = multiprocessing.get_context("spawn").Process(target=_pass, args=(times, passing))
    process.start()
    process.join()
    return process.exitcode


def test_a_process_dies_at_the_point_it_was_armed_for_and_at_no_other() -> None:
    assert _ended(times=1, passing=0) == -signal.SIGKILL
    assert _ended(times=3, passing=2) == -signal.SIGKILL
    assert _ended(times=2, passing=2) == 0


def test_where_nothing_is_armed_a_point_is_passed() -> None:
    for point in CrashPoint:
        reached(point)
