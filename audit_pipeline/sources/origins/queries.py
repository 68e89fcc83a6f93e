"""What a query rests on: its tables, and which of their columns make and choose its rows.

Read off its text alone, by sqlglot: no database is asked, so it is not known what columns a table
has. Where that would tell which of several tables a column is of, it rests on all rows of each.
"""

import hashlib
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.base import Origin
from audit_pipeline.sources.origins.places import Place

DIGITS = 12
MOST_READ = 100_000
"""Characters of a query that is read: a longer one would take seconds, and is mostly a list."""


@lru_cache(maxsize=512)  # asked for several times a run, and a long query takes a while
def origin_of_query(query: str, place: Place) -> Origin:
    """Return the tables of a query and what its columns and rows rest on.

    A query that cannot be understood, or is too long, is a dataset of its own at the place that it
    is put to. That is called `query` and the beginning of its SHA-256, for its words may hold
    values of people. Nothing in what is returned quotes it.
    """
    with _silent():
        try:
            # imported here, for it brings in sqlglot
            from audit_pipeline.sources.origins.reading import read_query  # noqa: PLC0415

            found = read_query(query, place) if len(query) <= MOST_READ else None
        except Exception:  # noqa: BLE001 (sqlglot raises whatever it likes; no audit ends for it)
            found = None
    if found is not None and found.datasets:
        return found
    digest = hashlib.sha256(query.strip().encode(errors="replace")).hexdigest()
    return Origin(datasets=(Dataset(place.namespace, f"query {digest[:DIGITS]}"),))


@contextmanager
def _silent() -> Iterator[None]:
    """Keep sqlglot from logging in this thread: its words quote the query."""
    log, here = logging.getLogger("sqlglot"), threading.get_ident()

    def passes(record: logging.LogRecord) -> bool:
        return record.thread != here

    log.addFilter(passes)
    try:
        yield
    finally:
        log.removeFilter(passes)
