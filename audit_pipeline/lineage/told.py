"""What an event tells, in the audit's own words, before it becomes one of OpenLineage.

Nothing here holds a row's value: columns are named, rows are counted, and what is told of checks is
what the evidence hands out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.lineage import Dataset, Edge
from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.window import Window


class Transition(StrEnum):
    """What a run just did."""

    START = "START"
    COMPLETE = "COMPLETE"
    FAIL = "FAIL"
    ABORT = "ABORT"


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLocation:
    """Where the audit file stands in version control. `url` and `repository` hold no credentials.

    `path` is relative to the repository; `version` the commit, `branch` its name if it has one.
    """

    url: str
    repository: str
    path: str
    version: str
    branch: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What runs every night: a whole audit, or a stage asset of it. `asset` is empty of the whole.

    `description` is what it is for, `owner` who answers for it, `tags` what else is to be known.
    """

    namespace: str
    name: str
    asset: str = ""
    description: str = ""
    owner: str = ""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    code: CodeLocation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a job. `id`, `root` are UUIDs; a run whose id is its root's has no parent.

    `dagster_run` is the id of Dagster's run, `revision` that of the window once it was claimed;
    `window` is None of a baseline, which is about none. `engine` is where rows were measured.
    """

    id: str
    root: str
    root_job: str
    dagster_run: str
    window: Window | None = None
    revision: int | None = None
    engine: str = ""
    engine_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnCounts:
    """What is known of a column; None where it would tell of few rows, or is not known."""

    nulls: int | None = None
    distinct: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A dataset that a run reads or makes, and what is known of it by now.

    `columns` are names and types; `version` a digest of its content, empty where there is none;
    `kind` what sort of thing it is (`parquet`, `sql`, `model`; the asset's name for what we make).
    `edges` say what its fields rest on, only of what a run makes; `outcomes` which checks were made
    on it, only of what a run reads. `also` are other names of the same thing.
    """

    dataset: Dataset
    kind: str
    description: str = ""
    owner: str = ""
    columns: Mapping[str, str] = field(default_factory=dict[str, str])
    version: str = ""
    rows: int | None = None
    size: int | None = None
    counts: Mapping[str, ColumnCounts] = field(default_factory=dict[str, ColumnCounts])
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    edges: tuple[Edge, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    also: tuple[Dataset, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFacts:
    """What the machine-learning facet tells: which model was held against which baseline.

    `model` and `baseline` are as the audit's record has them, each None where there is none; with
    the digests by which both are known. `verdict` is that of the whole window.
    """

    verdict: str
    model: Mapping[str, Json] | None
    baseline: Mapping[str, Json] | None
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One event: which run of which job did what, when, and with which tables.

    `error` is why it failed or was aborted, in words without values; `tests` are all checks that
    the run came to; `key` is the same however often the event is delivered.
    """

    transition: Transition
    at: datetime
    key: str
    job: Job
    run: Run
    inputs: tuple[Table, ...] = ()
    outputs: tuple[Table, ...] = ()
    error: str = ""
    tests: tuple[Outcome, ...] = ()
    model: ModelFacts | None = None
