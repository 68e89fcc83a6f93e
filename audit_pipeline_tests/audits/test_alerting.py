"""What `alerts.yml` may say, and what is said where it is wrong."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.audits.alerting_reader import AlertingError, read_alerting
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.quiet_hours import QuietHours
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Severity
from audit_pipeline_tests.alerts.made import finding

HIGH, CRITICAL = Severity.HIGH, Severity.CRITICAL


def read(folder: Path, text: str) -> Alerting:
    (folder / "alerts.yml").write_text(text)
    found = read_alerting(Home(folder))
    assert found is not None
    return found


def wrong(folder: Path, text: str) -> str:
    with pytest.raises(AlertingError) as raised:
        read(folder, text)
    return str(raised.value)


def test_no_file_is_no_alerts(tmp_path: Path) -> None:
    assert read_alerting(Home(tmp_path)) is None


def test_every_mistake_is_named_with_its_line(tmp_path: Path) -> None:
    said = wrong(
        tmp_path,
        "routes:\n"
        "  - name: duty\n"
        "    to_evn: [ALERTS]\n"
        "    severity: hihg\n"
        "quiet_hours: {from: 22:00, to: '06:00', timezone: Europe/Brelin}\n"
        "remind_after: 3\n",
    )
    assert "alerts.yml:3: routes.0.to_evn: unknown key 'to_evn' (did you mean 'to_env'?)" in said
    assert "alerts.yml:2: routes.0.to_env: the key 'to_env' is missing" in said
    assert "alerts.yml:4: routes.0.severity: found 'hihg'; write 'critical'" in said
    assert 'alerts.yml:5: quiet_hours.from: is no time of day; write it in quotes: "22:00"' in said
    assert "'Europe/Brelin' is no IANA time zone" in said
    assert (
        "alerts.yml:6: remind_after: unknown key 'remind_after' (did you mean 'remind_after_days'?)"
        in said
    )


def test_an_address_in_the_file_is_refused_and_never_repeated(tmp_path: Path) -> None:
    for said in ("[slack://geheim/token]", "mailto://u:geheim@h", "[geheim-token]", "[[geheim]]"):
        told = wrong(tmp_path, f"routes:\n  - {{name: duty, to_env: {said}}}\n")
        assert "alerts.yml:2: routes.0.to_env" in told
        assert "geheim" not in told


@pytest.mark.parametrize("text", ["", "3", "- 3", "routes: []", "routes: {}", "{", "a: [}"])
def test_nonsense_is_refused(tmp_path: Path, text: str) -> None:
    assert wrong(tmp_path, text).startswith("alerts.yml:")


ROUTE = "routes: [{name: duty, to_env: [ONE]}]\n"
ADDRESS = "mailto://u:geheim@example.org"


@pytest.mark.parametrize(
    "text",
    [
        f"{ROUTE}escalate: '{ADDRESS}'\n",
        f"{ROUTE}report_url: 'https://u:geheim@example.org'\n",
        f"{ROUTE}ui_url: 'https://u:geheim@example.org'\n",
        f"{ROUTE}'{ADDRESS}': 3\n",
        f"routes: {{mail: '{ADDRESS}'}}\n",
        f"routes: ['{ADDRESS}']\n",
        f"routes: [{{name: '{ADDRESS}', to_env: [ONE]}}]\n",
    ],
)
def test_an_address_in_any_wrong_place_is_not_repeated(tmp_path: Path, text: str) -> None:
    assert "geheim" not in wrong(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROUTE + "quiet_hours: {from: '22:00+02:00', to: '06:00'}\n", "has an offset"),
        (ROUTE + "remind_after_days: 99999999999\n", "less than or equal to 3650"),
        ("routes: [{name: duty, to_env: [ONE], stages: []}]\n", "routes.0.stages"),
        ("routes: " + "[" * 5000, "is nested too deeply"),
        ("#" * 1_000_000, "holds 1,000,000 bytes, at most 200,000 are read"),
        ("1: 2\n" + ROUTE, "unknown key '1'"),
        (ROUTE + "report_url: ftp://example.org\n", "is no address of the web"),
        (ROUTE + "ui_url: dagster.example.org:3000\n", "is no address of the web"),
    ],
)
def test_what_would_break_later_is_refused_at_once(tmp_path: Path, text: str, said: str) -> None:
    assert said in wrong(tmp_path, text)


def test_a_file_of_another_name_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / "alerts.yaml").write_text(ROUTE)
    with pytest.raises(AlertingError, match=r"there is alerts\.yaml in the home"):
        read_alerting(Home(tmp_path))


def test_two_routes_of_one_name_are_refused(tmp_path: Path) -> None:
    route = "  - {name: duty, to_env: [A]}\n"
    assert "two routes are named 'duty'" in wrong(tmp_path, f"routes:\n{route}{route}")


def taken(folder: Path, said: str, **changes: object) -> bool:
    route = read(folder, f"routes:\n  - {{name: duty, to_env: [A], {said}}}\n").routes[0]
    return route.takes(replace(finding(), **changes))  # type: ignore[arg-type]  # of any field


def test_a_route_takes_what_matches_all_it_says(tmp_path: Path) -> None:
    fair = Check(asset="fairness", name="x", subject="y")
    own = Check(asset="alerts", name="x", subject="y")
    assert taken(tmp_path, "severity: high")
    assert not taken(tmp_path, "severity: critical")
    assert taken(tmp_path, "audits: [cards, 'lo*']")
    assert not taken(tmp_path, "audits: [cards]")
    assert taken(tmp_path, "owners: ['*@EXAMPLE.org']")
    assert not taken(tmp_path, "owners: ['*@example.com']")
    assert taken(tmp_path, "stages: [drift]", check=fair)
    assert not taken(tmp_path, "stages: [validate]", check=fair)
    assert taken(tmp_path, "stages: [report]", check=own)
    assert taken(tmp_path, "assets: [fair*]", check=fair)
    assert not taken(tmp_path, "severity: high, assets: [drift]", check=fair)


def quiet(begin: str, to: str, zone: str = "Europe/Berlin") -> QuietHours:
    return QuietHours.model_validate({"from": begin, "to": to, "timezone": zone})


def held(hours: QuietHours, begin: datetime) -> int:
    """Return for how many minutes of a day quiet hours hold."""
    minutes = (begin + timedelta(minutes=minute) for minute in range(24 * 60))
    return sum(hours.holds(at, HIGH) for at in minutes)


def test_quiet_hours_cross_midnight_and_nights_in_which_the_clock_is_set() -> None:
    night = quiet("22:00", "06:00")
    noon = datetime(2026, 3, 10, 11, tzinfo=UTC)
    assert held(night, noon) == 8 * 60
    assert held(night, datetime(2026, 3, 28, 11, tzinfo=UTC)) == 7 * 60  # set forward at 2:00
    assert held(night, datetime(2026, 10, 24, 10, tzinfo=UTC)) == 9 * 60  # and back at 3:00
    assert held(quiet("12:00", "13:30"), noon - timedelta(hours=11)) == 90
    assert not any(night.holds(noon + timedelta(hours=h), CRITICAL) for h in range(24))


def test_an_hour_that_is_skipped_ends_with_the_next_that_is_not() -> None:
    night = quiet("22:00", "02:30")
    assert night.holds(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), HIGH)  # 01:59
    assert not night.holds(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), HIGH)  # 03:00


def test_an_alert_waits_only_while_all_routes_to_its_address_are_quiet(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        "routes:\n"
        "  - {name: one, to_env: [A, B]}\n"
        "  - {name: two, to_env: [B], quiet_hours: {from: '01:00', to: '02:00', but: null}}\n"
        "quiet_hours: {from: '22:00', to: '06:00'}\n",
    )
    late = datetime(2026, 3, 10, 23, tzinfo=UTC)
    assert settings.waits("A", HIGH, late)
    assert not settings.waits("B", HIGH, late)
    assert not settings.waits("A", CRITICAL, late)
    assert settings.waits("B", HIGH, late + timedelta(hours=2.5))
    assert not settings.waits("B", CRITICAL, late + timedelta(hours=2.5))
