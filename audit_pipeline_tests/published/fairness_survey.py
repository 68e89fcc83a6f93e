"""Bank marketing and four more benchmark sets, with logged predictions (Le Quy et al. 2022)."""

from pathlib import Path

from audit_pipeline_tests.published.auditing import (
    DAY,
    THE_DAY,
    Record,
    audits,
    parquet,
    write_table,
)
from audit_pipeline_tests.published.confusion import of_all_rows
from audit_pipeline_tests.published.figures import (
    SHARED,
    Figure,
    Finding,
    figures,
    not_measured,
    same,
)

SET = "fairness_survey"
TITLE = "Bank predictions, and four more sets of the fairness survey"
AUDITED = (
    "One audit for each of the five csv files: target `y_true`, logged prediction `y_pred` and"
    " `score`, group the protected attribute (0 is the protected group). Rates by group are those"
    " in the detail of the fairness metrics. The tolerances are the publisher's: the test rows were"
    " drawn anew."
)
TPR, FPR = "equal_opportunity_difference", "false_positive_rate_difference"
SELECTED = "demographic_parity_difference"
TOO_FEW = "the outcome is `inconclusive`: a rate of fewer than 30 rows is not compared"
ABROCA = "needs the ROC curve of each group; profiles keep scores by label, not by group"


def account(folder: Path) -> list[Finding]:
    """Return what became of every published figure."""
    published = figures(SET)
    names = dict.fromkeys(figure.id.split()[0] for figure in published)
    records = {name: _record(folder, name) for name in names}
    return [_finding(figure, records[figure.id.split()[0]]) for figure in published]


def _record(folder: Path, name: str) -> Record:
    source = SHARED / SET / f"{name}.csv"
    rows = write_table(
        folder / f"{name}.parquet",
        f"SELECT row_number() OVER () AS id, {DAY} AS day, columns[1]::VARCHAR AS protected,"
        f" columns[2]::INT AS y_true, columns[3]::INT AS y_pred, columns[4]::DOUBLE AS score FROM"
        f" (SELECT string_split(line, ',') AS columns FROM read_csv('{source}', header=true,"
        " delim='\x01', columns={'line': 'VARCHAR'}))",
    )
    about = {
        "current": parquet(rows),
        "baseline": parquet(rows),
        "columns": {
            "id": "id",
            "timestamp": "day",
            "features": {"protected": "categorical"},
            "prediction": {"label": "y_pred", "score": "score"},
            "target": {"column": "y_true", "positive": 1},
            "groups": ["protected"],
        },
    }
    return dict(audits(folder, name.replace("-", "_"), about, [THE_DAY]))[THE_DAY]


def _finding(figure: Figure, record: Record) -> Finding:
    name, what = figure.id.split()
    if what == "ABROCA":
        return not_measured(figure, "ABROCA of each set", ABROCA)
    family = figure.id if name == "bank" else f"{name}: the other figures"
    try:
        return same(figure, family, _ours(record, what))
    except TooFewError:
        return not_measured(figure, f"{name}: rates of groups below 30 rows", TOO_FEW)


class TooFewError(Exception):
    """A group has too few rows for its rate to be told."""


def _ours(record: Record, what: str) -> float:
    if what == "accuracy":
        return record.value("accuracy")
    if what == "balanced_accuracy":
        counts = of_all_rows(record)
        return (counts.true_positive_rate + 1 - counts.false_positive_rate) / 2
    if what == "equalized_odds":
        return sum(abs(_rate(record, m, "0") - _rate(record, m, "1")) for m in (TPR, FPR))
    if what == "statistical_parity":
        return _rate(record, SELECTED, "1") - _rate(record, SELECTED, "0")
    group = "1" if "non_prot" in what else "0"
    if what.startswith("TNR"):
        return 1 - _rate(record, FPR, group)
    return _rate(record, TPR if what.startswith("TPR") else SELECTED, group)


def _rate(record: Record, metric: str, group: str) -> float:
    measured = record.outcome(metric, "protected")["measurement"]
    rates = {g["group"]: g["rate"] for g in measured["detail"]["groups"]} if measured else {}
    if rates.get(group) is None:
        raise TooFewError
    return float(rates[group])
