"""How often the model is right."""

from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.metrics.base import Metric, Reading, UnmeasurableError
from audit_pipeline.metrics.performance.base import both_known, judged
from audit_pipeline.metrics.proportions.base import share_of
from audit_pipeline.metrics.scopes import WholeWindow
from audit_pipeline.profiles.profile import Profile


def accuracy(profile: Profile) -> Reading:
    """Return the share of labelled rows whose predicted class is the label, between 0 and 1.

    Source: same definition as `sklearn.metrics.accuracy_score`; Wilson interval. High risk: a fall
    against the baseline. Limitation: says little where one class is rare, for a model that never
    predicts it is right almost always: read precision and recall beside.

    Raises:
        UnmeasurableError: No row has both a label and a prediction.
    """
    known = judged(profile)
    share = share_of(
        known.outcomes, inside=lambda label, predicted: label == predicted, among=both_known
    )
    if share is None:
        raise UnmeasurableError("the rows with label and prediction have no weight")
    return Reading(
        value=share.share,
        rows=known.rows.rows,
        used=known.rows.used,
        left_out=known.rows.left_out,
        interval=share.interval,
    )


METRIC = Metric(
    title="Accuracy",
    asset="performance",
    measure=WholeWindow(accuracy, frozenset({"classification", "labels", "predictions"})),
    limit=Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
    unit="share of rows",
)
