"""The audit file: what a team writes once about its model."""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SerializeAsAny, model_validator

from audit_pipeline.audits.columns import Columns
from audit_pipeline.audits.engine import DuckDBEngine, Engine
from audit_pipeline.audits.findings import FindingSettings
from audit_pipeline.audits.limits import MetricLimit, RuleSettings
from audit_pipeline.audits.settings import Name, Settings
from audit_pipeline.audits.timing import Schedule, WindowSettings
from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.domain.rule import Rule

Task = Literal["binary", "multiclass", "regression"]


class Table(Settings):
    """Where a table is: the kind of source, and that source's own settings."""

    kind: str
    """The kind of source: each has its own settings, which stand beside this key."""
    settings: SerializeAsAny[Settings]


class Tables(Settings):
    """The tables of one data set, joined by the id column."""

    table: Table
    """Ids, timestamps, features; predictions and labels too, when they stand in the same table."""
    predictions: Table | None = None
    """What the model said, where it stands in a table of its own."""
    labels: Table | None = None
    """What really came out, where it stands in a table of its own; it may come later."""


class Model(Settings):
    """The model file. Optional: an audit of logged predictions alone works."""

    path: Path
    """The model's file, relative to the audit file's folder."""
    format: str
    """How the file is read: the name of a model format."""
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    """Of the file: another file is refused."""
    trained_on: Table | None = None
    """The rows it was trained on, by which `check` tells that the baseline is not of them."""

    @property
    def artefact(self) -> ModelArtefact:
        """The same, as the core knows it."""
        return ModelArtefact(path=self.path, format=self.format, sha256=self.sha256)


class Explain(Settings):
    """How the model is explained."""

    sample: int = Field(default=5000, ge=100, le=1_000_000)
    """Rows of the window drawn, by hash of id, for SHAP."""
    seed: int = 0
    """Which rows are drawn: the same ones for the same seed."""
    timeout_seconds: float = Field(default=1800, gt=0)
    """After which explaining is given up: a gap."""


class ReportSettings(Settings):
    """How the report presents itself."""

    title: str | None = None
    """At its head; the audit's name if left out."""
    features_shown: int = Field(default=20, ge=1)
    """Features drawn as pictures, worst first; the tables always hold all."""


class Audit(Settings):
    """One audit of one model."""

    format: Literal[1]
    """Version of this file's format."""
    name: Name
    """The audit's name, and its file's: `name.yaml`."""
    purpose: str
    """What the model is used for, in a sentence."""
    owner: str
    """Who answers for the model: a person or team that can be reached."""
    risk: Literal["low", "medium", "high"]
    """Materiality: what is at stake when the model is wrong."""
    task: Task
    """What the model predicts: one of two classes, one of several, a number."""
    current: Tables
    """What the model meets now."""
    baseline: Tables
    """What the model was approved on, that every window is compared with; not its training data."""
    engine: Engine = DuckDBEngine()
    """Where the rows are measured: `duckdb`, `postgres` or `spark`; with settings of its own, a
    `kind` and those."""
    columns: Columns
    window: WindowSettings
    model: Model | None = None
    rules: tuple[RuleSettings, ...] = ()
    """What the team holds its data to."""
    limits: dict[str, MetricLimit] = Field(default_factory=dict)
    """Limits of metrics, by the metric's name, where they are not to be the default ones."""
    schedule: Schedule = Schedule()
    explain: Explain = Explain()
    report: ReportSettings = ReportSettings()
    findings: FindingSettings = FindingSettings()

    @model_validator(mode="before")
    @classmethod
    def _a_model_predicts(cls, value: Any) -> Any:  # noqa: ANN401 (what a user wrote)
        """Name the predictions of a model, where the file does not."""
        columns = value.get("columns") if isinstance(value, dict) else None
        if not isinstance(columns, dict) or not value.get("model") or "prediction" in columns:
            return value
        return {**value, "columns": {**columns, "prediction": {}}}

    @model_validator(mode="after")
    def _something_is_predicted(self) -> "Audit":
        data_alone = "prediction" in self.columns.model_fields_set  # it says null: on purpose
        if self.model is None and self.columns.prediction is None and not data_alone:
            raise ValueError(
                "nothing to audit: give a `model`, or say which columns hold its logged"
                " predictions under `columns: prediction:` (`prediction: null` audits the data"
                " alone)"
            )
        names = [rule.name for rule in self.named_rules]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two rules are named {twice[0]!r}; give one of them another `name`")
        return self

    @property
    def named_rules(self) -> tuple[Rule, ...]:
        """The rules as the core knows them, each with a name."""
        return tuple(settings.rule for settings in self.rules)
