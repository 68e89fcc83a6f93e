"""Snapshots by reference: the rows stay where they are, and it is told whether they changed."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pyarrow.parquet as pq

from audit_pipeline.engines.base import Content, Engine, IbisTable
from audit_pipeline.sources.base import Wanted
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.gathered import counted
from audit_pipeline.stages.landing import moving, need_unchanged
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.predicted import predicted_in_place
from audit_pipeline.stages.sampling import sampled
from audit_pipeline.stages.tables import gather
from audit_pipeline.store.atomic import atomic_write, canonical_json, read_json, write_json

if TYPE_CHECKING:
    from audit_pipeline.stages.rows import Place

T = TypeVar("T")
REFERENCE = "reference.json"
"""What the rows came to when the snapshot was taken."""
SAMPLE = "sample.parquet"
"""The rows that are kept of a snapshot whose rows stay where they are."""


def keep_reference(place: "Place", rows: IbisTable, engine: Engine) -> str:
    """Keep a sample of the rows, and what they all come to; return their fingerprint.

    It is the SHA-256 of the rows' content: the same rows have the same one, whatever their order,
    as long as engine and version are.
    """
    content = content_of(rows, engine)
    sample = plain(sampled(rows, place.audit, place.audit.explain.sample)).to_pyarrow()
    with atomic_write(place.folder / SAMPLE) as sink:
        pq.write_table(sample, sink, compression="zstd")
    reference = {
        "content": asdict(content),
        "engine": engine.name,
        "columns": {name: str(kind) for name, kind in rows.schema().items()},
        "window": place.window.key if place.window else None,
        "sample": {"rows": sample.num_rows, "sha256": file_sha256(place.folder / SAMPLE)},
    }
    write_json(place.folder / REFERENCE, reference)
    return hashlib.sha256(canonical_json(asdict(content))).hexdigest()


def on_unchanged(place: "Place", engine: Engine, work: Callable[[IbisTable, Engine], T]) -> T:
    """Return what `work` makes of a snapshot's rows where they are, if they are still the same.

    Raises:
        SourceError: A table cannot be read, or changed while it was worked on.
        MissingError: The rows are others than when the snapshot was taken.
    """
    wanted = Wanted(folder=place.spill, window=place.window)
    before = moving(place.audit, place.tables, wanted)
    rows = where_they_are(place, engine)
    _need_same(place, content_of(rows, engine))
    done = work(rows, engine)
    need_unchanged(place.audit, place.tables, wanted, before)
    return done


def where_they_are(place: "Place", engine: Engine) -> IbisTable:
    """Return a snapshot's rows as they are now where they are, by the expression that made it."""
    wanted = Wanted(folder=place.spill, window=place.window)
    gathered = gather(place.audit, place.tables, engine.backend, wanted, noting=False)
    rows, _ = predicted_in_place(place.audit, gathered)
    return rows


def kept_content(place: "Place") -> Content:
    """Return what a snapshot's rows came to when it was taken.

    Raises:
        MissingError: That is not known any more.
    """
    path = place.folder / REFERENCE
    if not path.exists():
        raise MissingError(
            f"it is not known what the rows were when the snapshot was taken: there is no {path};"
            f" {_to_do(place)}"
        )
    return Content(**read_json(path)["content"])


def content_of(rows: IbisTable, engine: Engine) -> Content:
    """Return what rows that stay where they are come to, by the engine's own hash."""
    if engine.content is None:
        raise TypeError(f"{engine.name} copies rows: they have no content to refer to")
    return engine.content(rows)


def unchanged_sample(folder: Path, sha256: str) -> bool:
    """Return whether the kept sample is the one that was drawn, by its reference's SHA-256."""
    reference = folder / REFERENCE
    if not reference.exists() or file_sha256(reference) != sha256:
        return False
    kept: dict[str, Any] = read_json(reference)["sample"]
    return file_sha256(folder / SAMPLE) == str(kept["sha256"])


def _need_same(place: "Place", now: Content) -> None:
    then = kept_content(place)
    if now == then:
        return
    if now.method != then.method:
        why = f"they were hashed by {then.method} then and are by {now.method} now"
    elif now.rows != then.rows:
        why = f"they were {counted(then.rows, 'row')} then and are {now.rows:,} now"
    else:
        why = f"of the {counted(then.rows, 'row')} at least one has other values now"
    raise MissingError(
        f"the rows changed since the snapshot was taken: {why}; nothing was measured of them;"
        f" {_to_do(place)}"
    )


def _to_do(place: "Place") -> str:
    name = place.audit.name
    if place.window is None:
        return f"take the baseline as it is now: audit-pipeline baseline approve {name}"
    again = f"audit-pipeline run {name} --window {place.window.key} --again"
    return f"when they stand still, audit the window again: {again}"


def plain(rows: IbisTable) -> IbisTable:
    """Return rows as types that a file of ours can hold: what is no simple value becomes text."""
    kinds = rows.schema().items()
    casts = {name: "float64" for name, kind in kinds if kind.is_decimal()}
    casts |= {
        name: "string"
        for name, kind in kinds
        if not (kind.is_numeric() or kind.is_boolean() or kind.is_string() or kind.is_temporal())
    }
    return rows.mutate(**{name: rows[name].cast(kind) for name, kind in casts.items()})
