"""XGBoost's own JSON and UBJSON files: data only, so that reading one runs no code of its author.

Read are models of one output: `binary:logistic`, whose score is the probability of the positive
class, and the regressions `reg:*`, whose score is the predicted value. A model trained with early
stopping is scored with its best iteration, as XGBoost's scikit-learn classes and shap do;
`Booster.predict` alone would take all trees. A custom objective cannot be told from the file: it
is read as the objective that stands there.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from audit_pipeline.models.base import FloatArray, ModelError, ModelFormat
from audit_pipeline.models.ubjson import is_whole

if TYPE_CHECKING:
    import xgboost

LOG_LINK = frozenset({"reg:gamma", "reg:tweedie"})
LOGIT_LINK = frozenset({"binary:logistic", "reg:logistic"})


@dataclass(frozen=True, slots=True)
class XGBoostModel:
    """An XGBoost booster, with what an audit asks of a model."""

    raw: "xgboost.Booster"
    objective: str
    trees: tuple[int, int]
    engine: str

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The names stored in the file; None for a model trained on a bare matrix."""
        names = self.raw.feature_names
        return tuple(names) if names else None

    @property
    def feature_count(self) -> int:
        """How many features the booster reads."""
        return int(self.raw.num_features())

    @property
    def margin_unit(self) -> str:
        """Log-odds for logistic objectives, the target's unit or its logarithm for the others."""
        if self.objective in LOGIT_LINK:
            return "log-odds"
        return "log of the target's unit" if self.objective in LOG_LINK else "target's unit"

    def score(self, features: FloatArray) -> FloatArray:
        """Return the probability of the positive class, or the predicted value."""
        scores = self.raw.predict(self.matrix(features), iteration_range=self.trees)
        return np.asarray(scores, dtype=np.float64)

    def margin(self, features: FloatArray) -> FloatArray:
        """Return the sum of the trees and the base score."""
        matrix = self.matrix(features)
        margins = self.raw.predict(matrix, iteration_range=self.trees, output_margin=True)
        return np.asarray(margins, dtype=np.float64)

    def matrix(self, features: FloatArray) -> "xgboost.DMatrix":
        """Return `features` as a DMatrix with the booster's own names and types."""
        import xgboost  # noqa: PLC0415 (2 s, paid by the child that scores)

        return xgboost.DMatrix(
            features,
            feature_names=self.raw.feature_names,
            feature_types=self.raw.feature_types,
            enable_categorical=True,
        )


def load(content: bytes) -> XGBoostModel:
    """Return the model in the bytes of a `.json` or `.ubj` file.

    Raises:
        ModelError: The bytes are no such file, or its objective is not one that can be audited.
    """
    # an object in both encodings; other bytes, as a pickle's, may abort the parser's process
    if content[:1] != b"{":
        raise ModelError(
            "This is not an XGBoost JSON or UBJSON file: it does not begin with '{'. Save the"
            " model with save_model('model.ubj'); pickles and the old binary format are refused."
        )
    import xgboost  # noqa: PLC0415 (2 s, paid by the child that scores)

    booster = xgboost.Booster()
    damaged = ModelError(
        "XGBoost cannot read this file: it is damaged, cut short, or of a version newer than"
        f" XGBoost {xgboost.__version__}. Save the model again and pin the new digest."
    )
    if not _is_json(content) and not is_whole(content):
        raise damaged
    try:
        booster.load_model(bytearray(content))
        learner = json.loads(booster.save_config())["learner"]
    except (xgboost.core.XGBoostError, ValueError, KeyError) as error:
        raise damaged from error
    return XGBoostModel(
        raw=booster,
        objective=_auditable_objective(learner),
        trees=_trees(booster),
        engine=f"xgboost {xgboost.__version__}",
    )


def _is_json(content: bytes) -> bool:
    # XGBoost tells the encodings apart by the same byte: UBJSON has a length after the brace
    return content[1:64].lstrip()[:1] == b'"'


def _auditable_objective(learner: dict[str, dict[str, str]]) -> str:
    objective = learner["objective"]["name"]
    if objective != "binary:logistic" and not objective.startswith("reg:"):
        raise ModelError(
            f"The model's objective is {objective!r}; audited are 'binary:logistic' (the score is"
            " a probability) and the regressions 'reg:*'."
        )
    outputs = int(learner["learner_model_param"]["num_target"])
    if outputs != 1:
        raise ModelError(f"The model has {outputs} outputs; audited are models of one output.")
    return objective


def _trees(booster: "xgboost.Booster") -> tuple[int, int]:
    best = booster.attr("best_iteration")
    if best is None:
        return (0, booster.num_boosted_rounds())
    if not best.isdecimal() or int(best) >= booster.num_boosted_rounds():
        raise ModelError("The file's best iteration is not one of its iterations; save it again.")
    return (0, int(best) + 1)


MODEL_FORMAT = ModelFormat(
    description="XGBoost JSON or UBJSON, as written by save_model",
    load=load,
    accepts_missing=True,
    # XGBoost computes in single precision and refuses what does not fit
    largest=float(np.finfo(np.float32).max),
)
