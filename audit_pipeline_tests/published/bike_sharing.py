"""Bike sharing by day: months against four weeks of January, as Evidently compares them."""

from math import comb
from pathlib import Path

from audit_pipeline_tests.published.auditing import Record, audits, parquet, write_table
from audit_pipeline_tests.published.figures import SHARED, Figure, Finding, figures, same

SET = "bike_sharing"
TITLE = "Bike sharing, months of 2011 against four weeks of January"
AUDITED = (
    "One audit, monthly windows February to July 2011 over the daily rows; baseline 1 to 28"
    " January, which is what the figures themselves were made with. The published p-value is that"
    " of the exact two-sample distribution; it is computed here from the record's"
    " `kolmogorov_smirnov` and its row counts. The `p_value` in our detail is the asymptotic one,"
    " which for some 30 days a month differs in the second digit; verdicts go by the size of the"
    " statistic, not by p-values."
)
COLUMNS = ("weathersit", "temp", "atemp", "hum", "windspeed")
DRIFTED = 0.05


def account(folder: Path) -> list[Finding]:
    """Return what became of every published figure."""
    source = SHARED / SET / "day.csv"
    rows, january = (
        write_table(
            folder / name,
            f"SELECT instant AS id, dteday AS day, {', '.join(COLUMNS)}, cnt"
            f" FROM read_csv('{source}') WHERE dteday {where}",
        )
        for name, where in (
            ("days.parquet", "< DATE '2011-08-01'"),
            ("january.parquet", "< DATE '2011-01-29'"),
        )
    )
    published = figures(SET)
    months = dict.fromkeys(_month(figure) for figure in published)
    about = {
        "task": "regression",
        "current": parquet(rows),
        "baseline": parquet(january),
        "columns": {
            "id": "id",
            "timestamp": "day",
            "features": dict.fromkeys(COLUMNS, "numeric"),
            "prediction": {"label": "cnt", "score": None},
        },
        "window": {"every": "month", "start": "2011-01-01"},
    }
    records = dict(audits(folder, "bikes", about, months))
    return [_finding(figure, records[_month(figure)]) for figure in published]


def _month(figure: Figure) -> str:
    return next(word for word in figure.id.split() if word.startswith("2011-"))


def _finding(figure: Figure, record: Record) -> Finding:
    if "share drifted" in figure.id:
        drifted = sum(p_value(record, column) < DRIFTED for column in COLUMNS)
        return same(figure, "share of drifted columns", drifted / len(COLUMNS))
    column = next(word for word in figure.id.split() if word in COLUMNS)
    found = p_value(record, column)
    if "drift flag" in figure.id:
        return same(figure, f"drift flag of `{column}` (p < 0.05)", int(found < DRIFTED))
    return same(figure, f"KS p-value of `{column}`", found)


def p_value(record: Record, column: str) -> float:
    """Return the exact p-value of a column's statistic, from the sealed record alone."""
    measured = record.outcome("kolmogorov_smirnov", column)["measurement"]
    return exact_p_value(
        measured["value"], measured["detail"]["baseline_used"], measured["coverage"]["used"]
    )


def exact_p_value(statistic: float, first: int, second: int) -> float:
    """Return the chance of a gap as large where both samples are of one distribution.

    Counts the ways to merge the samples whose gap stays smaller: lattice paths (Hodges 1957).

    >>> exact_p_value(1.0, 2, 2)  # two of the six ways to merge keep the samples apart
    0.3333333333333333
    """
    reach = round(statistic * first * second)
    ways = [0] * (second + 1)
    for i in range(first + 1):
        for j in range(second + 1):
            inside = abs(i * second - j * first) < reach
            before = 1 if i == j == 0 else ways[j] + (ways[j - 1] if j else 0)
            ways[j] = before if inside else 0
    whole = comb(first + second, first)
    return (whole - ways[second]) / whole
