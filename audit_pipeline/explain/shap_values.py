"""SHAP values of a sample, through shap's TreeExplainer: the one door to shap.

Source: Lundberg et al., "From local explanations to global understanding with explainable AI for
trees", Nature Machine Intelligence 2 (2020), with `feature_perturbation="tree_path_dependent"`:
the background is what the trees counted in training, so no rows are needed for it. Limitation:
where features depend on one another, their shares can be divided among them in other ways.
"""

from dataclasses import dataclass

import numpy as np

from audit_pipeline.models.base import FloatArray, Model, ModelError

METHOD = "TreeSHAP, tree_path_dependent"


@dataclass(frozen=True, slots=True, eq=False)
class Attributions:
    """SHAP values of shape (rows, features), in the unit of the model's margin.

    The base value and a row's SHAP values add up to the row's margin, up to rounding.
    """

    values: FloatArray
    base_value: float
    engine: str

    def residual(self, margin: FloatArray) -> FloatArray:
        """Return how far each row is from adding up to its margin: shape (rows,)."""
        distance: FloatArray = np.abs(self.base_value + self.values.sum(axis=1) - margin)
        return distance


def shap_values(model: Model, features: FloatArray) -> Attributions:
    """Return the SHAP values of every row of `features`, which has at least one.

    Raises:
        ModelError: TreeExplainer does not support this model.
    """
    import shap  # noqa: PLC0415 (seconds, paid by the child that explains)

    try:
        explainer = shap.TreeExplainer(model.raw, feature_perturbation="tree_path_dependent")
        # shap would refuse on its own tolerance; the residual is reported instead
        values = explainer.shap_values(model.matrix(features), check_additivity=False)
    except Exception as error:
        raise ModelError(
            f"shap's TreeExplainer cannot explain this model ({type(error).__name__} in shap"
            f" {shap.__version__}); explanations are available for ensembles of trees."
        ) from error
    values = np.asarray(values, dtype=np.float64)
    base = np.asarray(explainer.expected_value, dtype=np.float64).reshape(-1)
    if values.shape != features.shape or len(base) != 1:
        raise ModelError(
            f"shap returned values of shape {values.shape} for features of shape"
            f" {features.shape}: the model has more than one output."
        )
    if not np.isfinite(values).all():
        raise ModelError("shap returned values that are not finite numbers for this model.")
    return Attributions(values, float(base[0]), f"shap {shap.__version__}")
