"""Records behind an HTTP API: a real server on loopback."""

import json
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from audit_pipeline.domain.window import Window
from audit_pipeline.profiles.engine import IbisBackend
from audit_pipeline.sources.base import SourceError, Wanted
from audit_pipeline.sources.kinds.http_json import SOURCE, HttpJson
from audit_pipeline_tests.sources.conftest import Answer, Api, serving

NAME = "PEOPLE_TOKEN"
PEOPLE = [{"id": n, "name": f"n{n}"} for n in range(1, 6)]
BERLIN = ZoneInfo("Europe/Berlin")
JANUARY = Window(
    key="2024-01",
    start=datetime(2024, 1, 1, tzinfo=BERLIN),
    end=datetime(2024, 2, 1, tzinfo=BERLIN),
)


def ok(body: object, **headers: str) -> Answer:
    return 200, headers, json.dumps(body).encode()


def query(path: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(path).query).items()}


def settings(api: Api, **changes: Any) -> HttpJson:  # noqa: ANN401 (any setting)
    return HttpJson.model_validate({"url": f"{api.address}/people", "records": "data"} | changes)


def ids(asked: HttpJson, backend: IbisBackend, folder: Path, window: Window | None = None) -> Any:  # noqa: ANN401
    read = SOURCE.read(asked, backend, Wanted(folder=folder / "copies", window=window))
    return read.table.to_pyarrow()["id"].to_pylist()


def by_offset(path: str, _: object) -> Answer:
    first, size = int(query(path)["offset"]), int(query(path)["limit"])
    return ok({"data": PEOPLE[first : first + size]})


def by_number(path: str, _: object) -> Answer:
    page, size = int(query(path)["page"]), int(query(path).get("page_size", 2))
    return ok({"data": PEOPLE[(page - 1) * size : page * size]})


def by_cursor(path: str, _: object) -> Answer:
    first = int(query(path).get("cursor", 0))
    rest = first + 2 if first + 2 < len(PEOPLE) else None
    return ok({"data": PEOPLE[first : first + 2], "meta": {"cursor": rest}})


def by_link(path: str, _: object) -> Answer:
    first = int(query(path).get("from", 0))
    following = f"/people?from={first + 2}" if first + 2 < len(PEOPLE) else None
    return ok({"data": PEOPLE[first : first + 2], "paging": {"next": following}})


def by_header(path: str, _: object) -> Answer:
    first = int(query(path).get("from", 0))
    more = {"Link": f'</people?from={first + 2}>; rel="next"'} if first + 2 < len(PEOPLE) else {}
    return ok({"data": PEOPLE[first : first + 2]}, **more)


@pytest.mark.parametrize(
    ("answer", "paging", "pages"),
    [
        (by_offset, {"offset": {"size": 2}}, 4),
        (by_offset, {"offset": {"size": 5}}, 2),
        (by_number, {"page": {"size": 2}}, 4),
        (by_number, {"page": {}}, 4),
        (by_cursor, {"cursor": {"path": "meta.cursor"}}, 3),
        (by_link, {"next": "paging.next"}, 3),
        (by_header, {"next": "Link"}, 3),
    ],
)
def test_all_pages_are_read(
    answer: Callable[[str, object], Answer],
    paging: dict[str, object],
    pages: int,
    backend: IbisBackend,
    tmp_path: Path,
) -> None:
    with serving(answer) as api:
        assert ids(settings(api, paging=paging), backend, tmp_path) == [1, 2, 3, 4, 5]
        assert len(api.asked) == pages


def test_an_api_that_hands_out_fewer_records_than_asked_for_is_read_to_its_end(
    backend: IbisBackend, tmp_path: Path
) -> None:
    def two_at_most(path: str, _: object) -> Answer:
        first = int(query(path)["offset"])
        return ok({"data": PEOPLE[first : first + 2]})

    with serving(two_at_most) as api:
        assert ids(settings(api, paging={"offset": {}}), backend, tmp_path) == [1, 2, 3, 4, 5]


def test_a_page_that_is_not_there_is_the_end_of_numbered_pages(
    backend: IbisBackend, tmp_path: Path
) -> None:
    def then_nothing(path: str, _: object) -> Answer:
        return ok({"data": PEOPLE}) if query(path)["page"] == "1" else (404, {}, b"")

    with serving(then_nothing) as api:
        assert ids(settings(api, paging={"page": {}}), backend, tmp_path) == [1, 2, 3, 4, 5]


def test_an_answer_that_is_the_list_itself_is_read(backend: IbisBackend, tmp_path: Path) -> None:
    with serving(lambda _, __: ok(PEOPLE)) as api:
        assert ids(settings(api, records=""), backend, tmp_path) == [1, 2, 3, 4, 5]


def test_the_window_is_asked_for_in_its_own_zone(backend: IbisBackend, tmp_path: Path) -> None:
    with serving(lambda _, __: ok({"data": PEOPLE})) as api:
        asked = settings(api, url=f"{api.address}/people?from={{start}}&to={{end}}")
        ids(asked, backend, tmp_path, JANUARY)
        ids(asked, backend, tmp_path)
    assert query(api.asked[0]) == {
        "from": "2024-01-01T00:00:00+01:00",
        "to": "2024-02-01T00:00:00+01:00",
    }
    assert query(api.asked[1])["from"] == "1970-01-01T00:00:00+00:00"


def test_a_look_asks_for_no_more_pages_than_it_needs(backend: IbisBackend, tmp_path: Path) -> None:
    with serving(by_offset) as api:
        asked = settings(api, paging={"offset": {"size": 2}})
        SOURCE.read(asked, backend, Wanted(folder=tmp_path, limit=2))
        assert len(api.asked) == 1


def test_the_token_comes_from_the_environment_and_is_sent(
    backend: IbisBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PEOPLE_TOKEN", "hush")
    with serving(lambda _, __: ok({"data": PEOPLE})) as api:
        ids(settings(api, token_env=NAME), backend, tmp_path)
        assert api.headers[0]["Authorization"] == "Bearer hush"
        monkeypatch.delenv("PEOPLE_TOKEN")
        with pytest.raises(SourceError, match="the environment has no PEOPLE_TOKEN: set it"):
            ids(settings(api, token_env=NAME), backend, tmp_path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((401, {}, b""), r"asks who we are: is `token_env` set.* \(status 401\)"),
        ((403, {}, b""), r"refuses this token.* \(status 403\)"),
        ((404, {}, b""), r"nothing at this address"),
        ((429, {"Retry-After": "30"}, b""), r"asks to wait for 30 s"),
        ((429, {"Retry-After": "Jane"}, b""), r"asks to wait: too many requests"),
        ((302, {"Location": "https://example.org/"}, b""), r"has moved: correct the `url`"),
        ((400, {}, b"Jane"), r"refused the request with status 400"),
        ((500, {}, b"Jane"), r"failed with status 500, twice"),
        ((200, {}, b"<html>Jane"), r"sent a page of HTML, JSON was expected"),
        ((200, {}, b'{"data": [{"name": "Jane'), r"sent no JSON"),
        ((200, {}, b"[" * 200_000), r"sent no JSON"),
        ((200, {}, b'{"date": []}'), r"expected at 'data', found nothing"),
        ((200, {}, b'{"data": {"Jane": 1}}'), r"expected at 'data', found an object"),
        ((200, {}, b'{"data": [{}, "Jane"]}'), r"record 2 of a page is text"),
        ((200, {}, b'{"data": []}'), r"has no records"),
        (None, r"the connection failed \(ConnectionError\), twice"),
    ],
)
def test_what_is_wrong_with_an_answer_is_said_without_its_content(
    answer: Answer | None, said: str, backend: IbisBackend, tmp_path: Path
) -> None:
    with serving(lambda _, __: answer) as api, pytest.raises(SourceError, match=said) as caught:
        ids(settings(api, url=f"{api.address}/people?of=secretive"), backend, tmp_path)
    assert "Jane" not in str(caught.value)
    assert "secretive" not in str(caught.value)


@pytest.mark.parametrize("first", [None, (503, {}, b"")])
def test_a_dropped_connection_or_a_server_error_is_tried_once_more(
    first: Answer | None, backend: IbisBackend, tmp_path: Path
) -> None:
    answers = iter([first, ok({"data": PEOPLE})])
    with serving(lambda _, __: next(answers)) as api:
        assert ids(settings(api), backend, tmp_path) == [1, 2, 3, 4, 5]


def test_an_api_that_is_silent_is_given_up(backend: IbisBackend, tmp_path: Path) -> None:
    def slow(_: str, __: object) -> Answer:
        time.sleep(0.5)
        return ok({"data": PEOPLE})

    late = pytest.raises(SourceError, match=r"a page took longer than 0\.1 s")
    with serving(slow) as api, late:
        ids(settings(api, timeout_seconds=0.1), backend, tmp_path)


def test_more_bytes_and_more_pages_than_allowed_are_refused(
    backend: IbisBackend, tmp_path: Path
) -> None:
    with serving(by_offset) as api:
        asked = settings(api, paging={"offset": {"size": 2}})
        with pytest.raises(SourceError, match="has more than 2 pages, which is `max_pages`"):
            ids(asked.model_copy(update={"max_pages": 2}), backend, tmp_path)
        with pytest.raises(SourceError, match="more than `max_megabytes` allows"):
            ids(asked.model_copy(update={"max_megabytes": 0.0001}), backend, tmp_path)


@pytest.mark.parametrize(
    "link", ["https://example.org/people", "http://127.0.0.1:1/people", "//example.org/x"]
)
def test_a_next_page_on_another_host_is_refused(
    link: str, backend: IbisBackend, tmp_path: Path
) -> None:
    with serving(lambda _, __: ok({"data": PEOPLE, "next": link})) as api:
        with pytest.raises(SourceError, match="the next page is said to be at another address"):
            ids(settings(api, paging={"next": "next"}), backend, tmp_path)
        assert len(api.asked) == 1


@pytest.mark.parametrize(
    ("paging", "said"),
    [
        ({"next": "next"}, "its pages go round in a circle"),
        ({"cursor": {"path": "cursor"}}, "sent the same page twice"),
        ({"page": {}}, "sent the same page twice"),
    ],
)
def test_pages_that_go_round_in_a_circle_are_refused(
    paging: dict[str, object], said: str, backend: IbisBackend, tmp_path: Path
) -> None:
    with serving(lambda _, __: ok({"data": PEOPLE, "next": "/people", "cursor": 7})) as api:
        with pytest.raises(SourceError, match=said):
            ids(settings(api, paging=paging), backend, tmp_path)
        assert len(api.asked) <= 2


def test_the_state_is_told_by_an_etag_or_by_the_first_page() -> None:
    wanted = Wanted(folder=Path("no copies"))
    with serving(lambda _, __: ok({"data": PEOPLE, "at": time.time()})) as api:
        first = SOURCE.state(settings(api), wanted)
        assert first.landed
        assert SOURCE.state(settings(api), wanted) == first  # what is beside the records is not it
        api.answer = lambda _, __: ok({"data": PEOPLE[:4]})
        assert SOURCE.state(settings(api), wanted).mark != first.mark
        api.answer = lambda _, __: ok({"data": []}, ETag="'one'")
        assert SOURCE.state(settings(api), wanted).mark == "'one'"
        assert not SOURCE.state(settings(api), wanted).landed
        assert SOURCE.digest(settings(api)) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"url": "ftp://example.org"}, "begins with https:// or http://"),
        ({"url": "https://anna:hush@example.org"}, "holds a password or token: take it out"),
        ({"url": "https://example.org/?api_key=hush"}, "holds a password or token: take it out"),
        ({"url": "https://example.org/{day}"}, "only {start} and {end} are filled in"),
        ({"url": "http://example.org", "token_env": "T"}, "a token is sent over https:// only"),
        (
            {"url": "https://example.org", "paging": {"next": "n", "page": {}}},
            "`paging` has next and page; take one way",
        ),
    ],
)
def test_settings_that_cannot_be_right_are_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        HttpJson.model_validate(changes)
    assert said in str(caught.value)
