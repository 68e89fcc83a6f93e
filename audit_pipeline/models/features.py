"""The feature columns of a Parquet file, as the matrix a model reads."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from audit_pipeline.models.base import FloatArray, Model, ModelError


def in_model_order(model: Model, declared: Sequence[str]) -> tuple[str, ...]:
    """Return the declared features in the order the model reads them.

    Names decide where the model has them; else the declared order is the model's order.

    Raises:
        ModelError: A name is declared twice, or the model reads other features.
    """
    repeated = sorted(name for name, count in Counter(declared).items() if count > 1)
    if repeated:
        raise ModelError(f"Features are declared more than once: {', '.join(repeated)}.")
    if model.feature_names is None:
        if len(declared) != model.feature_count:
            raise ModelError(
                f"The model reads {model.feature_count} features and stores no names;"
                f" the audit file declares {len(declared)}."
            )
        return tuple(declared)
    undeclared = sorted(set(model.feature_names) - set(declared))
    unknown = sorted(set(declared) - set(model.feature_names))
    if undeclared or unknown:
        raise ModelError(
            "The model's features are not the declared ones."
            f" Not declared: {', '.join(undeclared) or 'none'}."
            f" Not read by the model: {', '.join(unknown) or 'none'}."
            " Correct `features` in the audit file."
        )
    return model.feature_names


def read_features(
    rows: Path, features: Sequence[str], batch_rows: int
) -> Iterator[tuple[FloatArray, dict[str, int]]]:
    """Yield matrices of shape (at most `batch_rows`, features), in the file's row order.

    Integers, decimals and booleans become doubles, nulls become NaN. With each matrix comes how
    many values of each feature are missing, for the features that have any.

    Raises:
        ModelError: The file cannot be read, or a column is missing or not numeric.
    """
    try:
        file = pq.ParquetFile(rows)
    except (OSError, pa.ArrowException) as error:
        raise ModelError(
            f"The rows in {rows} cannot be read as Parquet ({type(error).__name__})."
        ) from error
    with file:
        _check_columns(rows, file.schema_arrow, features)
        for batch in file.iter_batches(batch_size=batch_rows, columns=list(features)):
            yield _matrix(batch, features)


def _check_columns(rows: Path, schema: pa.Schema, features: Sequence[str]) -> None:
    absent = sorted(name for name in features if len(schema.get_all_field_indices(name)) != 1)
    if absent:
        raise ModelError(
            f"{rows.name} lacks the feature columns {', '.join(absent)} (or has them twice)."
        )
    kinds = {name: schema.field(name).type for name in features}
    wrong = [f"{name} is {kind}" for name, kind in kinds.items() if not _is_numeric(kind)]
    if wrong:
        raise ModelError(
            f"Features must be numbers or booleans, but in {rows.name} {'; '.join(wrong)}."
            " Encode them as the model was trained."
        )


def _is_numeric(kind: pa.DataType) -> bool:
    numeric = (
        pa.types.is_integer,
        pa.types.is_floating,
        pa.types.is_decimal,
        pa.types.is_boolean,
        # a column of nulls alone: every value is missing, and counted so
        pa.types.is_null,
    )
    return any(is_kind(kind) for is_kind in numeric)


def _matrix(batch: pa.RecordBatch, features: Sequence[str]) -> tuple[FloatArray, dict[str, int]]:
    matrix = np.empty((batch.num_rows, len(features)), dtype=np.float64)
    for position, name in enumerate(features):
        # unsafe only in that integers beyond 2^53 are rounded, as any model of doubles does
        column = batch.column(name).cast(pa.float64(), safe=False)
        matrix[:, position] = column.to_numpy(zero_copy_only=False)
    missing = np.isnan(matrix).sum(axis=0)
    return matrix, {f: int(n) for f, n in zip(features, missing, strict=True) if n}
