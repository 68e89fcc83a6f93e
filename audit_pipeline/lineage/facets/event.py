"""What an audit tells, as an event of OpenLineage's own classes."""

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState

from audit_pipeline.lineage.facets.datasets import dataset_facets, input_facets, output_facets
from audit_pipeline.lineage.facets.jobs import job_facets
from audit_pipeline.lineage.facets.runs import run_facets
from audit_pipeline.lineage.facets.times import utc
from audit_pipeline.lineage.producer import PRODUCER
from audit_pipeline.lineage.told import Told


def run_event(told: Told) -> RunEvent:
    """Return the event with all its facets.

    Raises:
        ValueError: A time has no zone, or a run's id is no UUID.
    """
    return RunEvent(
        eventType=RunState[told.transition.name],
        eventTime=utc(told.at),
        run=Run(runId=told.run.id, facets=run_facets(told)),
        job=Job(namespace=told.job.namespace, name=told.job.name, facets=job_facets(told.job)),
        inputs=[
            InputDataset(
                namespace=table.dataset.namespace,
                name=table.dataset.name,
                facets=dataset_facets(table, told.job.namespace),
                inputFacets=input_facets(table),
            )
            for table in told.inputs
        ],
        outputs=[
            OutputDataset(
                namespace=table.dataset.namespace,
                name=table.dataset.name,
                facets=dataset_facets(table, told.job.namespace, made=True),
                outputFacets=output_facets(table),
            )
            for table in told.outputs
        ],
        producer=PRODUCER,
    )
