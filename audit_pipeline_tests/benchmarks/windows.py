"""Two windows of made data to measure on: written in batches, the same rows at every call."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NUMERIC = tuple(f"n{i:02d}" for i in range(20))
CATEGORICAL = tuple(f"c{i:02d}" for i in range(10))
GROUPS = ("c00", "c01")
"""Those of two and three values stand for protected attributes."""
ID, TIME, LABEL, SCORE, PREDICTED = "id", "at", "label", "score", "predicted"

SIDES = {"baseline": "2024-01", "current": "2024-02"}
"""The two files, and the month that each one's rows are of."""
VALUES = (2, 3, 5, 10, 20, 50, 100, 200, 500, 1000)
"""How many values each categorical column has."""
SHIFT = 0.1
"""How far the first columns of the current window have moved, in standard deviations."""
BATCH, ROW_GROUP = 500_000, 122_880
MADE = 1
"""Goes up when other rows are made, so that files kept from before are not taken for these."""

Generator = np.random.Generator


def make_windows(folder: Path, rows: int) -> None:
    """Write `baseline.parquet` and `current.parquet`, of `rows` rows each, into `folder`.

    Files that an earlier call left there are kept if they hold the same rows. No more than a batch
    is in memory at once.
    """
    told, said = folder / "made.json", json.dumps({"rows": rows, "made": MADE})
    if told.exists() and told.read_text(encoding="utf-8") == said:
        return
    folder.mkdir(parents=True, exist_ok=True)
    told.unlink(missing_ok=True)
    for side in SIDES:
        writer = None
        for batch in batches(side, rows):
            path = folder / f"{side}.parquet"
            writer = writer or pq.ParquetWriter(path, batch.schema, compression="zstd")
            writer.write_table(batch, row_group_size=ROW_GROUP)
        if writer is not None:
            writer.close()
    told.write_text(said, encoding="utf-8")


def batches(side: str, rows: int) -> Iterator[pa.Table]:
    """Yield the rows of one side, in order of time."""
    begin = np.datetime64(SIDES[side], "us")
    month = (np.datetime64(SIDES[side]) + 1).astype("datetime64[us]") - begin
    for first in range(0, rows, BATCH):
        draw = np.random.default_rng([MADE, list(SIDES).index(side), first])
        numbers = np.arange(first, min(first + BATCH, rows))
        yield pa.table(
            {
                ID: numbers + list(SIDES).index(side) * 10**9,
                **{name: _number(draw, i, len(numbers), side) for i, name in enumerate(NUMERIC)},
                **{name: _code(draw, i, len(numbers), side) for i, name in enumerate(CATEGORICAL)},
                **_outputs(draw, len(numbers)),
                TIME: begin + (month * (numbers / rows)).astype("timedelta64[us]"),
            }
        )


def _number(draw: Generator, place: int, rows: int, side: str) -> pa.Array:
    """Return a column: bell-shaped, two skewed ones and one of many zeros by turns; some null."""
    moved = SHIFT if side == "current" and place < len(NUMERIC) / 4 else 0.0
    values = (
        lambda: draw.normal(moved, 1, rows),
        lambda: draw.lognormal(moved, 1 + place / 20, rows),
        lambda: draw.gamma(2, 100 * (1 + moved), rows),
        lambda: np.where(draw.random(rows) < 0.3 + moved, 0, draw.exponential(50, rows)),
    )[place % 4]()
    return pa.array(values, mask=draw.random(rows) < 0.02 * (place % 3))


def _code(draw: Generator, place: int, rows: int, side: str) -> pa.Array:
    """Return a column of text whose first values are the frequent ones; one value comes up new."""
    values = VALUES[place]
    known = values - 1 if side == "baseline" and values > VALUES[0] else values
    codes = np.minimum(draw.exponential(values / 5, rows).astype(np.int32), known - 1)
    names = [f"v{number:04d}" for number in range(values)]
    return pa.DictionaryArray.from_arrays(codes, names).cast(pa.string())


def _outputs(draw: Generator, rows: int) -> dict[str, np.ndarray]:
    """Return what a well calibrated model said, and what came of it."""
    score = 1 / (1 + np.exp(-draw.normal(-1, 2, rows)))
    return {
        SCORE: score,
        PREDICTED: (score >= 0.5).astype(np.int64),
        LABEL: (draw.random(rows) < score).astype(np.int64),
    }


if __name__ == "__main__":
    import sys

    make_windows(Path(sys.argv[1]), int(sys.argv[2]))
