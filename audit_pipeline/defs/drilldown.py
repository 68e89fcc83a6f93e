"""The drill-down in Dagster: an asset that is drawn when somebody chooses it, and only then.

It is in no job of the nights, and a run of the whole audit ("Materialize all") passes it by: it
costs seconds, and a library of pictures that breaks must not turn an audit red.
"""

import time
from collections.abc import Iterator

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.defs.describing import description_of
from audit_pipeline.defs.partitions import partitions_of
from audit_pipeline.defs.runs import PARTITION_TAG, home
from audit_pipeline.defs.showing import metadata_of
from audit_pipeline.domain.record import StageRecord

# ruff: noqa: PLC0415 (late imports: an engine and a store, which loading must not bring in)

NAME = "drilldown"
DESCRIPTION = (
    "Evidently's interactive page of samples of the audited window, to look around in. On demand:"
    " materialize this asset alone. It judges nothing; a run of the whole audit passes it by."
)
NOT_DRAWN = "Not drawn: materialize this asset alone to have it drawn."
BACKFILL_TAG = "dagster/backfill"
"""Dagster sets it on runs of a back-fill."""


def drilldown_asset(
    audit: Audit, group: str, owners: list[str], tags: dict[str, str]
) -> dg.AssetsDefinition:
    """Return the asset that draws the page of a window that is audited already."""

    @dg.asset(
        key=[audit.name, NAME],
        deps=[dg.AssetKey([audit.name, "evidence"])],
        group_name=group,
        kinds={"evidently"},
        owners=owners,
        tags=tags,
        description=description_of(audit, DESCRIPTION),
        partitions_def=partitions_of(audit),
        output_required=False,  # nothing is downstream of it
    )
    def drilldown(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:  # type: ignore[type-arg]  # Dagster misreads the subscript
        if _alone(context):
            yield _draw(audit.name, context.run.tags.get(PARTITION_TAG))
            return
        context.log.info(NOT_DRAWN)
        if BACKFILL_TAG in context.run.tags:  # it fails if one asset of it stays as it was
            yield dg.MaterializeResult(metadata={"note": dg.MetadataValue.text(NOT_DRAWN)})

    return drilldown


def _alone(context: dg.AssetExecutionContext) -> bool:
    """Return whether a run was asked for drill-downs and nothing else."""
    chosen = context.run.asset_selection or ()
    return bool(chosen) and all(key.path[-1] == NAME for key in chosen)


def _draw(name: str, window: str | None) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster misreads the subscript
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.drilldown.child import EvidentlyBrokeError
    from audit_pipeline.stages.drilldown import drill_down
    from audit_pipeline.stages.missing import MissingError
    from audit_pipeline.stages.reading import NoResultsError
    from audit_pipeline.stages.revision import StageResult

    if window is None:
        raise dg.Failure("A run draws one window: choose one partition.", allow_retries=False)
    begun = time.monotonic()
    try:
        page = drill_down(home(), name, window)
    except (NoResultsError, MissingError, AuditFileError, EvidentlyBrokeError) as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    record = StageRecord(asset=NAME, status="done", seconds=time.monotonic() - begun)
    shown = metadata_of(StageResult(record=record, facts=page.facts))
    return dg.MaterializeResult(
        metadata={
            "page": dg.MetadataValue.path(page.path),
            **shown,
            "revision": dg.MetadataValue.int(page.about.revision),
        }
    )
