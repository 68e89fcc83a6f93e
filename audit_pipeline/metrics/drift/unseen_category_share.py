"""How many rows carry a category the model was never approved on."""

import math

from audit_pipeline.domain.limit import Limit
from audit_pipeline.metrics.base import Metric, Reading
from audit_pipeline.metrics.drift.base import SMALLEST_NAMED, drift_reading, require_values
from audit_pipeline.metrics.scopes import CompareCategorical
from audit_pipeline.profiles.profile import CategoricalColumn

NAMED = 10
"""How many unseen categories are named, the largest first."""


def unseen_category_share(baseline: CategoricalColumn, current: CategoricalColumn) -> Reading:
    """Return the share of valued rows whose category the baseline never had, between 0 and 1.

    Detail counts the unseen categories and names the largest ten of at least ten rows. A fact about
    these very rows, so there is no interval: the model has been asked about what it never saw, in a
    window of any size. High risk: anything above zero, for encoders treat such rows arbitrarily.
    Limitation: where the baseline's long tail is folded, the window's folded rows may or may not
    have been seen; they count as seen, and their share is the error bound.

    Raises:
        UnmeasurableError: Baseline or window holds no value.
    """
    require_values(baseline, current)
    total = math.fsum(current.mass.values()) + current.folded_mass
    unseen = {name: current.counts[name] for name in current.counts if name not in baseline.counts}
    mass = math.fsum(current.mass[name] for name in unseen)
    # a baseline without a folded tail is known in full: whatever is folded now is new
    known = baseline.folded == 0
    largest = sorted(unseen.items(), key=lambda item: (-item[1], item[0]))
    named = [(name, rows) for name, rows in largest if rows >= SMALLEST_NAMED][:NAMED]
    return drift_reading(
        baseline,
        current,
        (mass + (current.folded_mass if known else 0.0)) / total,
        interval=None,
        error_bound=0.0 if known else current.folded_mass / total,
        detail={
            "unseen_categories": len(unseen),
            "largest": [{"category": name, "rows": rows} for name, rows in named],
            "rows_in_others": sum(unseen.values()) - sum(rows for _, rows in named),
            "folded_rows": current.folded,
        },
    )


METRIC = Metric(
    title="Categories the baseline never had",
    asset="drift",
    measure=CompareCategorical(unseen_category_share),
    limit=Limit(warn=0.0, fail=0.01),
    unit="share of rows",
)
