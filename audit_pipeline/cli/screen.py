"""What the command line shows while it works, and when it is done."""

import time
from collections.abc import Iterable
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.markup import escape
from rich.status import Status

from audit_pipeline.cli.supervise import Event

STYLES = {
    "pass": "[green]✓ pass[/]",
    "warn": "[yellow]! warn[/]",
    "fail": "[red]✗ fail[/]",
    "gap": "[magenta]○ gap[/]",
    "inconclusive": "[cyan]? inconclusive[/]",
}
NONE = "-"
HEADLINES = 3
STATES = {
    "audited": "",
    "already_audited": "already audited; add --again to audit it once more",
    "in_progress": "another run is auditing it now",
    "claimed": "begun, not sealed: what writes the evidence broke. `audit-pipeline ui` shows where,"
    " under Runs; then the same command starts it again",
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
        self.worked: list[tuple[float, float]] = []

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
            self.console.print(f"[bold]{self.audit}[/] {escape(self.window)}")
        elif kind == "begun":
            self.status.update(f"{self.audit} {self.window}: {event['asset']}")
        elif kind == "worked":
            self.worked.append((event["begun"], event["ended"]))
        elif kind == "ended":
            mark = MARKS[event["status"]]
            self.console.print(f"  {mark} {event['asset']:<13} {event['seconds']:6.1f} s")
        elif kind == "died":
            self.console.print(
                f"  [red]the process died (exit {event['code']})[/]; writing the report"
            )
        elif kind == "result":
            self._split()

    def _split(self) -> None:
        """Print the time since the last window, and in how much of it a stage was at work."""
        now = time.monotonic()
        wall, work = now - self.begun, covered(self.worked)
        self.console.print(
            f"  {wall:.1f} s in all: {work:.1f} s with a stage at work,"
            f" {max(0.0, wall - work):.1f} s around it ({max(0.0, 1 - work / wall):.0%})"
        )
        self.begun, self.worked = now, []


def covered(spans: Iterable[tuple[float, float]]) -> float:
    """Return the length of time that at least one of `spans` covers.

    >>> covered([(0.0, 2.0), (1.0, 3.0), (5.0, 6.0)])
    4.0
    """
    total, reached = 0.0, float("-inf")
    for begun, ended in sorted(spans):
        total += max(0.0, ended - max(begun, reached))
        reached = max(reached, ended)
    return total


def show_results(console: Console, audit: str, results: Iterable[Event]) -> None:
    """Print the verdict of each window, why, and where its report is."""
    console.print(f"\n[bold]{audit}[/]")
    for result in results:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(result["counts"].items()))
        verdict = STYLES.get(result["verdict"] or "", NONE)
        console.print(f"  [bold]{escape(result['window'])}[/]  {verdict}  {counts}")
        told = [STATES[result["state"]], *result["headlines"][:HEADLINES]]
        for line in filter(None, [*told, result["report"] or ""]):
            console.print(f"        {line}", markup=False, soft_wrap=True)


def show_outcomes(console: Console, record: dict[str, Any]) -> None:
    """Print a sealed audit: every check that did not pass, and how many did."""
    console.print(
        f"[bold]{escape(record['audit'])}[/] {escape(record['window']['key'])},"
        f" revision {record['revision']}: {STYLES[record['verdict']]}"
    )
    passed = 0
    for outcome in record["outcomes"]:
        if outcome["verdict"] == "pass":
            passed += 1
            continue
        check = outcome["check"]
        what = f"{check['name']} of {check['subject']}: {outcome['reason']}"
        console.print(f"  {STYLES[outcome['verdict']]}  {escape(what)}", soft_wrap=True)
    console.print(f"  {passed} further checks passed; --json prints all of them.")
