"""Check an audit before it runs: file, data, columns, model, rules. Every problem at once."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from audit_pipeline.audits.audit import Audit, Tables
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.models.artefact import verify
from audit_pipeline.models.base import ModelError
from audit_pipeline.profiles.engine import open_duckdb
from audit_pipeline.rules.child import check_rules_apart
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.stages.missing import MissingError
from audit_pipeline.stages.planning import shape_of, unknown_subjects
from audit_pipeline.stages.tables import gather
from audit_pipeline.stages.timing import cut
from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file

LOOK = 10_000
"""Rows of a database that are looked at; those of files cost nothing until asked for."""


def check_audit(home: Home, name: str) -> list[str]:
    """Return every problem of an audit, one sentence each; none is good.

    What a run says in its notes, such as labels of rows that are not there, is no problem.
    """
    try:
        audit = load_audit_file(home, name).audit
    except AuditFileError as error:
        return str(error).splitlines()
    except UnknownAuditError as error:
        return [str(error)]
    return [
        *_data(audit, audit.baseline, "baseline"),
        *_data(audit, audit.current, "current"),
        *_model(audit),
        *(check_rules_apart(audit.named_rules) if audit.rules else ()),
        *unknown_subjects(audit, shape_of(audit)),
    ]


def _data(audit: Audit, tables: Tables, side: str) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp())
    backend = open_duckdb(folder)
    try:
        gathered = gather(audit, tables, backend, Wanted(folder=folder, limit=LOOK))
        yield from (f"{side}: {lack}" for lack in gathered.missing.values())
        newest = next(audit.window.windows.ended(datetime.now(UTC)), None)
        if side == "current" and newest and audit.columns.timestamp.column not in gathered.missing:
            cut(replace(gathered, table=gathered.everyone), audit, newest)
    except (SourceError, MissingError) as error:
        yield f"{side}: {error}"
    finally:
        backend.disconnect()
        shutil.rmtree(folder, ignore_errors=True)


def _model(audit: Audit) -> Iterator[str]:
    if audit.model is None:
        return
    try:
        verify(audit.model.artefact)
    except ModelError as error:
        yield f"model: {error}"
