import json
import re
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from audit_pipeline.evidence.manifest import compare
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.schema import claims
from audit_pipeline_tests.stages.revised import revised
from audit_pipeline_tests.stages.small import (
    FEBRUARY,
    JANUARY,
    NAME,
    audit,
    changed,
    people,
    settings,
    write_home,
)


def read(html: str) -> str:
    """Return what a person reads of a page."""
    text = re.sub(r"<[^>]*>", " ", html.partition("<main>")[2]).replace("\u00a0", " ")
    return re.sub(r"\s+", " ", text)


def links(page: Path) -> list[Path]:
    """Return the files a page links to, as they stand from it."""
    found = re.findall(r'href="([^"#]+)(?:#[^"]*)?"', page.read_text())
    return [(page.parent / link).resolve() for link in found if not link.startswith("data:")]


def test_late_labels_make_a_revision_whose_report_shows_what_changed() -> None:
    _, (_, first, second) = revised()
    assert (first.verdict, second.verdict) == ("fail", "pass")
    assert (first.revision, second.revision) == (1, 2)
    told = read(second.report)
    assert "What changed since revision 1" in told
    assert "labels came late" in told
    assert "Rows with a known outcome 1,000 (66.7 %) 1,500 (100 %) changed" in told
    assert "better Labelled rows all rows Warn 66.7 %" in told
    assert "audit-pipeline diff loans 2024-02@1 2024-02@2 --all" in told
    assert told.index("What changed since") < told.index("What the audit read.")


def test_the_first_revision_says_what_changed_since_the_window_before() -> None:
    _, (january, first, _) = revised()
    assert "What changed since revision" not in first.report
    assert "Since the previous window, 2024-01 The verdict was Pass ." in read(first.report)
    assert "Since the previous window" not in january.report


def test_every_link_leads_to_a_file_in_a_copied_folder_too(
    tmp_path: Path,
) -> None:
    home, _ = revised()
    copy = tmp_path / "copied"
    shutil.copytree(home.evidence / NAME, copy)
    pages = [copy / "index.html", *copy.rglob("report.html")]
    assert len(pages) == 4
    for page in pages:
        found = links(page)
        assert found
        assert all(link.is_file() and link.is_relative_to(copy) for link in found)
    second = copy / FEBRUARY / "revision-2" / "report.html"
    assert copy / JANUARY / "revision-1" / "report.html" in links(second)
    assert copy / FEBRUARY / "revision-1" / "report.html" in links(second)


def test_the_index_stands_beside_the_sealed_folders_and_in_no_manifest() -> None:
    home, audits = revised()
    page = (home.evidence / NAME / "index.html").read_text()
    assert page.index(f'id="{FEBRUARY}"') < page.index(f'id="{JANUARY}"')
    assert "earlier, revision 1" in page
    assert [compare(audited.folder) for audited in audits] == [[], [], []]
    assert not [p for p in (home.evidence / NAME).iterdir() if p.suffix == ".part"]


def test_hours_whose_keys_have_an_offset_are_linked_too(tmp_path: Path) -> None:
    day = "2024-01-05"
    hourly = {"every": "hour", "start": "2024-01-01"}
    rows = changed(people(60), day=[datetime.fromisoformat(f"{day}T07:30")] * 60)
    home = write_home(tmp_path, settings(window=hourly), current=rows)
    audited = audit(home, f"{day}T07+0000")
    index = home.evidence / NAME / "index.html"
    assert f'href="{day}T07%2B0000/revision-1/report.html"' in index.read_text()
    assert "its report is not here" not in index.read_text()
    assert f'id="{day}T07+0000"' in index.read_text()
    assert f'href="../../index.html#{day}T07+0000"' in audited.report


def test_windows_between_two_audits_are_listed_as_not_audited(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    audit(home, JANUARY)
    audit(home, "2024-05")
    assert "3 windows not audited" in (home.evidence / NAME / "index.html").read_text()


def test_an_index_that_cannot_be_written_costs_no_audit(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    home = write_home(tmp_path)
    blocked = home.evidence / NAME / "index.html"
    blocked.mkdir(parents=True)
    audited = audit(home)
    assert (audited.verdict, audited.red) == ("pass", None)
    assert "the list of windows was not written" in caplog.text
    blocked.rmdir()
    audit(home)  # already audited; the list is written all the same
    assert blocked.is_file()


def test_an_earlier_record_that_cannot_be_read_costs_no_report(tmp_path: Path) -> None:
    home = write_home(tmp_path)
    audit(home)
    store = open_store(home.store_url)
    with store.engine.begin() as connection:
        connection.execute(update(claims).values(record=json.dumps({"audit": "Jane Doe"})))
    again = audit(home, again=True)
    assert (again.verdict, again.red) == ("pass", None)
    assert "Revision 1 of window 2024-01 could not be compared" in again.report
    assert "Jane Doe" not in again.report


def test_a_number_that_is_one_rows_is_in_no_comparison(tmp_path: Path) -> None:
    rule = {
        "expect": "expect_column_max_to_be_between",
        "kwargs": {"column": "income", "max_value": 10_000_000},
        "name": "plausible_income",
    }
    income = people()["income"].to_numpy().copy()
    income[3] = 31415.0
    home = write_home(tmp_path, settings(rules=[rule]), current=changed(people(), income=income))
    first = audit(home)
    assert first.outcome("plausible_income", "income")["measurement"]["value"] == 31415.0
    again = audit(home, again=True)
    assert "the very same rows" in again.report
    assert not [secret for secret in ("31415", "31,415") if secret in again.report]
