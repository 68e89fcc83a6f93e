"""What the audits read, in Dagster: one asset for each table and each model, shared by all.

Nobody materializes them here. They stand upstream, so that lineage begins where the data is, and
meets where two audits read the same.
"""

from collections.abc import Iterable, Iterator

import dagster as dg

from audit_pipeline.defs.linking import code, escaped, key_of, link, listed
from audit_pipeline.domain.lineage import Field
from audit_pipeline.stages.lineage.names import model_of
from audit_pipeline.stages.lineage.outside import Outside, Place, Words, places_of

GROUP = "sources"
READERS = 5
"""Audits that are named beside a table or a column of one; it may have a thousand."""
MOST = 500
"""Columns of a table that are told when definitions are loaded: the rest only costs time."""


def upstream_of(outside: Outside, asset: str) -> list[dg.AssetKey]:
    """Return the keys of the tables and the model that a stage asset reads."""
    model = model_of(outside.audit)
    return [key_of(dataset, model=dataset == model) for dataset in outside.feeding(asset)]


def place_assets(all_outside: Iterable[Outside]) -> list[dg.AssetSpec]:
    """Return an asset for each table and model that audits read."""
    found: dict[dg.AssetKey, dg.AssetSpec] = {}
    for place in places_of(all_outside):
        spec = _asset(place)
        found[spec.key] = spec
    return list(found.values())


def _asset(place: Place) -> dg.AssetSpec:
    metadata: dict[str, object] = {_located(place): _address(place)}
    if place.columns:
        metadata["dagster/column_schema"] = dg.TableSchema(columns=list(_columns(place)))
    return dg.AssetSpec(
        key_of(place.dataset, model=place.model),
        group_name=GROUP,
        kinds={_kind(place)},
        description=_description(place),
        metadata=metadata,
    )


def _columns(place: Place) -> Iterator[dg.TableColumn]:
    for name, made in list(place.columns.items())[:MOST]:
        words = place.words.get(name, Words())
        lines = [escaped(words.title)] if words.title else []
        yield dg.TableColumn(
            name,
            words.kind,
            description="\n\n".join([*lines, *_made(made)]),
            tags={role.replace(" ", "_"): "" for role in words.roles},
        )


def _made(fields: tuple[Field, ...]) -> Iterator[str]:
    """Yield a line for each of the first few tables that a column goes into."""
    by_table: dict[object, list[Field]] = {}
    for at in fields:
        by_table.setdefault(at.dataset, []).append(at)
    for of in list(by_table.values())[:READERS]:
        named = listed([code(at.name) for at in of if at.name])
        yield f"Goes into {link(of[0].dataset, whole=True)}" + (f": {named}" if named else "")
    if len(by_table) > READERS:
        yield f"and into {len(by_table) - READERS} more"


def _description(place: Place) -> str:
    what = "A model's file" if place.model else "A table"
    named = [
        f"[{escaped(audit)}](/assets/{audit}/verdicts), as its {role}"
        for audit, role in place.readers.items()
    ]
    return (
        f"{what} that is read and not made here: {code(_address(place))}.\n\n"
        f"Read by {listed(named, READERS, between='; ')}."
    )


def _located(place: Place) -> str:
    """Return the name under which the UI shows where a thing is."""
    return "dagster/uri" if "/" in place.dataset.name else "dagster/table_name"


def _address(place: Place) -> str:
    namespace, name = place.dataset.namespace, place.dataset.name
    return name if namespace == "file" or "/" not in name else f"{namespace}/{name.lstrip('/')}"


def _kind(place: Place) -> str:
    """Return the kind whose picture the UI knows: of a database its own, not the language."""
    if place.kind == "sql":
        return place.dataset.namespace.partition(":")[0].partition("_")[0] or "sql"
    known = {"spark_table": "spark", "http_json": "json", "json_lines": "json"}
    return known.get(place.kind, place.kind.partition("_")[0] if place.model else place.kind)
