"""Train the example's model again: fixed seed, gradient boosting, XGBoost's own JSON format."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq

FOLDER = Path(__file__).parent
TRAINING = FOLDER / "training_2015.parquet"
MODEL = FOLDER / "model.json"
FEATURES = (
    *("AGEP", "SCHL", "MAR", "RELP", "DIS", "ESP", "CIT", "MIG"),
    *("MIL", "ANC", "NATIVITY", "DEAR", "DEYE", "DREM", "SEX", "RAC1P"),
)
SETTINGS = {
    "objective": "binary:logistic",
    "max_depth": 4,
    "eta": 0.1,
    "tree_method": "hist",
    "seed": 20150101,
    "nthread": 1,  # sums of floats in one order: the same trees on the same platform
}
ROUNDS = 100


def train(destination: Path) -> str:
    """Write the model to `destination` and return the file's SHA-256.

    Trees are equal to the last digit on one platform and XGBoost version; elsewhere the digest
    may differ while the scores agree to rounding.
    """
    import xgboost  # noqa: PLC0415 (only training needs it)

    table = pq.read_table(TRAINING)
    columns = table.select(FEATURES).to_pandas()
    data = xgboost.DMatrix(columns, label=table["employed"].to_numpy())
    xgboost.train(SETTINGS, data, num_boost_round=ROUNDS).save_model(destination)
    return hashlib.sha256(destination.read_bytes()).hexdigest()


def pinned_sha256() -> str:
    """Return the SHA-256 of the model that the example's audit pins."""
    return hashlib.sha256(MODEL.read_bytes()).hexdigest()


if __name__ == "__main__":
    print(train(MODEL))  # noqa: T201 (a script prints its result)
