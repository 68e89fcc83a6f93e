"""Samples of rows, drawn by hash of id: the same rows on every engine."""

from pathlib import Path

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.engine import IbisTable, as_code, md5, open_duckdb, own_name


def sampled(table: IbisTable, audit: Audit, size: int) -> IbisTable:
    """Return `size` rows of a table: those whose id hashes lowest, in the order of the hash.

    The hash is MD5 of seed and id, which every engine has. Rows of one id are in the order of
    their other columns.
    """
    key = as_code(table[audit.columns.id]).fill_null("")
    own = own_name("hash", table)
    hashed = table.mutate(**{own: md5(ibis.literal(f"{audit.explain.seed}:") + key)})
    return hashed.order_by([own, *table.columns]).limit(size).drop(own)


def draw_sample(rows: Path, sample: Path, audit: Audit, size: int | None = None) -> None:
    """Write `size` rows of a Parquet file, else `audit.explain.sample`, to the file `sample`.

    Drawn from a larger sample of the same seed they are those that all rows would have given.
    """
    backend = open_duckdb(sample.with_name("spill"))
    try:
        drawn = sampled(backend.read_parquet(str(rows)), audit, size or audit.explain.sample)
        drawn.to_parquet(str(sample))
    finally:
        backend.disconnect()
