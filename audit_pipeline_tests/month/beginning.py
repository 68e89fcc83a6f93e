"""Begin a month: its world, its faults, who is told, and whose clock tells the time."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline_tests.month.clocks import SimulatedClock
from audit_pipeline_tests.month.daemon import Daemon
from audit_pipeline_tests.month.draws import drawn
from audit_pipeline_tests.month.endpoints import open_endpoints
from audit_pipeline_tests.month.faults import draw_faults
from audit_pipeline_tests.month.month import Month
from audit_pipeline_tests.month.workers import Workers
from audit_pipeline_tests.month.world import make_world


@contextmanager
def a_month(folder: Path, seed: int, audits: int, days: int) -> Iterator[Month]:
    """Make a world, its faults and who is told; the month tells the time in the block."""
    world = make_world(folder, audits, days, drawn(seed, "world"))
    faults = draw_faults(seed, world.begins, world.ends)
    with open_endpoints(world.home.path) as there, Daemon(world.home, world.begins) as daemon:
        month = Month(world, faults, there, daemon, Workers(), drawn(seed, "order"))
        month.clock = SimulatedClock.set_to(world.begins)
        before = logging.root.manager.disable
        logging.disable(logging.CRITICAL)  # what every tick says would fill a book
        try:
            with clock.told_by(month.time):
                yield month
        finally:
            logging.disable(before)
            month.store.close()
