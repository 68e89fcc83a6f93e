"""Synthetic car loans in chunks of 5,000, with the tables NannyML's documentation prints."""

import re
from datetime import date, timedelta
from pathlib import Path
from statistics import fmean, pstdev
from typing import Any

from audit_pipeline_tests.published import nannyml_titanic
from audit_pipeline_tests.published.auditing import Record, audits, parquet, write_table
from audit_pipeline_tests.published.confusion import of_all_rows
from audit_pipeline_tests.published.expectations import rule
from audit_pipeline_tests.published.figures import (
    SHARED,
    Figure,
    Finding,
    figures,
    not_measured,
    related,
    same,
)

SET = "nannyml_car_loan"
TITLE = "Car loans and Titanic in chunks, as NannyML prints them"
AUDITED = (
    "Two audits, with a day for each chunk: 20 windows of 5,000 car loans, baseline the ten chunks"
    " of the reference; 22 windows of the Titanic's passengers. An average is the observed value of"
    " a rule (`expect_column_mean_to_be_between`), which is exact; a profile's own mean comes from"
    " its histogram, exact to half the width of the bins."
)
CHUNK, REFERENCE_CHUNKS = 5000, 10
FIRST_DAY = date(2024, 1, 1)
NUMBERS = ("car_value", "debt_to_income_ratio", "loan_length", "driver_tenure")
CODES = ("salary_range", "repaid_loan_on_prev_car", "size_of_downpayment")
AVERAGED = ("car_value", "debt_to_income_ratio", "driver_tenure")
ESTIMATE = 0.0005
"""How far the estimate of KS over 10,000 bins may be from the exact one, as its publisher says."""
SIGNIFICANT = 0.05
BINNING = 0.025
"""How far apart the distances over two sets of bins are seen to be."""
CLOSE = 0.25
"""A distance this near its threshold, as a share of it, may be on either side over other bins."""
ID = re.compile(r"(?P<what>.+?) (?P<column>\w+) chunk (?P<chunk>\d+)")

OVER_BINS = "NannyML estimates KS over 10,000 bins: ours, exact, is within 0.0005 of it"
DECILES = "ours is over the baseline's deciles, NannyML's over numpy's `doane` bins: within 0.025"
YATES = "with Yates' correction, from the counts in our detail; ours is Pearson's, without it"
OWN_THRESHOLD = "held against the mean + 3 standard deviations of our ten reference chunks"
BORDERLINE = "a distance near its threshold: over the other bins it is on the other side"
THRESHOLD = "ours is that of our distances, which are over deciles"
CBPE = "estimates without labels are not among the metrics yet"

Records = list[Record]


def account(folder: Path) -> list[Finding]:
    """Return what became of every published figure."""
    published = figures(SET)
    records = _records(folder)
    loans = [f for f in published if nannyml_titanic.ID.fullmatch(f.id) is None]
    return [
        *(_finding(figure, records) for figure in loans),
        *nannyml_titanic.findings(folder, published),
    ]


def _records(folder: Path) -> Records:
    source = SHARED / SET
    columns = ", ".join(
        ("id", *NUMBERS, *CODES, "y_pred_proba", "y_pred", "repaid::INT AS came_back")
    )
    day = f"DATE '{FIRST_DAY}' + (id // {CHUNK})::INT AS day"  # ids count the rows of both periods
    reference = f"SELECT {columns}, {day} FROM read_parquet('{source}/car_loan_reference.parquet')"
    analysis = (
        f"SELECT {columns}, {day} FROM read_parquet('{source}/car_loan_analysis.parquet') AS loans"
        f" JOIN read_parquet('{source}/car_loan_analysis_target.parquet') AS labels USING (id)"
    )
    rows = write_table(folder / "loans.parquet", f"{reference} UNION ALL {analysis}")
    baseline = write_table(folder / "loans_reference.parquet", reference)
    numbers, codes = dict.fromkeys(NUMBERS, "numeric"), dict.fromkeys(CODES, "categorical")
    about = {
        "current": parquet(rows),
        "baseline": parquet(baseline),
        "columns": {
            "id": "id",
            "timestamp": "day",
            "features": numbers | codes,
            "prediction": {"label": "y_pred", "score": "y_pred_proba"},
            "target": {"column": "came_back", "positive": 1},
        },
        "window": {"every": "day", "start": str(FIRST_DAY)},
        "rules": [
            rule(f"mean_{c}", "expect_column_mean_to_be_between", {"column": c, "min_value": 0})
            for c in AVERAGED
        ],
    }
    days = [str(FIRST_DAY + timedelta(days=chunk)) for chunk in range(2 * REFERENCE_CHUNKS)]
    return [record for _, record in audits(folder, "loans", about, days)]


def _finding(figure: Figure, records: Records) -> Finding:
    if figure.id.startswith("JS upper threshold"):
        column = figure.id.split()[3]
        ours = threshold(records, column)
        return related(
            figure, "JS upper threshold", ours, THRESHOLD, holds=abs(ours - figure.number) < BINNING
        )
    found = ID.fullmatch(figure.id)
    assert found is not None, figure.id
    what, column, chunk = found["what"], found["column"], int(found["chunk"])
    if what == "CBPE estimated":
        return not_measured(figure, "CBPE estimates", CBPE)
    if what == "confusion":
        return same(figure, "realized confusion, as shares", _share(records, column, chunk))
    if what == "JS alert":
        return _alert(figure, column, records[chunk], records)
    return READERS[what.split(" ")[0]](figure, column, records[chunk])


def _share(records: Records, cell: str, chunk: int) -> float:
    counts = of_all_rows(records[REFERENCE_CHUNKS + chunk])
    return float(getattr(counts, "".join(word[0] for word in cell.split("_")))) / counts.n


def _average(figure: Figure, column: str, record: Record) -> Finding:
    mean = record.rule(f"mean_{column}")["measurement"]["value"]
    return same(figure, f"average of `{column}`", mean)


def _chi_square(figure: Figure, column: str, record: Record) -> Finding:
    detail = record.detail("chi_square", column)
    if "alert" in figure.id:
        alert = detail["p_value"] < SIGNIFICANT
        return same(figure, f"chi-squared alert of `{column}` (p < 0.05)", str(alert))
    family = f"chi-squared statistic of `{column}`"
    if len(detail["categories"]) == 2:
        return same(figure, family, corrected(detail), YATES)
    return same(figure, family, detail["statistic"])


def corrected(detail: dict[str, Any]) -> float:
    """Return the statistic of a table of two categories with Yates' continuity correction."""
    rows: tuple[int, int] = (detail["baseline_used"], CHUNK)
    shares: list[tuple[float, float]] = [(c["expected"], c["actual"]) for c in detail["categories"]]
    observed = [[n * s for n, s in zip(rows, pair, strict=True)] for pair in shares]
    total = sum(rows)
    return sum(
        (abs(cell - n * sum(line) / total) - 0.5) ** 2 / (n * sum(line) / total)
        for line in observed
        for cell, n in zip(line, rows, strict=True)
    )


def _jensen_shannon(figure: Figure, column: str, record: Record) -> Finding:
    ours, family = distance(record, column), f"JS of `{column}`"
    if column in {*CODES, "y_pred"}:
        return same(figure, family, ours)
    holds = abs(ours - figure.number) <= BINNING
    return related(figure, family, ours, DECILES, holds=holds)


def _alert(figure: Figure, column: str, record: Record, records: Records) -> Finding:
    alert = str(distance(record, column) > threshold(records, column))
    if alert == figure.published:
        return same(figure, f"JS alert of `{column}`", alert, OWN_THRESHOLD)
    published = {each.id: each.number for each in figures(SET) if each.tolerance}
    limit = published[f"JS upper threshold {column} (mean+3*std of reference chunks)"]
    found = published[figure.id.replace("alert ", "")]
    holds = abs(found - limit) <= CLOSE * limit
    return related(figure, f"JS alert of `{column}`", alert, BORDERLINE, holds=holds)


def distance(record: Record, column: str) -> float:
    """Return our Jensen-Shannon distance of a column."""
    return record.value("jensen_shannon_distance", column)


def threshold(records: Records, column: str) -> float:
    """Return the distance above which a chunk is an alert, from the ten reference chunks."""
    distances = [distance(record, column) for record in records[:REFERENCE_CHUNKS]]
    return fmean(distances) + 3 * pstdev(distances)


def _kolmogorov_smirnov(figure: Figure, column: str, record: Record) -> Finding:
    measured = record.outcome("kolmogorov_smirnov", column)["measurement"]
    ours, bound = measured["value"], measured["coverage"]["error_bound"]
    if figure.id.startswith("exact KS"):
        return same(figure, f"exact KS of `{column}`", ours)
    holds = abs(ours - figure.number) <= ESTIMATE + bound
    return related(figure, f"estimated KS of `{column}`", ours, OVER_BINS, holds=holds)


READERS = {
    "Avg": _average,
    "chi2": _chi_square,
    "JS": _jensen_shannon,
    "KS": _kolmogorov_smirnov,
    "exact": _kolmogorov_smirnov,
}
