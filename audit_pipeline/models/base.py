"""What a model is to an audit: features in, one score for each row out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


class ModelError(Exception):
    """A model file cannot be used as the audit file asks; the message says what to do."""


class Model(Protocol):
    """A loaded model of one output: a binary classifier or a regression.

    Features are a matrix of shape (rows, features), in the model's own order, NaN where missing.
    """

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The names the model was trained with, in its order; None when it was given none."""
        ...

    @property
    def feature_count(self) -> int:
        """How many features the model reads."""
        ...

    @property
    def margin_unit(self) -> str:
        """The unit of `margin`, and so of the model's attributions."""
        ...

    @property
    def engine(self) -> str:
        """The library that scores, with its version."""
        ...

    @property
    def raw(self) -> object:
        """The library's own model, which is what shap reads."""
        ...

    def score(self, features: FloatArray) -> FloatArray:
        """Return the probability of the positive class, or the predicted value: shape (rows,)."""
        ...

    def margin(self, features: FloatArray) -> FloatArray:
        """Return the sum of the trees, before any link function is applied: shape (rows,)."""
        ...

    def matrix(self, features: FloatArray) -> object:
        """Return `features` in the shape `raw` itself reads, with names and types."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFormat:
    """A kind of model file.

    `load` is given the bytes whose digest was checked, never a path: nobody can put another file
    in its place in between. It may crash on a hostile file, so it is called in the child process.
    Where `accepts_missing` is false, rows with a missing feature are left unscored; so are rows
    with a value beyond `largest` in either direction.
    """

    description: str
    load: Callable[[bytes], Model]
    accepts_missing: bool
    largest: float
