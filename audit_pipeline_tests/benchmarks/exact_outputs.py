"""What a child does that checks counted outputs: every row in memory, scikit-learn and pandas.

`python -m audit_pipeline_tests.benchmarks.exact_outputs FOLDER` prints what is true.
"""

import sys
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pandas as pd
from sklearn.metrics import roc_auc_score

from audit_pipeline.domain.intersection import BY
from audit_pipeline_tests.benchmarks.children import tell
from audit_pipeline_tests.benchmarks.windows import GROUPS, LABEL, NUMERIC, PREDICTED, SCORE


def main() -> None:
    """Print what is true of the current window in the folder named on the command line."""
    path = Path(sys.argv[1]) / "current.parquet"
    rows = pd.read_parquet(path, columns=[LABEL, PREDICTED, SCORE, *GROUPS])
    pairwise = pd.read_parquet(path, columns=list(NUMERIC)).corr()
    tell(
        {
            "roc_auc": float(roc_auc_score(rows[LABEL], rows[SCORE])),
            "cells": dict(_cells(rows)),
            "correlations": {
                f"{a} {b}": float(pairwise.loc[a, b]) for a, b in combinations(NUMERIC, 2)
            },
        }
    )


def _cells(rows: pd.DataFrame) -> Iterator[tuple[str, int]]:
    crossed = BY.join(GROUPS)
    rows = rows.assign(**{"all rows": "", crossed: rows[GROUPS[0]] + BY + rows[GROUPS[1]]})
    for name in ("all rows", *GROUPS, crossed):
        for (group, label, predicted), count in (
            rows.groupby([name, LABEL, PREDICTED]).size().items()
        ):
            yield f"{name} {group}".strip() + f": {label} predicted {predicted}", int(count)


if __name__ == "__main__":
    main()
