"""Audits of machine-learning models: validate, measure drift, explain, report, prove.

From Python: `load_audit`, `run_audit`, `results`, `export_profile`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audit_pipeline.api import export_profile, load_audit, results, run_audit

__all__ = ["export_profile", "load_audit", "results", "run_audit"]
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    """Bring in the Python interface when it is first used: importing the package costs nothing."""
    if name in __all__:
        return getattr(import_module("audit_pipeline.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
