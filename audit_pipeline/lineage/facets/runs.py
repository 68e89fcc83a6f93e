"""What an event tells of a run: whose part it is, of which time, how it ended."""

from collections.abc import Iterator

from openlineage.client.constants import __version__ as adapter
from openlineage.client.event_v2 import RunState
from openlineage.client.facet_v2 import (
    RunFacet,
    error_message_run,
    nominal_time_run,
    parent_run,
    processing_engine_run,
    tags_run,
    test_run,
)

from audit_pipeline.lineage.facets.checks import execution_of
from audit_pipeline.lineage.facets.ours import audit_run_facet, model_facet
from audit_pipeline.lineage.facets.times import utc
from audit_pipeline.lineage.producer import PRODUCER, SOURCE
from audit_pipeline.lineage.told import Job, Run, Told

LONGEST = 2000
"""Characters of an error that are told."""
ENDED_BADLY = {RunState.FAIL.name, RunState.ABORT.name}


def run_facets(told: Told) -> dict[str, RunFacet]:
    """Return the facets of a run by their keys."""
    facets: dict[str, RunFacet] = {
        "processing_engine": _engine(told.run),
        "tags": tags_run.TagsRunFacet(tags=list(_tags(told)), producer=PRODUCER),
        "auditPipeline_run": audit_run_facet(told),
    }
    if told.run.id != told.run.root:
        facets["parent"] = _parent(told.run, told.job)
    if told.run.window is not None:
        facets["nominalTime"] = nominal_time_run.NominalTimeRunFacet(
            nominalStartTime=utc(told.run.window.start),
            nominalEndTime=utc(told.run.window.end),
            producer=PRODUCER,
        )
    if told.error or told.transition.name in ENDED_BADLY:
        facets["errorMessage"] = error_facet(told.error)
    if told.tests:
        tests = [execution_of(outcome) for outcome in told.tests]
        facets["test"] = test_run.TestRunFacet(tests=tests, producer=PRODUCER)
    if told.model is not None:
        facets["auditPipeline_model"] = model_facet(told.model)
    return facets


def error_facet(why: str) -> error_message_run.ErrorMessageRunFacet:
    """Return why a run failed or was aborted, in our own words; no stack trace: it holds values."""
    return error_message_run.ErrorMessageRunFacet(
        message=why[:LONGEST] or "no reason was given",
        programmingLanguage="PYTHON",
        producer=PRODUCER,
    )


def _parent(run: Run, job: Job) -> parent_run.ParentRunFacet:
    """Return the whole audit as what a stage is part of: its parent and its root are one."""
    return parent_run.ParentRunFacet(
        run=parent_run.Run(runId=run.root, facets=None),
        job=parent_run.Job(namespace=job.namespace, name=run.root_job, facets=None),
        root=parent_run.Root(
            run=parent_run.RootRun(runId=run.root, facets=None),
            job=parent_run.RootJob(namespace=job.namespace, name=run.root_job, facets=None),
        ),
        producer=PRODUCER,
    )


def _engine(run: Run) -> processing_engine_run.ProcessingEngineRunFacet:
    """Return where rows were measured; until that is known, what runs."""
    return processing_engine_run.ProcessingEngineRunFacet(
        name=run.engine or "audit-pipeline",
        version=(run.engine_version or "unknown") if run.engine else PRODUCER.rpartition(":")[2],
        openlineageAdapterVersion=adapter,
        producer=PRODUCER,
    )


def _tags(told: Told) -> Iterator[tags_run.TagsRunFacetFields]:
    window, model = told.run.window, told.model
    known = {
        "audit": told.run.root_job,
        "window": window.key if window is not None else "",
        "verdict": model.verdict if model is not None else "",
    }
    for key, value in known.items():
        if value:
            yield tags_run.TagsRunFacetFields(key=key, value=value, source=SOURCE)
