"""What a child does that asks Evidently: both files into memory, and its drift preset as it comes.

Evidently chooses its methods itself; it is told only which columns are numbers and which are codes,
the same ones that we are told.
"""

import sys
from pathlib import Path

from audit_pipeline_tests.benchmarks.children import tell
from audit_pipeline_tests.benchmarks.windows import (
    CATEGORICAL,
    LABEL,
    NUMERIC,
    PREDICTED,
    SCORE,
)

# ruff: noqa: PLC0415 (seconds, paid by the child alone)


def main() -> None:
    """Print the numbers that Evidently finds in the folder named on the command line."""
    import pandas as pd
    from evidently import DataDefinition, Dataset, Report, __version__
    from evidently.presets import DataDriftPreset

    numeric, categorical = [*NUMERIC, SCORE], [*CATEGORICAL, LABEL, PREDICTED]
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=categorical)
    baseline, current = (
        Dataset.from_pandas(
            pd.read_parquet(
                Path(sys.argv[1]) / f"{side}.parquet", columns=[*numeric, *categorical]
            ),
            data_definition=definition,
        )
        for side in ("baseline", "current")
    )
    found = Report([DataDriftPreset()]).run(current, baseline).dict()["metrics"]
    tell({"engine": f"evidently {__version__}", "numbers": len(found)})


if __name__ == "__main__":
    main()
