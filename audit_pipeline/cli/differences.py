"""The table of what changed between two audits."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from audit_pipeline.cli.screen import NONE, STYLES
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.compared import Change, Compared
from audit_pipeline.domain.comparison import Comparison, Side
from audit_pipeline.domain.limit import number
from audit_pipeline.domain.masking import FEWEST, few

WIDTH = 100
SHARED_ROWS = (
    "Both are revisions of one window and share its rows: intervals cannot tell their difference"
    " from chance."
)


def show_comparison(console: Console, comparison: Comparison, *, everything: bool) -> None:
    """Print what changed, worst first; what did not is counted, or listed if `everything`."""
    before, after = comparison.before, comparison.after
    console.print(
        f"[bold]{escape(comparison.audit)}[/]  {_head(before)}  →  {_head(after)}", soft_wrap=True
    )
    for side in (before, after):
        console.print(f"  {_facts(side)}", markup=False, soft_wrap=True)
    for doubt in comparison.doubts:
        console.print(f"[yellow]![/] {escape(doubt)}", width=min(WIDTH, console.width))
    shown = [each for each in comparison.checks if everything or each.noteworthy]
    if shown:
        console.print(_table(comparison, shown), width=min(WIDTH, console.width))
    for line in _foot(comparison, shown):
        console.print(line, markup=False, soft_wrap=True)


def _head(side: Side) -> str:
    return f"{escape(side.window)} revision {side.revision} {STYLES[side.verdict]}"


def _facts(side: Side) -> str:
    rows = "no rows were read" if side.rows is None else f"{_count(side.rows)} rows"
    labelled = "" if side.labelled is None else f", {_count(side.labelled)} with a known outcome"
    answered = f"{side.answered} of {side.checks} checks have an answer"
    return f"{side.window} revision {side.revision}: {rows}{labelled}; {answered}"


def _table(comparison: Comparison, shown: list[Compared]) -> Table:
    table = Table(pad_edge=False, box=None, header_style="bold")
    before, after = comparison.before, comparison.after
    same = before.window == after.window
    table.add_column("change", no_wrap=True)
    table.add_column("check", overflow="fold", ratio=2)
    for side in (before, after):
        name = f"revision {side.revision}" if same else side.window
        table.add_column(escape(name), overflow="fold", ratio=1)
    table.add_column("difference", justify="right", overflow="fold")
    for each in shown:
        what = f"{each.check.name} of {each.check.subject}"
        limit = "\n[dim]the limit was changed[/]" if each.limit_changed else ""
        sides = (_cell(each.before), _cell(each.after))
        table.add_row(_change(each), f"{escape(what)}{limit}", *sides, _difference(each))
    return table


def _change(each: Compared) -> str:
    colours = {Change.WORSE: "red", Change.GONE: "magenta", Change.BETTER: "green"}
    colour = colours.get(each.change)
    return f"[{colour}]{each.change}[/]" if colour else each.change.value


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return NONE
    measured = outcome.measurement
    value = f" {number(measured.value)}" if measured is not None else ""
    lines = [f"{STYLES[outcome.verdict]}{value}"]
    if measured is not None:
        interval = measured.interval
        between = f"{number(interval.low)} to {number(interval.high)}" if interval else ""
        part = measured.coverage.used < measured.coverage.rows
        rows = f"of {_count(measured.coverage.used)} rows" if part else ""
        lines += filter(None, [between, rows])
    return "\n".join([lines[0], *(f"[dim]{line}[/]" for line in lines[1:])])


def _difference(each: Compared) -> str:
    if not each.comparable:
        return "[dim]another baseline[/]"
    if each.difference is None:
        return NONE
    sign = "+" if each.difference > 0 else ""
    star = " *" if each.apart else ""
    return f"{sign}{number(each.difference)}{star}"


def _foot(comparison: Comparison, shown: list[Compared]) -> list[str]:
    counts = ", ".join(f"{many} {change}" for change, many in comparison.counts.items() if many)
    lines = [f"{len(comparison.checks)} checks: {counts}." if counts else "Neither has a check."]
    left_out = len(comparison.checks) - len(shown)
    if left_out:
        lines.append(f"{left_out} unchanged are left out; --all lists them too.")
    if comparison.before.window == comparison.after.window:
        lines.append(SHARED_ROWS)
    elif any(each.apart for each in shown):
        lines.append(
            "* the two 95 % intervals do not overlap: more than chance makes likely. Where they"
            " overlap, nothing is said."
        )
    return lines


def _count(rows: int) -> str:
    """Return a count, or that it is small: fewer than 10 people are not counted."""
    return f"fewer than {FEWEST}" if few(rows) else f"{rows:,}"
