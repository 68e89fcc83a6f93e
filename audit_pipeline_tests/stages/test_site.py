import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import event

from audit_pipeline.audits.home import Home
from audit_pipeline.clock import now
from audit_pipeline.domain.finding import Severity
from audit_pipeline.site.content import Audited, Due, Limits
from audit_pipeline.stages.findings.looking import Wanted, acknowledge, findings_wanted, waive
from audit_pipeline.stages.revision import open_store
from audit_pipeline.stages.site import gather, site_mark, write_site
from audit_pipeline.stages.site_rows import Known, Reports, row_of
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.recent import Recent, Worst
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.store.sealed import AT, seal

DAILY = {"every": "day", "start": "2026-01-01", "timezone": "Europe/Berlin"}


def links(page: Path) -> list[str]:
    return [each.partition("#")[0] for each in re.findall(r'href="([^"#][^"]*)"', page.read_text())]


def dead(page: Path) -> list[str]:
    """Return the links of a page that lead nowhere."""
    found = [link for link in links(page) if not link.startswith("data:")]
    assert found
    return [link for link in found if not (page.parent / link).resolve().is_file()]


@pytest.fixture(scope="module")
def audited_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = small.write_home(tmp_path_factory.mktemp("home"))
    small.audit(home)
    (home.audits / "wrong.yaml").write_text("format: 1\nrisk: enormous\n")
    return home


def test_the_site_of_an_audited_home_stands_beside_its_evidence(audited_home: Home) -> None:
    written = write_site(audited_home, now())
    board = written.board.read_text()

    assert written.board == audited_home.evidence / "index.html"
    assert (written.pages, written.changed) == (3, 3)
    assert "loans/2024-01/revision-1/report.html" in board
    assert "wrong.yaml:2" in board
    pages = [audited_home.evidence / name for name in ("index.html", "findings.html")]
    assert [dead(page) for page in (*pages, audited_home.evidence / "loans" / "trends.html")] == [
        *([], [], [])
    ]


def test_a_page_that_is_the_same_is_left_alone_and_a_handed_on_folder_works(
    audited_home: Home, tmp_path: Path
) -> None:
    at = now()
    write_site(audited_home, at)
    assert write_site(audited_home, at).changed == 0
    assert write_site(audited_home, at + timedelta(minutes=1)).changed == 2  # trends stay

    copied = shutil.copytree(audited_home.evidence, tmp_path / "handed on")
    assert dead(copied / "index.html") == []
    assert dead(copied / "loans" / "trends.html") == []


def test_from_another_folder_links_lead_back_to_the_evidence(
    audited_home: Home, tmp_path: Path
) -> None:
    written = write_site(audited_home, now(), tmp_path / "pages")

    assert dead(written.board) == []
    assert dead(tmp_path / "pages" / "loans" / "trends.html") == []
    assert dead(tmp_path / "pages" / "findings.html") == []


def test_findings_overdue_and_waived_are_told(audited_home: Home) -> None:
    first, second, *_ = findings_wanted(audited_home, Wanted())
    before = site_mark(audited_home, now())
    acknowledge(audited_home, first.number, "ann@example.org", "looks after it")
    waive(audited_home, second.number, "bob@example.org", "known", now().date())
    later = now() + timedelta(days=365)
    here = gather(audited_home, now(), audited_home.evidence)

    assert site_mark(audited_home, now()) != before
    (waived,) = here.waived
    assert waived.waived_by == "bob@example.org"
    assert "known" in waived.waived_because
    assert not any(here.is_overdue(told) for told in here.findings)
    gone_by = gather(audited_home, later, audited_home.evidence)
    assert gone_by.waived == ()  # the waiver has ended
    assert all(gone_by.is_overdue(told) for told in gone_by.standing)
    assert {told.finding.severity for told in gone_by.standing} <= set(Severity)


def test_the_trends_of_an_audit_that_is_gone_go_too_and_nothing_else_does(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, small.settings(window=DAILY))
    seal(open_store(home.store_url), "loans", "2026-01-03", "pass")
    write_site(home, AT)
    trends = home.evidence / "loans" / "trends.html"
    foreign = home.evidence / "notes" / "trends.html"
    foreign.parent.mkdir()
    foreign.write_text("my own page")
    assert "Missing values" in trends.read_text()

    file = home.audits / "loans.yaml"
    whole = file.read_text()
    file.write_text("format: 1\n")  # broken for a moment
    write_site(home, AT)
    assert trends.is_file()
    file.write_text(whole)
    file.rename(home.path / "loans.yaml")
    write_site(home, AT)
    assert not trends.exists()
    assert foreign.is_file()


def test_limits_of_the_audit_file_are_those_of_its_trends(tmp_path: Path) -> None:
    limits = {"missing_share": {"warn": 0.2, "fail": 0.4, "subjects": {"income": {"fail": 0.5}}}}
    home = small.write_home(tmp_path, small.settings(window=DAILY, limits=limits))
    seal(open_store(home.store_url), "loans", "2026-01-03", "pass")
    (audit,) = gather(home, AT, home.evidence).audits

    (missing,) = audit.series
    assert missing.subject == "income"  # of it most is missing
    assert missing.limits == Limits(warn=0.2, fail=0.5)


def test_an_empty_home_has_a_board_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "audits").mkdir()
    written = write_site(Home(tmp_path), now())

    assert written.pages == 2
    assert "There is no audit here yet" in written.board.read_text()


def questions(folder: Path, audits: int) -> int:
    """Return how many questions the store is asked for the site of so many audits."""
    (folder / "audits").mkdir(parents=True)
    said, home = yaml.safe_dump(small.settings(window=DAILY)), Home(folder)
    store = open_store(home.store_url)
    for number in range(audits):
        name = f"audit_{number}"
        (home.audits / f"{name}.yaml").write_text(
            said.replace(f"name: {small.NAME}", f"name: {name}")
        )
        for day in ("2026-01-03", "2026-01-04"):
            seal(store, name, day, "pass")
    asked: list[str] = []
    event.listen(store.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    shown = gather(home, AT, home.evidence)

    assert len(shown.audits) == audits
    assert all(each.series for each in shown.audits)
    return len(asked)


def test_more_audits_are_no_more_questions(tmp_path: Path) -> None:
    assert questions(tmp_path / "one", 1) == questions(tmp_path / "many", 20)


def row(
    tmp_path: Path, at: str, newest: str | None = "2026-01-04", used: int = 100, **changes: object
) -> Audited:
    """Return the row of a daily audit whose `newest` window was audited in the night after it."""
    home = small.write_home(tmp_path, small.settings(window=DAILY, **changes))
    recent = Recent(audit="loans", window=newest or "", revision=1, verdict="pass")
    windows, made = (
        ({"loans": [recent]}, {"loans": _utc("2026-01-05 01:10")}) if newest else ({}, {})
    )
    worst = Worst(key=recent.key, metric="row_count", value=float(used), used=used)
    known = Known(
        windows=windows,
        at=made,
        checks={},
        worst={(recent.key, "row_count"): worst},
        subjects={},
        late=frozenset(),
    )
    audit = load_audit_file(home, "loans").audit
    return row_of(audit, known, Reports(tmp_path, ""), _utc(at))


def _utc(at: str) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=UTC)


def test_the_next_window_is_due_after_its_deadline_in_the_audits_zone(tmp_path: Path) -> None:
    running = row(tmp_path, "2026-01-05 10:00")
    assert (running.next_window, running.due, running.missed) == ("2026-01-05", Due.WAITS, 0)
    assert running.next_end == _utc("2026-01-05 23:00")

    # noon in Berlin, twelve hours after the end of the window
    assert row(tmp_path, "2026-01-06 10:59").due is Due.WAITS
    late = row(tmp_path, "2026-01-06 11:00")
    assert (late.due, late.missed) == (Due.LATE, 1)
    assert row(tmp_path, "2026-01-08 11:00").missed == 3


def test_what_a_pause_held_up_is_late_when_the_dead_mans_switch_says_so(tmp_path: Path) -> None:
    home = small.write_home(tmp_path, small.settings(window=DAILY))
    audit = load_audit_file(home, "loans").audit
    recent = Recent(audit="loans", window="2026-01-04", revision=1, verdict="pass")
    known = Known(
        windows={"loans": [recent]},
        at={"loans": _utc("2026-01-05 02:00")},
        checks={},
        worst={},
        subjects={},
        late=frozenset(),
        went_on={"loans": _utc("2026-01-09 09:00")},
    )

    def due(of: Known, at: str) -> Due:
        return row_of(audit, of, Reports(tmp_path, ""), _utc(at)).due

    assert due(replace(known, went_on={}), "2026-01-09 10:00") is Due.LATE
    assert due(known, "2026-01-09 10:00") is Due.WAITS
    assert due(replace(known, late=frozenset({"loans"})), "2026-01-09 22:00") is Due.LATE


def test_paused_by_hand_ended_and_never_audited(tmp_path: Path) -> None:
    at = "2026-01-08 11:00"
    assert row(tmp_path, at, schedule={"paused": "it moves"}).due is Due.PAUSED
    assert row(tmp_path, at, schedule={"enabled": False}).due is Due.BY_HAND
    new = row(tmp_path, at, newest=None)
    assert (new.newest, new.next_window, new.due) == (None, "2026-01-07", Due.WAITS)
    cut_anew = row(tmp_path, at, newest="2026-01")
    assert cut_anew.next_window == "2026-01-07"


def test_an_audit_that_has_ended_waits_for_nothing(tmp_path: Path) -> None:
    ended = {**DAILY, "end": "2026-01-05"}
    home = small.write_home(tmp_path, small.settings(window=ended))
    recent = Recent(audit="loans", window="2026-01-04", revision=1, verdict="pass")
    known = Known(
        windows={"loans": [recent]},
        at={"loans": now()},
        checks={},
        worst={},
        subjects={},
        late=frozenset({"loans"}),
    )
    audit = load_audit_file(home, "loans").audit

    shown = row_of(audit, known, Reports(tmp_path, ""), _utc("2026-03-01 00:00"))
    assert (shown.due, shown.next_window) == (Due.OVER, None)


def test_a_number_of_few_rows_is_not_told(tmp_path: Path) -> None:
    (few,) = row(tmp_path, "2026-01-05 10:00", used=9).series
    assert (few.values, few.few) == ((None,), True)
    (enough,) = row(tmp_path, "2026-01-05 10:00", used=10).series
    assert (enough.values, enough.few) == ((10.0,), False)
