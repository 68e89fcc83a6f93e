"""Missing values on the Titanic, in chunks, as NannyML's tutorial counts them."""

import re
from datetime import date, timedelta
from pathlib import Path

from audit_pipeline_tests.published.auditing import Record, audits, parquet, write_table
from audit_pipeline_tests.published.figures import SHARED, Figure, Finding, same

SET = "nannyml_car_loan"
COLUMNS = {
    "Pclass": "categorical",
    "Name": "categorical",
    "Sex": "categorical",
    "Age": "numeric",
    "SibSp": "numeric",
    "Parch": "numeric",
    "Ticket": "categorical",
    "Fare": "numeric",
    "Cabin": "categorical",
    "Embarked": "categorical",
}
ID = re.compile(r"missing (?P<column>\w+) (?P<period>\w+) \[(?P<first>\d+):(?P<last>\d+)\]")
FIRST_DAY = {"reference": date(2024, 1, 1), "analysis": date(2024, 2, 1)}


def findings(folder: Path, published: list[Figure]) -> list[Finding]:
    """Return what became of each published share: a day for each chunk, one audit of them all."""
    about_missing = {f: found for f in published if (found := ID.fullmatch(f.id))}
    sizes = {
        found["period"]: int(found["last"]) + 1
        for found in about_missing.values()
        if found["first"] == "0"
    }
    days = {f: _day(found, sizes[found["period"]]) for f, found in about_missing.items()}
    records = _audited(folder, sizes, list(dict.fromkeys(days.values())))
    return [_finding(f, found, records[days[f]]) for f, found in about_missing.items()]


def _day(found: re.Match[str], size: int) -> str:
    chunk = int(found["first"]) // size
    return (FIRST_DAY[found["period"]] + timedelta(days=chunk)).isoformat()


def _audited(folder: Path, sizes: dict[str, int], days: list[str]) -> dict[str, Record]:
    parts = [
        f"SELECT PassengerId, {', '.join(COLUMNS)}, (Sex = 'female')::INT AS predicted,"
        f" DATE '{FIRST_DAY[period]}' + (file_row_number // {size})::INT AS day FROM"
        f" read_parquet('{SHARED / SET}/titanic_{period}.parquet', file_row_number=true)"
        for period, size in sizes.items()
    ]
    rows = write_table(folder / "passengers.parquet", " UNION ALL ".join(parts))
    baseline = write_table(folder / "passengers_reference.parquet", parts[0])
    about = {
        "current": parquet(rows),
        "baseline": parquet(baseline),
        "columns": {
            "id": "PassengerId",
            "timestamp": "day",
            "features": COLUMNS,
            "prediction": {"label": "predicted", "score": None},
        },
        "window": {"every": "day", "start": "2024-01-01"},
    }
    return dict(audits(folder, "passengers", about, days))


def _finding(figure: Figure, found: re.Match[str], record: Record) -> Finding:
    family = f"Titanic: missing share of `{found['column']}`"
    return same(figure, family, record.value("missing_share", found["column"]))
