"""Where the rules find the rows of a snapshot: in the copy, in the database, on Spark's session."""

from collections.abc import Sequence

from audit_pipeline.audits.engine import DuckDBEngine, SparkEngine
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.engines.base import Engine, EngineError, IbisTable
from audit_pipeline.engines.run import on_engine
from audit_pipeline.rules.child import run_rules_apart
from audit_pipeline.rules.run import run_rules
from audit_pipeline.rules.target import Expected, PostgresRows, SparkRows
from audit_pipeline.sources.databases.settings import SqlTable, address_of
from audit_pipeline.stages.reference import kept_content, where_they_are
from audit_pipeline.stages.rows import ROWS, Place, on_rows


def hold_to_rules(place: Place, rules: Sequence[Rule]) -> list[Outcome]:
    """Return what became of each rule on a snapshot's rows, on the engine that holds them.

    A copy and a database are asked by a process of ours that has the rules' library ready. Spark is
    asked by this one: a second application would wait for the cores that the first one has.

    Raises:
        EngineError: The engine cannot be used.
        SourceError: Rows that were left where they are cannot be read there any more.
        MissingError: They are others than when the snapshot was taken.
    """
    if not rules:
        return []
    if isinstance(place.audit.engine, DuckDBEngine):
        return run_rules_apart(place.folder / ROWS, rules)
    if isinstance(place.audit.engine, SparkEngine):
        return on_rows(place, lambda rows, engine: _on_spark(rows, engine, rules))
    rows = on_engine(place.audit, place.tables, place.spill, lambda engine: _query(place, engine))
    return run_rules_apart(rows, rules)


def _on_spark(rows: IbisTable, engine: Engine, rules: Sequence[Rule]) -> list[Outcome]:
    frame = engine.backend.session.sql(engine.backend.compile(rows))
    return run_rules(SparkRows(dataframe=frame), rules)


def _query(place: Place, engine: Engine) -> PostgresRows:
    """Return the rows as one query, and how the process that asks it knows that they are the same.

    Whether they are is told there, in the transaction in which the rules are asked.
    """
    from audit_pipeline.engines.postgres import content_query  # noqa: PLC0415 (needs its driver)

    settings = place.tables.table.settings
    if not isinstance(settings, SqlTable):
        raise EngineError(f"the table is of kind {place.tables.table.kind!r}, not in PostgreSQL")
    rows, then, address = where_they_are(place, engine), kept_content(place), address_of(settings)
    return PostgresRows(
        url=address.url,
        query=engine.backend.compile(rows),
        password=address.password,
        expected=Expected(
            query=content_query(engine.backend, rows),
            values=(str(then.rows), str(int(then.digest, 16))),
        ),
        timeout_seconds=settings.timeout_seconds,
        tag=f"audit-pipeline/{place.audit.name}",
    )
