"""Yellow taxi trips, as Great Expectations' tutorial validates them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audit_pipeline_tests.published.auditing import Record, audits, parquet, write_table
from audit_pipeline_tests.published.expectations import figure_of, rule
from audit_pipeline_tests.published.figures import SHARED, Figure, Finding, figures, related, same

SET = "gx_taxi"
TITLE = "Taxi trips of two months, by the tutorial's suite"
AUDITED = (
    "One audit with monthly windows January and February 2019; the tutorial's suite stands in it as"
    " `rules`. A published quantile is a rule whose two ends are the published value. Trips go by"
    " the month of their file: the times of some are wrong."
)
MONTHS = {"Jan": "2019-01", "Feb": "2019-02"}
COLUMN = "passenger_count"
IN_FRONT = ("id", "month")
EXACT = "as a rule whose two ends are the published value"
LISTED = "the same list behind `id` and `month`, which an audit needs: as a rule, it holds"
Rules = dict[str, dict[str, Any]]


def account(folder: Path) -> list[Finding]:
    """Return what became of every published figure."""
    published = figures(SET)
    suite = json.loads((SHARED / SET / "suite_demo.json").read_text())["expectations"]
    rows, january = (_rows(folder, months) for months in (tuple(MONTHS), ("Jan",)))
    columns: list[str] = suite[0]["kwargs"]["column_list"]
    rules = _rules(suite) | dict(_quantiles(published))
    about = {
        "task": "regression",
        "current": parquet(rows),
        "baseline": parquet(january),
        "columns": {
            "id": "id",
            "timestamp": "month",
            "features": dict.fromkeys(columns, "categorical"),
            "prediction": {"label": "total_amount", "score": None},
        },
        "window": {"every": "month", "start": "2019-01-01", "end": "2019-03-01"},
        "rules": list(rules.values()),
    }
    records = dict(audits(folder, "taxi", about, MONTHS.values()))
    return [_finding(figure, records[MONTHS[figure.id[:3]]]) for figure in published]


def _rows(folder: Path, months: tuple[str, ...]) -> Path:
    files = (
        f"SELECT DATE '{MONTHS[month]}-01' AS month, * FROM"
        f" read_csv('{SHARED / SET}/yellow_tripdata_sample_{MONTHS[month]}.csv.gz', sample_size=-1)"
        for month in months
    )
    return write_table(
        folder / f"trips_{len(months)}.parquet",
        f"SELECT row_number() OVER () AS id, * FROM ({' UNION ALL BY NAME '.join(files)})",
    )


def _rules(suite: list[dict[str, Any]]) -> Rules:
    made = {}
    for expectation in suite:
        kwargs = dict(expectation["kwargs"])
        if "column_list" in kwargs:
            kwargs["column_list"] = [*IN_FRONT, *kwargs["column_list"]]
        name = expectation["expectation_type"]
        made[name] = rule(name, name, kwargs)
    return made


def _quantiles(published: list[Figure]) -> Iterator[tuple[str, dict[str, Any]]]:
    for figure in published:
        if "quantile 0" in figure.id:
            ranges = {
                "quantiles": [float(figure.id.split()[-1])],
                "value_ranges": [[figure.number] * 2],
            }
            kwargs = {"column": COLUMN, "quantile_ranges": ranges}
            name = _name(figure)
            yield name, rule(name, "expect_column_quantile_values_to_be_between", kwargs)


def _name(figure: Figure) -> str:
    return re.sub(r"[^a-z0-9]", "_", figure.id.lower())


def _finding(figure: Figure, record: Record) -> Finding:
    month = figure.id[:3]
    if "quantile 0" in figure.id:
        held = record.rule(_name(figure))["verdict"] == "pass"
        family = f"{month}: quantiles of {COLUMN}"
        return same(figure, family, figure.number if held else None, EXACT)
    expect, _, what = figure.id.removeprefix(f"{month} ").partition("(")
    if not expect.startswith("expect_"):
        return same(figure, figure.id, _count(figure, record))
    ours = figure_of(record.rule(expect), what.partition(") ")[2])
    if "columns_to_match" in expect:
        return related(figure, f"{month}: {expect}", ours, LISTED, holds=figure.met_by(ours))
    return same(figure, f"{month}: verdicts and observed values of the suite", ours)


def _count(figure: Figure, record: Record) -> float:
    if "element_count" in figure.id:
        return record.value("row_count")
    kept = "not_be_null" if "nulls" in figure.id else "be_in_set"
    return float(figure_of(record.rule(f"expect_column_values_to_{kept}"), "unexpected_count") or 0)
