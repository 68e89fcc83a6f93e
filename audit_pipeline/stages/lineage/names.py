"""What lineage calls what an audit makes: one dataset a stage asset, the same every night."""

import functools

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import lineage_namespace
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.lineage import Dataset, Field

VERDICT = "verdict"
"""The field of an audit's verdicts that all checks lead to."""


def made_by(audit: str, asset: str) -> Dataset:
    """Return the dataset that a stage asset of an audit makes, such as `loans.profile`.

    Every window makes a new version of it, and not a dataset of its own: a catalogue would fill up.
    """
    return _dataset(lineage_namespace(), audit, asset)


@functools.cache
def _dataset(namespace: str, audit: str, asset: str) -> Dataset:
    """Return one and the same dataset for all the fields of it."""
    return Dataset(namespace, f"{audit}.{asset}")


def job_name(audit: str, asset: str = "") -> str:
    """Return the job of a stage asset, or of the whole audit."""
    return f"{audit}.{asset}" if asset else audit


def model_of(audit: Audit) -> Dataset | None:
    """Return the audit's model file as a dataset, if it has one."""
    return Dataset("file", str(audit.model.path)) if audit.model is not None else None


def field_of(audit: str, check: Check) -> Field:
    """Return the field that a check is: `population_stability_index(income)` of `loans.drift`."""
    return Field(made_by(audit, check.asset), f"{check.name}({check.subject})")


def verdict_of(audit: str) -> Field:
    """Return the field that the audit's verdict is."""
    return Field(made_by(audit, "verdicts"), VERDICT)
