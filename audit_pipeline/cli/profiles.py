"""What the command line shows of a profile."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from audit_pipeline.stages.kept_profiles import KeptProfile

NONE = "-"
EFFECTIVE = "effective"
HEADINGS = ("column", "kind", "values", "missing", EFFECTIVE, "mean", "deviation", "shape")
WHOLE = ("kind", "values", EFFECTIVE, "mean", "deviation")


def show_profile(console: Console, kept: "KeptProfile", columns: dict[str, dict[str, Any]]) -> None:
    """Print what was counted as a whole, each column's facts, and what could not be counted."""
    console.print(f"[bold]{escape(kept.audit)}[/]: the profile", soft_wrap=True)
    for what, told in kept.facts().items():
        console.print(f"  {what}: {told}", markup=False, soft_wrap=True)
    weighted = any(_values(facts) != facts["effective_rows"] for facts in columns.values())
    table = Table(pad_edge=False)
    for title in HEADINGS if weighted else (h for h in HEADINGS if h != EFFECTIVE):
        # a narrow screen breaks words, and never cuts a number off
        table.add_column(title, no_wrap=title in WHOLE, overflow="fold")
    for name, facts in columns.items():
        table.add_row(escape(name), *_told(facts, weighted=weighted))
    if table.row_count:
        console.print(table)
    for name, why in kept.profile.unreadable.items():
        console.print(f"not counted: {name}: {why}", markup=False, soft_wrap=True)


def _told(facts: dict[str, Any], *, weighted: bool) -> list[str]:
    missing = facts["missing"]
    return [
        facts["kind"],
        f"{_values(facts):,}",
        ", ".join(f"{count:,} {reason}" for reason, count in missing.items()) or NONE,
        *([f"{facts['effective_rows']:,.0f}"] if weighted else ()),
        _number(facts.get("mean")),
        _number(facts.get("standard_deviation")),
        _shape(facts),
    ]


def _values(facts: dict[str, Any]) -> int:
    missing: dict[str, int] = facts["missing"]
    return int(facts["rows"]) - sum(missing.values())


def _shape(facts: dict[str, Any]) -> str:
    if "bins" in facts:
        return f"{facts['bins']:,} bins"
    folded = f", {facts['folded']:,} rows in others" if facts["folded"] else ""
    return f"{facts['categories']:,} categories{folded}"


def _number(value: float | None) -> str:
    return NONE if value is None else f"{value:.6g}"
