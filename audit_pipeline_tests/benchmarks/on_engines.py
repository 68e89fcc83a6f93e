"""The two windows as tables of an engine."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.engines.base import Engine, IbisTable
from audit_pipeline.engines.run import on_engine
from audit_pipeline.profiles.engine import engine_name, open_duckdb
from audit_pipeline_tests.benchmarks.audits import NAME, audit_settings, bare_audit, files_audit
from audit_pipeline_tests.benchmarks.runs import write_home
from audit_pipeline_tests.benchmarks.windows import SIDES

# ruff: noqa: PLC0415 (what DuckDB does not need it does not pay for)

T = TypeVar("T")
ENGINES = ("duckdb", "postgres", "spark")
Work = Callable[[Audit, Mapping[str, IbisTable], str], T]


def with_tables(folder: Path, engine: str, url: str, work: Work[T]) -> T:
    """Return what `work` makes of the audit, its tables by side, and the engine's name and version.

    Args:
        folder: Where the windows' files stand.
        engine: One of `ENGINES`.
        url: Of the PostgreSQL database, into which `postgres.load` has put the windows.
        work: What is to be measured.
    """
    with TemporaryDirectory() as place:
        if engine != "duckdb":
            return _in_place(Path(place), folder, (engine, url), work)
        backend = open_duckdb(Path(place))
        tables = {side: backend.read_parquet(str(folder / f"{side}.parquet")) for side in SIDES}
        return work(bare_audit(), tables, engine_name(backend))


def _in_place(place: Path, folder: Path, on: tuple[str, str], work: Work[T]) -> T:
    from audit_pipeline.sources.base import Wanted
    from audit_pipeline.sources.catalog import SOURCES
    from audit_pipeline.stages.vocabulary import load_audit_file

    engine, url = on
    settings = files_audit(folder) if engine == "spark" else _database_audit(url)
    home = write_home(place, settings | {"engine": engine})
    audit = load_audit_file(Home(home), NAME).audit

    def read(opened: Engine) -> T:
        tables = {
            side: SOURCES[table.kind]
            .in_place[opened.backend.name](
                table.settings, opened.backend, Wanted(folder=place, marked=False)
            )
            .table
            for side, table in (
                ("baseline", audit.baseline.table),
                ("current", audit.current.table),
            )
        }
        return work(audit, tables, opened.name)

    return on_engine(audit, audit.baseline, place / "spill", read)


def _database_audit(url: str) -> dict[str, Any]:
    return audit_settings(
        **{side: {"kind": "sql", "url": url, "table": f"made.{side}"} for side in SIDES}
    )
