"""Groups with hand-worked rates, and seeded ones for the comparison with fairlearn."""

from typing import Any

import numpy as np

from audit_pipeline.metrics.scopes import Groups
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline_tests.metrics.profiles import joint, pairs


def by_rates(true_positives: int, false_positives: int, *, unlabelled: int = 0) -> JointCounts:
    """Return 100 rows labelled positive and 100 negative, with so many predicted positive."""
    return joint(
        {
            ("1", "1"): true_positives,
            ("1", "0"): 100 - true_positives,
            ("0", "1"): false_positives,
            ("0", "0"): 100 - false_positives,
            (None, "1"): unlabelled,
        }
    )


HAND: Groups = {"a": by_rates(80, 40), "b": by_rates(60, 10), "c": by_rates(70, 20)}


def drawn(seed: int) -> tuple[Groups, dict[str, Any]]:
    """Return seeded groups as counts, and as the arrays fairlearn takes."""
    random = np.random.default_rng(seed)
    group = random.choice(["a", "b", "c", "missing"], size=2000, p=[0.5, 0.3, 0.15, 0.05])
    labels = random.integers(0, 2, size=2000)
    predictions = (random.uniform(size=2000) < 0.3 + 0.3 * labels + 0.1 * (group == "b")).astype(
        int
    )
    groups = {
        name: pairs(labels[group == name], predictions[group == name]) for name in np.unique(group)
    }
    arrays = {"y_true": labels, "y_pred": predictions, "sensitive_features": group}
    return {str(name): counts for name, counts in groups.items()}, arrays
