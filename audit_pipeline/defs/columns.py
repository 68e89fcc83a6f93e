"""Columns in Dagster's own words: their schema, and what each rests on, of what a run made.

The web server draws a graph of `dagster/column_lineage` in Dagster+ alone; the open-source one
hides it. So the same stands in the description of each column, with links to follow.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from audit_pipeline.defs.linking import (
    NAMED,
    code,
    column_of,
    escaped,
    is_ours,
    key_of,
    link,
    listed,
)
from audit_pipeline.domain.lineage import Dataset, Field
from audit_pipeline.stages.lineage.names import model_of
from audit_pipeline.stages.lineage.outside import Words, words_of

if TYPE_CHECKING:
    from audit_pipeline.audits.audit import Audit
    from audit_pipeline.stages.boundary import Ran
    from audit_pipeline.stages.lineage.showing import ColumnShown
    from audit_pipeline.stages.revision import AuditRun, StageResult

# ruff: noqa: PLC0415 (late imports: a store, which loading must not bring in)

logger = logging.getLogger(__name__)
Metadata = dict[str, dg.MetadataValue]


def columns_of(run: "AuditRun", ran: "Ran") -> Metadata:
    """Return the columns of what a stage of an audit made; nothing where it has none to show."""
    from audit_pipeline.stages.lineage.showing import shown_after

    return _never_in_the_way(lambda: _metadata(run.audit, shown_after(run, ran)))


def columns_of_baseline(audit: "Audit", result: "StageResult") -> Metadata:
    """Return the columns of a baseline."""
    from audit_pipeline.stages.lineage.showing import shown_of_baseline

    return _never_in_the_way(lambda: _metadata(audit, shown_of_baseline(audit, result)))


def _never_in_the_way(show: Callable[[], Metadata]) -> Metadata:
    """Return what is to be shown; where that fails, say so in its place, and let the audit go on.

    What was made is made: a picture of it must not keep the report from being written.
    """
    from audit_pipeline.stages.missing import said, where

    try:
        return show()
    except Exception as error:  # noqa: BLE001 (an audit without its picture is better than none)
        logger.error("the columns cannot be shown\n%s", where(error))  # noqa: TRY400 (its words quote values)
        return {"columns": dg.MetadataValue.text(f"cannot be shown: {said(error)}")}


def _metadata(audit: "Audit", shown: "tuple[ColumnShown, ...]") -> Metadata:
    """Return schema and lineage as Dagster has them."""
    if not shown:
        return {}
    words, model = words_of(audit), model_of(audit)
    columns = [
        dg.TableColumn(
            column_of(column.name),
            column.type,
            description="\n\n".join(_lines(column, words.get(column.name), model)),
            tags=_tags(words.get(column.name)),
        )
        for column in shown
    ]
    deps = {column_of(column.name): _deps(column.rests_on, model) for column in shown}
    lineage = dg.TableColumnLineage(deps_by_column=deps)
    return {
        "dagster/column_schema": dg.MetadataValue.table_schema(dg.TableSchema(columns=columns)),
        "dagster/column_lineage": dg.MetadataValue.column_lineage(lineage),
    }


def _deps(fields: Sequence[Field], model: Dataset | None) -> list[dg.TableColumnDep]:
    keys = {of: key_of(of, model=of == model) for of in {at.dataset for at in fields}}
    return [
        dg.TableColumnDep(
            asset_key=keys[at.dataset], column_name=column_of(at.name, model=at.dataset == model)
        )
        for at in fields
    ]


def _tags(words: Words | None) -> dict[str, str]:
    return {role.replace(" ", "_"): "" for role in words.roles} if words is not None else {}


def _lines(column: "ColumnShown", words: Words | None, model: Dataset | None) -> Iterator[str]:
    """Yield what to say of a column: its title, where it is from, what rests on it."""
    if words is not None and words.title:
        yield escaped(words.title)
    near = column.rests_on
    far = [at for at in column.sources if at not in near]
    for how, fields in (("From", near), ("Source:", far), ("Checked in", column.checks)):
        if fields:
            yield f"{how} " + "; ".join(_named(fields, model))


def _named(fields: Iterable[Field], model: Dataset | None) -> Iterator[str]:
    """Yield each dataset with its fields; of checks, the metrics, or how many they are."""
    by_dataset: dict[Dataset, list[Field]] = {}
    for at in fields:
        by_dataset.setdefault(at.dataset, []).append(at)
    for dataset, of in by_dataset.items():
        names = dict.fromkeys(_short(at) for at in of if at.name)
        few = listed([code(name) for name in names])
        many = is_ours(dataset) and len(names) > NAMED
        named = f"({len(of)} checks)" if many and _short(of[0]) != of[0].name else few
        yield f"{link(dataset, model=dataset == model)} {named}".rstrip()


def _short(at: Field) -> str:
    """Return the metric of a check, or the name of a column."""
    return at.name.partition("(")[0] if is_ours(at.dataset) else at.name
