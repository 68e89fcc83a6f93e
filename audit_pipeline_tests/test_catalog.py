"""Every extension is found, named after its module, and tested at the mirrored path."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from audit_pipeline.catalog import CatalogError, discover
from audit_pipeline.metrics import drift
from audit_pipeline.metrics.base import Metric
from audit_pipeline.metrics.catalog import METRICS

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "audit_pipeline"
TABLES = ("definitions", "oracles")
"""Tests of several extensions in one table of cases."""


@pytest.mark.parametrize(("room", "found"), [("metrics", METRICS)])
def test_every_extension_has_a_test_at_the_mirrored_path(
    room: str, found: Mapping[str, object]
) -> None:
    assert found
    for name in found:
        (module,) = (PACKAGE / room).rglob(f"{name}.py")
        test = TESTS / module.relative_to(PACKAGE).with_name(f"test_{name}.py")
        table = test.with_name(f"test_{TABLES[0]}.py")  # of a family of one shape
        told = test.is_file() or (table.is_file() and f"{name}" in table.read_text("utf-8"))
        assert told, f"write {test.relative_to(TESTS.parent)}"


@pytest.mark.parametrize(("room", "found"), [("metrics", METRICS)])
def test_no_test_is_left_of_an_extension_that_is_gone(
    room: str, found: Mapping[str, object]
) -> None:
    shared = {path.stem for path in (PACKAGE / room).rglob("*.py")} - set(found)
    for test in (TESTS / room).rglob("test_*.py"):
        name = test.stem.removeprefix("test_")
        assert name in found or name in shared or name in TABLES, test


def test_every_metric_says_which_asset_makes_it_and_has_a_title_of_its_own() -> None:
    family = {
        "drift": "drift",
        "performance": "performance",
        "fairness": "fairness",
        "system": "rule_results",
    }
    titles = [metric.title for metric in METRICS.values()]
    assert len(set(titles)) == len(titles)
    for name, metric in METRICS.items():
        (module,) = (PACKAGE / "metrics").rglob(f"{name}.py")
        assert metric.asset == family[module.parent.name]


def test_a_module_without_its_export_is_refused() -> None:
    with pytest.raises(CatalogError, match="must define NOTHING as a Metric"):
        discover(drift, "NOTHING", Metric)


def test_what_extensions_share_is_not_taken_for_one() -> None:
    assert not {"base", "catalog", "scopes"} & set(METRICS)
