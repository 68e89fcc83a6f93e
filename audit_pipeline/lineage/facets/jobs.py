"""What an event tells of a job: what it is for, who answers for it, where it is written down."""

from openlineage.client.facet_v2 import (
    JobFacet,
    documentation_job,
    job_type_job,
    ownership_job,
    source_code_location_job,
    tags_job,
)

from audit_pipeline.lineage.producer import PRODUCER, SOURCE
from audit_pipeline.lineage.told import CodeLocation, Job


def job_facets(job: Job) -> dict[str, JobFacet]:
    """Return the facets of a job by their keys."""
    facets: dict[str, JobFacet] = {"jobType": _type(job)}
    if job.description:
        facets["documentation"] = documentation_job.DocumentationJobFacet(
            description=job.description, contentType="text/plain", producer=PRODUCER
        )
    if job.owner:
        owners = [ownership_job.Owner(name=job.owner, type="OWNER")]
        facets["ownership"] = ownership_job.OwnershipJobFacet(owners=owners, producer=PRODUCER)
    if job.tags:
        tags = [
            tags_job.TagsJobFacetFields(key=key, value=value, source=SOURCE)
            for key, value in job.tags.items()
        ]
        facets["tags"] = tags_job.TagsJobFacet(tags=tags, producer=PRODUCER)
    if job.code is not None:
        facets["sourceCodeLocation"] = _code(job.code)
    return facets


def _type(job: Job) -> job_type_job.JobTypeJobFacet:
    """Return that it runs and ends; what its start does not know yet, its end tells."""
    return job_type_job.JobTypeJobFacet(
        processingType="BATCH",
        integration=SOURCE,
        jobType="TASK" if job.asset else "DAG",
        emissionPattern=job_type_job.EmissionPattern(
            eventTrigger="EVENT_BASED", eventContentMode="ACCUMULATIVE"
        ),
        producer=PRODUCER,
    )


def _code(code: CodeLocation) -> source_code_location_job.SourceCodeLocationJobFacet:
    return source_code_location_job.SourceCodeLocationJobFacet(
        type="git",
        url=code.url,
        repoUrl=code.repository or None,
        path=code.path or None,
        version=code.version or None,
        branch=code.branch or None,
        producer=PRODUCER,
    )
