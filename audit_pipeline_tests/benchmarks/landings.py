"""A small audit whose data lands in pieces, each of which breaks a rule that none broke before."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NAME = "orders"
ROWS, MORE = 3000, 60
"""Rows of the window at first, and of each piece that lands later."""
TYPO = 3000.005
"""Amounts have two decimals: one of these is nobody's but ours."""


def settings(day: datetime, landings: int) -> dict[str, Any]:
    """Return what the audit file says: when it runs is left to what it comes with."""
    end = day + timedelta(days=1)
    return {
        "format": 1,
        "name": NAME,
        "purpose": "Tells whether an order is delivered late: a benchmark.",
        "owner": "orders@example.org",
        "risk": "low",
        "task": "binary",
        "current": {"table": {"kind": "parquet", "path": "../landing/day=%Y-%m-%d/part-*.parquet"}},
        "baseline": {"table": {"kind": "parquet", "path": "../baseline.parquet"}},
        "columns": {
            "id": "id",
            "timestamp": "at",
            "features": {"amount": "numeric", "distance": "numeric", "region": "categorical"},
            "prediction": {"label": "late", "score": None},
        },
        # one window: those before it would be caught up meanwhile
        "window": {"every": "day", "start": f"{day:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"},
        "rules": [
            {
                "name": rule(number),
                "expect": "expect_column_values_to_not_be_in_set",
                "kwargs": {"column": "amount", "value_set": [TYPO + number]},
            }
            for number in range(1, landings + 1)
        ],
    }


def rule(number: int) -> str:
    """Return the name of the rule that a landing breaks, and so of its finding."""
    return f"no_typing_error_{number:03}"


def land(home: Path, day: datetime, number: int) -> None:
    """Move a piece of the day's data to where it is looked for; the first, 0, breaks no rule."""
    rows = orders(day, number)
    if number > 0:
        amounts = pa.array(np.full(len(rows), TYPO + number))
        rows = rows.set_column(rows.column_names.index("amount"), "amount", amounts)
    whole = part(home, day, number)
    whole.parent.mkdir(parents=True, exist_ok=True)
    elsewhere = home / "landing" / "being_written"
    pq.write_table(rows, elsewhere)
    elsewhere.replace(whole)


def part(home: Path, day: datetime, number: int) -> Path:
    """Return where a piece of the day's data stands."""
    return home / "landing" / f"day={day:%Y-%m-%d}" / f"part-{number}.parquet"


def orders(day: datetime, number: int) -> pa.Table:
    """Return orders of a day; those of each number have other ids."""
    count = MORE if number > 0 else ROWS
    draw = np.random.default_rng(number + 1)
    seconds = draw.integers(0, 86_400, count).astype("timedelta64[s]")
    at = np.datetime64(day.replace(tzinfo=None), "us") + seconds
    return pa.table(
        {
            "id": np.arange(count) + 10_000 * (number + 1),
            "at": pa.array(at, pa.timestamp("us", "UTC")),
            "amount": draw.normal(3000, 400, count).round(2),
            "distance": draw.gamma(2.0, 30.0, count).round(1),
            "region": draw.choice(["north", "south", "west"], count),
            "late": draw.integers(0, 2, count),
        }
    )


def yesterday() -> datetime:
    """Return the beginning of yesterday, UTC."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=1)
