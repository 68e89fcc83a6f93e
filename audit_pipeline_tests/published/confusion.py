"""Confusion counts, as the sealed record of an audit has them."""

from dataclasses import dataclass

from audit_pipeline_tests.published.auditing import Record


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """Rows by label and prediction."""

    tn: float
    fp: float
    fn: float
    tp: float

    @property
    def n(self) -> float:
        """All rows."""
        return self.tn + self.fp + self.fn + self.tp

    @property
    def true_positive_rate(self) -> float:
        """Of the rows labelled positive, the share predicted so."""
        return self.tp / (self.tp + self.fn)

    @property
    def false_positive_rate(self) -> float:
        """Of the rows labelled negative, the share predicted positive."""
        return self.fp / (self.fp + self.tn)


def of_all_rows(record: Record) -> Confusion:
    """Return the counts of all rows: from recall, precision and the rows they were measured on."""
    (found,), (said,) = (record.detail(metric)["classes"] for metric in ("recall", "precision"))
    tp = round(found["rows"] * found["value"], 6)
    fn, fp = found["rows"] - tp, said["rows"] - tp
    used = record.outcome("accuracy")["measurement"]["coverage"]["used"]
    return Confusion(tn=used - tp - fn - fp, fp=fp, fn=fn, tp=tp)


def of_group(record: Record, attribute: str, group: str) -> Confusion:
    """Return the counts of one group, from the detail of two fairness metrics."""
    negatives, false_positives = _counts(record, "false_positive_rate_difference", attribute, group)
    positives, true_positives = _counts(record, "equal_opportunity_difference", attribute, group)
    return Confusion(
        tn=negatives - false_positives,
        fp=false_positives,
        fn=positives - true_positives,
        tp=true_positives,
    )


def _counts(record: Record, metric: str, attribute: str, group: str) -> tuple[float, float]:
    lines = record.detail(metric, attribute)["groups"]
    line = next(line for line in lines if line["group"] == group)
    return line["rows"], round(line["rows"] * line["rate"], 6)
