"""A small audit of two months, the second of which is audited again once its labels have come."""

import atexit
import functools
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    JANUARY,
    Audited,
    audit,
    changed,
    people,
    write_home,
)

FIRST_LABELS = 1000
"""Rows of February with a label at first; at last all 1,500 have one."""


@functools.cache
def revised() -> tuple[Home, tuple[Audited, ...]]:
    """Return a home that its readers share, and its audits: January's, and February's two."""
    folder = Path(tempfile.mkdtemp(prefix="revised-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    february = people(month=date(2024, 2, 1), seed=3)
    labels = february["repaid"].to_pylist()
    early = [*labels[:FIRST_LABELS], *[None] * (len(labels) - FIRST_LABELS)]
    unlabelled = changed(february, repaid=pa.array(early, pa.int64()))
    home = write_home(folder, current=pa.concat_tables([people(), unlabelled]))
    first = (audit(home, JANUARY), audit(home, FEBRUARY))
    pq.write_table(pa.concat_tables([people(), february]), folder / "current.parquet")
    return home, (*first, audit(home, FEBRUARY))
