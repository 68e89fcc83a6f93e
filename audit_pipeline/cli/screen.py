"""What the command line shows while it works, and when it is done."""

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status
from rich.table import Table

from audit_pipeline.cli.supervise import Event

STYLES = {
    "pass": "[green]✓ pass[/]",
    "warn": "[yellow]! warn[/]",
    "fail": "[red]✗ fail[/]",
    "gap": "[magenta]○ gap[/]",
    "inconclusive": "[cyan]? inconclusive[/]",
}
NONE = "-"
STATES = {
    "audited": "",
    "already_audited": "already audited; add --again to audit it once more",
    "in_progress": "another run is auditing it now",
    "claimed": "begun, not finished",
    "nothing": "nothing was audited",
}
MARKS = {"done": "[green]✓[/]", "missing": "[magenta]○[/]", "crashed": "[red]✗[/]"}


class Progress:
    """One line per stage; on a terminal, a spinner with the stage at work."""

    def __init__(self, console: Console, audit: str) -> None:
        self.console, self.audit = console, audit
        self.status = Status(f"{audit}: starting", console=console)
        self.begun = time.monotonic()
        self.window = ""

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.status.start()
        else:
            self.console.print(f"{self.audit}: starting")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.status.stop()

    def __call__(self, event: Event) -> None:
        """Show one event of the run."""
        kind = event["event"]
        if kind == "window":
            self.window = event["window"]
            self.begun = time.monotonic()
            self.console.print(f"[bold]{self.audit}[/] {escape(self.window)}")
        elif kind == "begun":
            self.status.update(f"{self.audit} {self.window}: {event['asset']}")
        elif kind == "ended":
            mark = MARKS[event["status"]]
            self.console.print(f"  {mark} {event['asset']:<13} {event['seconds']:6.1f} s")
        elif kind == "died":
            self.console.print(
                f"  [red]the process died (exit {event['code']})[/]; writing the report"
            )
        elif kind == "result":
            wall = time.monotonic() - self.begun
            work = event["work_seconds"] if event["state"] == "audited" else 0.0
            self.console.print(
                f"  {wall:.1f} s in all: {work:.1f} s of the stages' own work,"
                f" {max(0.0, wall - work):.1f} s around it"
            )


def show_results(console: Console, audit: str, results: Iterable[Event]) -> None:
    """Print the verdict of each window, why, and where its report is."""
    table = Table("window", "verdict", "checks", "why")
    results = list(results)
    for result in results:
        verdict = STYLES.get(result["verdict"] or "", NONE)
        why = "\n".join(escape(f"• {line}") for line in result["headlines"][:3])
        state = STATES[result["state"]]
        counts = ", ".join(f"{n} {name}" for name, n in sorted(result["counts"].items()))
        table.add_row(
            escape(result["window"]), verdict, counts, "\n".join(filter(None, [state, why]))
        )
    console.print(f"\n[bold]{audit}[/]")
    console.print(table)
    for result in results:
        if result["report"]:
            console.print(
                f"report {escape(result['window'])}: ", result["report"], sep="", soft_wrap=True
            )


def show_outcomes(console: Console, record: dict[str, Any]) -> None:
    """Print a sealed audit: every check that did not pass, and how many did."""
    console.print(
        f"[bold]{escape(record['audit'])}[/] {escape(record['window']['key'])},"
        f" revision {record['revision']}: {STYLES[record['verdict']]}"
    )
    table = Table("check", "subject", "verdict", "value", "reason")
    passed = 0
    for outcome in record["outcomes"]:
        if outcome["verdict"] == "pass":
            passed += 1
            continue
        check, measured = outcome["check"], outcome["measurement"]
        value = f"{measured['value']:.4g}" if measured else NONE
        table.add_row(
            check["name"], escape(check["subject"]), STYLES[outcome["verdict"]], value,
            escape(outcome["reason"]),
        )  # fmt: skip
    console.print(table)
    console.print(f"{passed} further checks passed; --json prints all of them.")
