from pathlib import Path

import pytest

from audit_pipeline.catalog import discover
from audit_pipeline.report import sections
from audit_pipeline.report.base import Section
from audit_pipeline.report.catalog import SECTIONS
from audit_pipeline.report.page import render
from audit_pipeline_tests.report.hand_made import report

DROPPED_IN = '''
"""A section that somebody added by adding this file."""

from audit_pipeline.report.base import Section
from audit_pipeline.report.filling import fill

SECTION = Section(
    title="Carbon",
    order=55,
    write=lambda report: fill("<p>{{ n | count }} g for {{ who }}</p>", n=1200,
                              who=report.record.audit),
)
'''


def test_a_section_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "carbon_for_this_test.py").write_text(DROPPED_IN)
    monkeypatch.setattr(sections, "__path__", [*sections.__path__, str(tmp_path)])

    found = discover(sections, "SECTION", Section)
    page = render(report(), found)

    assert set(found) - set(SECTIONS) == {"carbon_for_this_test"}
    assert "1,200 g for employment_ma" in page
    assert page.index('id="carbon_for_this_test"') < page.index('id="gaps"')


def test_every_section_has_a_test_at_the_mirrored_path() -> None:
    here = Path(__file__).parent / "sections"

    assert {path.stem for path in here.glob("test_*.py")} == {f"test_{name}" for name in SECTIONS}


def test_no_two_sections_claim_one_place() -> None:
    orders = [section.order for section in SECTIONS.values()]

    assert len(set(orders)) == len(orders)


def test_the_summary_comes_first() -> None:
    assert min(SECTIONS, key=lambda name: SECTIONS[name].order) == "summary"
