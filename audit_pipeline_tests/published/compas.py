"""COMPAS: who is called likely to reoffend, by race (ProPublica 2016)."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

from audit_pipeline_tests.published.auditing import (
    DAY,
    THE_DAY,
    Record,
    audits,
    parquet,
    write_table,
)
from audit_pipeline_tests.published.confusion import Confusion, of_all_rows, of_group
from audit_pipeline_tests.published.figures import SHARED, Figure, Finding, figures, same

SET = "compas"
TITLE = "COMPAS, all 7,214 people"
AUDITED = (
    "Two audits, one for each reading of the score: positive is `Medium` or `High`, or `High`"
    " only. Target `two_year_recid`, group `race`. Counts and rates by race are those of the groups"
    " in the detail of `false_positive_rate_difference` and `equal_opportunity_difference`; those"
    " of all rows follow from `recall`, `precision` and the rows they were measured on."
)
CUTS = {"medium_or_high": "score_text <> 'Low'", "high_only": "score_text = 'High'"}


def account(folder: Path) -> list[Finding]:
    """Return what became of every published figure."""
    source = SHARED / SET / "compas-scores-two-years.csv"
    predicted = ", ".join(f"({rule})::INT AS {name}" for name, rule in CUTS.items())
    rows = write_table(
        folder / "compas.parquet",
        f"SELECT id, {DAY} AS day, sex, age, race, priors_count, two_year_recid, {predicted}"
        f" FROM read_csv('{source}', sample_size=-1)",
    )
    records = {name: _record(folder, rows, name) for name in CUTS}
    return [_finding(figure, records) for figure in figures(SET)]


def _record(folder: Path, rows: Path, label: str) -> Record:
    about: dict[str, Any] = {
        "current": parquet(rows),
        "baseline": parquet(rows),
        "columns": {
            "id": "id",
            "timestamp": "day",
            "features": {"age": "numeric", "priors_count": "numeric", "sex": "categorical"},
            "prediction": {"label": label, "score": None},
            "target": {"column": "two_year_recid", "positive": 1},
            "groups": ["race"],
        },
    }
    return dict(audits(folder, label, about, [THE_DAY]))[THE_DAY]


def _finding(figure: Figure, records: dict[str, Record]) -> Finding:
    if figure.id == "rows":
        rows = records["medium_or_high"].value("row_count")
        return same(figure, "rows", rows)
    if "ratio" in figure.id:
        return _ratio(figure, records["medium_or_high"])
    group, cut, what = figure.id.split("/")
    counts = _confusion(records[cut], group)
    family = figure.id if what in {"FPR", "FNR"} else f"{group}/{cut}/{_family(what)}"
    return same(figure, family, derived(counts)[what])


def _family(what: str) -> str:
    return "counts" if what in {"tn", "fp", "fn", "tp", "n"} else "other rates"


def _ratio(figure: Figure, record: Record) -> Finding:
    black, white = (derived(of_group(record, "race", g)) for g in ("African-American", "Caucasian"))
    first, second = (black, white) if "black/white" in figure.id else (white, black)
    rate = figure.id[:3]
    printed = round(first[rate], 2) / round(second[rate], 2)
    return same(figure, figure.id, printed, "the notebook divides the rates as printed")


def _confusion(record: Record, group: str) -> Confusion:
    return of_all_rows(record) if group == "all" else of_group(record, "race", group)


def derived(counts: Confusion) -> dict[str, float]:
    """Return counts, and the rates the notebook prints: two in per cent, the rest as shares."""
    sensitivity, specificity = counts.true_positive_rate, 1 - counts.false_positive_rate
    return {
        **asdict(counts),
        "n": counts.n,
        "FPR": 100 * (1 - specificity),
        "FNR": 100 * (1 - sensitivity),
        "specificity": specificity,
        "sensitivity": sensitivity,
        "prevalence": (counts.tp + counts.fn) / counts.n,
        "PPV": counts.tp / (counts.tp + counts.fp),
        "NPV": counts.tn / (counts.tn + counts.fn),
        "LRplus": sensitivity / (1 - specificity),
        "LRminus": (1 - sensitivity) / specificity,
    }
