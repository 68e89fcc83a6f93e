"""The table of all audits."""

from rich.markup import escape
from rich.table import Table

from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError, read_audit
from audit_pipeline.cli.screen import NONE, STYLES
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.vocabulary import VOCABULARY


def audits_table(home: Home) -> Table:
    """Return the audits of a home, each with its newest audited window; broken files say so."""
    table = Table("audit", "owner", "risk", "windows", "newest", "verdict")
    store = open_store(home.store_url)
    for path in home.audit_paths():
        try:
            audit = read_audit(path, VOCABULARY).audit
        except AuditFileError as error:
            table.add_row(path.stem, f"[red]broken[/]: {escape(str(error).splitlines()[0])}")
            continue
        history = store.history(audit.name)
        window, _, verdict = history[-1] if history else ("none", 0, "")
        windows = f"every {audit.window.every} from {audit.window.start}"
        if audit.schedule.paused is not None:
            windows += f" [yellow](paused: {escape(audit.schedule.paused)})[/]"
        cells = (audit.name, escape(audit.owner), audit.risk, windows, window)
        table.add_row(*cells, STYLES.get(verdict, NONE))
    return table
