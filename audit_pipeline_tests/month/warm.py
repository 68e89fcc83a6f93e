"""What every worker of a month needs, imported once in the process that they are forked from.

Nothing here starts a thread: a fork would not have it.
"""

import atexit
import gc
import importlib
import os
from contextlib import suppress

from jinja2 import TemplateError

from audit_pipeline.audits.home import keep_quiet
from audit_pipeline.report import filling
from audit_pipeline.stages.work import SELDOM

NEEDED = (
    "ibis.backends.duckdb",
    "ibis.formats.pandas",
    "pyarrow.dataset",
    "scipy.stats",
    *("lineage.destinations.http", "lineage.facets.datasets", "lineage.facets.ours"),
    *("stages.alerting.delivering", "stages.deadlines.health", "stages.lineage.shipping"),
    *("stages.baseline", "stages.explain", "stages.ingest", "stages.report", "stages.validate"),
)
OURS = ("lineage.", "stages.")

keep_quiet()
for _name in NEEDED:
    importlib.import_module(f"audit_pipeline.{_name}" if _name.startswith(OURS) else _name)
for _name in filling._ENVIRONMENT.list_templates(["html", "css"]):
    with suppress(TemplateError):  # a part of a page may not stand alone
        filling._ENVIRONMENT.get_template(_name)  # compiled once, for all that are forked
atexit.register(os._exit, 0)  # else DuckDB's library reports what `freeze` keeps as leaks
gc.collect()
gc.freeze()
gc.set_threshold(SELDOM)
