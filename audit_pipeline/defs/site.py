"""The site over all audits: an asset, made anew by a sensor once something was audited or said."""

import json
import time

import dagster as dg

from audit_pipeline import clock
from audit_pipeline.defs.runs import PORTAL, home

# ruff: noqa: PLC0415 (late imports: a store, which loading must not bring in)

KEY = dg.AssetKey([PORTAL])
INTERVAL_SECONDS = 60
REST = 20
"""After a site was made, this many times the time it took must pass before it is made again."""


def site_asset() -> dg.AssetsDefinition:
    """Return the asset that writes the site; it is in no job of the nights."""

    @dg.asset(
        key=KEY,
        group_name="portal",
        kinds={"html"},
        description=(
            "Every audit of the home on one page, its trends, and what is not settled: files that"
            " need no server, beside the evidence. A sensor makes them anew."
        ),
    )
    def site() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster misreads the subscript
        return dg.MaterializeResult(metadata=_made())

    return site


def site_sensor() -> dg.SensorDefinition:
    """Return the sensor that makes the site anew where it would be another.

    It writes it itself: a run of its own would take a place from an audit, and load all of them.
    """

    def tick(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        from audit_pipeline.stages.site import site_mark
        from audit_pipeline.store.engine import StoreError

        shown, not_before = json.loads(context.cursor) if context.cursor else ("", 0.0)
        try:
            mark, begun = site_mark(home(), clock.now()), time.monotonic()
            if mark == shown:
                return dg.SkipReason("nothing was audited or said since the site was made")
            if clock.now().timestamp() < not_before:
                return dg.SkipReason("the site was made a short while ago: it waits for more")
            made = dg.AssetMaterialization(KEY, metadata=_made())
        except (StoreError, OSError) as error:  # the next tick tries again
            return dg.SkipReason(f"the site was not made: {error}")
        rest = clock.now().timestamp() + REST * (time.monotonic() - begun)
        context.update_cursor(json.dumps((mark, rest)))
        return dg.SensorResult(asset_events=[made], skip_reason="the site was made")

    return dg.SensorDefinition(
        name="site_writer",
        evaluation_fn=tick,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Makes the site over all audits anew once something was audited or said.",
    )


def _made() -> dict[str, dg.MetadataValue]:
    from audit_pipeline.stages.site import write_site

    written = write_site(home(), clock.now())
    return {
        "board": dg.MetadataValue.path(written.board),
        "pages": dg.MetadataValue.int(written.pages),
        "changed": dg.MetadataValue.int(written.changed),
    }
