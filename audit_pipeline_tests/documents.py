"""Reference pages made from code: `python -m audit_pipeline_tests.documents` writes them."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter

from audit_pipeline.audits.schema import audit_schema
from audit_pipeline.domain.limit import Against, Limit, Worse, number
from audit_pipeline.domain.record import AuditRecord
from audit_pipeline.metrics.base import Metric
from audit_pipeline.metrics.catalog import METRICS
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.atomic import canonical_json

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
FAMILIES = {
    "rule_results": "Data (validate stage)",
    "drift": "Drift",
    "performance": "Performance",
    "fairness": "Fairness",
}


def documents() -> dict[str, bytes]:
    """Return every page that is made from code, by file name."""
    return {
        "audit.schema.json": canonical_json(audit_schema(VOCABULARY)),
        "results.schema.json": canonical_json(TypeAdapter(AuditRecord).json_schema()),
        "metrics.md": "\n".join(_metrics()).encode() + b"\n",
    }


def _metrics() -> Iterator[str]:
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


if __name__ == "__main__":
    for file, content in documents().items():
        (REFERENCE / file).write_bytes(content)
