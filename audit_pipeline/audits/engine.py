"""Where an audit's rows are measured."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field, field_validator, model_validator

from audit_pipeline.audits.settings import Settings

SECRET = re.compile(r"secret|password|passwd|token|credential|(access|account|api)[._]?key")


class DuckDBEngine(Settings):
    """The embedded engine: rows are copied into a file that stays, and counted from there."""

    kind: Literal["duckdb"] = "duckdb"
    """The engine's name."""
    memory_limit: str = Field(default="640MB", pattern=r"^[1-9]\d*(\.\d+)? ?[KMGT]i?B$")
    """Beyond it the engine spills to disk."""


class PostgresEngine(Settings):
    """The PostgreSQL database that holds the tables: they are counted there, none is copied."""

    kind: Literal["postgres"]
    """The engine's name."""


class SparkEngine(Settings):
    """Apache Spark: tables are counted where it reads them, none is copied."""

    kind: Literal["spark"]
    """The engine's name."""
    master: str | None = Field(default=None, pattern=r"^(local(\[.+\])?|spark://.+|yarn|k8s://.+)$")
    """The cluster, such as `spark://host:7077`; this machine if left out."""
    remote: str | None = Field(default=None, pattern=r"^sc://.+")
    """A Spark Connect server, such as `sc://host:15002`, in place of `master`."""
    options: dict[str, str] = Field(default_factory=dict)
    """Spark's own settings, such as `spark.executor.memory: 4g`."""

    @field_validator("options")
    @classmethod
    def _no_secrets(cls, value: dict[str, str]) -> dict[str, str]:
        for key in value:
            if SECRET.search(key.lower()):
                raise ValueError(
                    f"take {key!r} out: secrets never stand in an audit file; write them to"
                    " spark-defaults.conf in the folder that SPARK_CONF_DIR names"
                )
        return value

    @model_validator(mode="after")
    def _one_place(self) -> "SparkEngine":
        if self.master is not None and self.remote is not None:
            raise ValueError("say where Spark is: with `master`, or with `remote`, not both")
        return self


def _by_name(value: object) -> object:
    if isinstance(value, str):
        return {"kind": value}
    if not isinstance(value, dict | BaseModel):
        raise ValueError("write duckdb, postgres or spark, or a `kind` and its settings")  # noqa: TRY004 (pydantic's)
    return value


Engine = Annotated[
    Annotated[DuckDBEngine | PostgresEngine | SparkEngine, Field(discriminator="kind")],
    BeforeValidator(_by_name),
]
"""An engine and its settings; its name alone will do."""
