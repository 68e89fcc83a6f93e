"""The page of all metrics: what each tells, from its own docstrings, and its limit by default."""

import inspect
import sys
from collections.abc import Iterator

from audit_pipeline.domain.limit import Against, Limit, Worse, number
from audit_pipeline.metrics.base import Metric
from audit_pipeline.metrics.catalog import METRICS

FAMILIES = {
    "rule_results": "Data (validate stage)",
    "drift": "Drift",
    "performance": "Performance",
    "fairness": "Fairness",
}


def metrics() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Metrics"
    yield ""
    yield "Made from the code of each metric. Limits are defaults; the audit file changes them."
    for asset, heading in FAMILIES.items():
        yield f"\n## {heading}"
        for name, metric in METRICS.items():
            if metric.asset == asset:
                yield from _metric(name, metric)


def _metric(name: str, metric: Metric) -> Iterator[str]:
    compute = getattr(metric.measure, "compute", None)
    module = sys.modules[compute.__module__] if compute else None
    yield f"\n### `{name}`\n"
    what = inspect.getdoc(module) if module and module.__name__.endswith(f".{name}") else None
    yield f"**{metric.title}.** {what or ''}".rstrip()
    yield ""
    yield inspect.cleandoc((compute.__doc__ if compute else "") or "").split("\n>>>")[0].strip()
    yield ""
    yield f"Default limit: {_limit(metric.limit)}."


def _limit(limit: Limit) -> str:
    if limit.warn is None and limit.fail is None:
        return "none; recorded only"
    word = "below" if (limit.worse, limit.against) == (Worse.LOWER, Against.VALUE) else "above"
    of = {
        Against.VALUE: "",
        Against.CHANGE: " of worsening against the baseline",
        Against.RELATIVE_CHANGE: " of worsening, as a share of the baseline's value",
    }[limit.against]
    bounds = (("warn", limit.warn), ("fail", limit.fail))
    return ", ".join(f"{v} {word} {number(b)}" for v, b in bounds if b is not None) + of
