"""Tables that only Spark knows: of its catalogue, or what a query gives."""

from pydantic import Field, model_validator

from audit_pipeline.audits.settings import Settings
from audit_pipeline.sources.base import (
    IbisBackend,
    Read,
    Source,
    SourceError,
    State,
    Wanted,
)
from audit_pipeline.sources.batches import version_mark
from audit_pipeline.sources.on_spark import quoted, understood
from audit_pipeline.sources.origins.tables import origin_of_spark


class SparkTable(Settings):
    """A table or view of Spark's catalogue, or one SELECT. For audits whose `engine` is `spark`."""

    table: str | None = Field(default=None, min_length=1)
    """A table or view: `loans`, `lending.loans` or `catalogue.lending.loans`."""
    query: str | None = Field(default=None, min_length=1)
    """One SELECT, in place of `table`."""

    @model_validator(mode="after")
    def _one_table(self) -> "SparkTable":
        if (self.table is None) == (self.query is None):
            raise ValueError("say what to read: a `table`, or a `query`, not both")
        return self

    @property
    def named(self) -> str:
        """What is read, in a word."""
        return f"the table {self.table}" if self.table is not None else "the query"


def read_in_place(settings: SparkTable, backend: IbisBackend, wanted: Wanted) -> Read:
    """Return the table as Spark has it, read when its rows are asked for.

    Raises:
        SourceError: Spark does not know it, or the query is no SELECT.
    """
    with understood(settings.named):
        frame = backend.session.sql(_select(settings))
        return Read(
            table=backend.table_of(frame),
            location=f"Spark ({settings.named})",
            sha256=table_state(settings, wanted).mark,
        )


def read_elsewhere(settings: SparkTable, backend: IbisBackend, wanted: Wanted) -> Read:
    """Refuse: no other engine can read it.

    Raises:
        SourceError: Always.
    """
    del backend, wanted
    raise SourceError(
        f"{settings.named} is Spark's, and read on Spark only: set `engine: spark` in the audit"
        " file (docs/how-to/measure-on-spark.md)"
    )


def table_state(settings: SparkTable, wanted: Wanted) -> State:
    """Return that the table is there, which is not looked at: that would take a Spark each time.

    So new rows start no audit by themselves; a run finds them by the content of the rows.
    """
    del wanted
    return State(mark=version_mark(settings.table, settings.query), landed=True)


def _select(settings: SparkTable) -> str:
    """Return a statement that can do no more than read: in parentheses stands a SELECT only."""
    if settings.table is not None:
        return f"SELECT * FROM {'.'.join(quoted(part) for part in settings.table.split('.'))}"
    query = str(settings.query).strip().rstrip(";")
    return f"SELECT * FROM (\n{query}\n) AS rows"


SOURCE = Source(
    settings=SparkTable,
    read=read_elsewhere,
    state=table_state,
    digest=lambda _: None,  # only reading all rows could tell
    origin=lambda s: origin_of_spark(s.table, s.query),
    in_place={"pyspark": read_in_place},
)
