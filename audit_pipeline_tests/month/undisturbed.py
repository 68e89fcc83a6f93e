"""What a month left, held to what one clean audit of the final data gives: byte for byte."""

from collections.abc import Iterator
from pathlib import Path

from audit_pipeline_tests.month.accounts import windows_of
from audit_pipeline_tests.month.clocks import SimulatedClock
from audit_pipeline_tests.month.draws import drawn
from audit_pipeline_tests.month.month import Month
from audit_pipeline_tests.month.worker import Task
from audit_pipeline_tests.month.workers import Job
from audit_pipeline_tests.month.world import copy_of

MEASUREMENTS = "measurements.json"


def differs_from_undisturbed(month: Month, folder: Path, samples: int) -> Iterator[str]:
    """Yield what differs, of so many windows of each audit, from audits that nothing disturbed."""
    clean, draw = copy_of(month.world, folder), drawn(month.faults.seed, "samples")
    clock = SimulatedClock.set_to(month.clock())
    chosen = [
        (name, window.key)
        for name in month.world.names
        for window in draw.sample(windows_of(month, name), samples)
    ]
    jobs = [
        Job(Task(do="audit", home=clean.path, clock=clock, audit=n, window=key, run_id=f"{n}{key}"))
        for n, key in chosen
    ]
    codes = month.workers.run(jobs)
    for (name, key), code in zip(chosen, codes, strict=True):
        if code != 0:
            yield f"the clean audit of {name} {key} ended with {code}"
            continue
        complete = [each for each in month.store.sealed(name, key) if each.complete]
        last = max((each.revision for each in complete), default=0)
        here = month.home.evidence / name / key / f"revision-{last}" / MEASUREMENTS
        there = clean.evidence / name / key / "revision-1" / MEASUREMENTS
        if not here.exists() or here.read_bytes() != there.read_bytes():
            yield f"{name} {key}: revision {last} is not what a clean audit of the same data gives"
