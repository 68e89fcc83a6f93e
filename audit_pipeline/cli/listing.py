"""The table of all audits."""

from rich.markup import escape
from rich.table import Table

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.cli.screen import NONE, STYLES
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import load_audit_files
from audit_pipeline.store.store import Store


def audits_table(home: Home) -> Table:
    """Return the audits of a home, each with its newest audited window; broken files say so."""
    table = Table("audit", "owner", "risk", "windows", "newest", "verdict")
    store, files = open_store(home.store_url), load_audit_files(home)
    rows = {file.path: _row(store, file.audit) for file in files.usable}
    rows |= {error.path: _broken(error) for error in files.broken}
    for _, cells in sorted(rows.items()):
        table.add_row(*cells)
    return table


def _row(store: Store, audit: Audit) -> tuple[str, ...]:
    history = store.history(audit.name)
    window, _, verdict = history[-1] if history else ("none", 0, "")
    windows = f"every {audit.window.every} from {audit.window.start}"
    if audit.schedule.paused is not None:
        windows += f" [yellow](paused: {escape(audit.schedule.paused)})[/]"
    cells = (audit.name, escape(audit.owner), audit.risk, windows, window)
    return (*cells, STYLES.get(verdict, NONE))


def _broken(error: AuditFileError) -> tuple[str, ...]:
    return error.path.stem, f"[red]broken[/]: {escape(str(error).splitlines()[0])}"
