"""Events by HTTP, to backends that behave well, badly, or not at all."""

import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from audit_pipeline.audits.destination import HttpTransport
from audit_pipeline.lineage.destinations.base import Allowed, Answer, Refused, Unreachable
from audit_pipeline.lineage.destinations.http import Http
from audit_pipeline.store.outbox import Entry
from audit_pipeline_tests.lineage.backends import (
    Request,
    answer,
    backend,
    drop,
    hang,
    trickle,
)
from audit_pipeline_tests.lineage.queued import as_waiting, event, order_broken
from audit_pipeline_tests.servers import free_port


def deliver(
    url: str,
    entries: Sequence[Entry] = (event("a", 0),),
    *,
    key: str | None = None,
    seconds: float = 10,
    **settings: Any,  # noqa: ANN401 (values of a YAML file)
) -> dict[int, Answer]:
    """Deliver entries, numbered from 1, as the settings say."""
    settings = {"url": url, "timeout": 0.4} | settings
    http = Http(HttpTransport.model_validate(settings), key)
    now = time.monotonic()
    try:
        return http.deliver(as_waiting(entries), Allowed(now + seconds, now + seconds))
    finally:
        http.close()


def said(answers: dict[int, Answer]) -> str:
    """Return why the first event was not delivered, and be sure that it may be another time."""
    assert isinstance(answers[1], Unreachable)
    return str(answers[1])


def test_events_arrive_with_their_keys_over_one_connection() -> None:
    with backend() as marquez:
        answers = deliver(marquez.url, [event("a", place) for place in range(20)], key="geheim")

    assert answers == dict.fromkeys(range(1, 21))
    assert marquez.keys() == [f"a-{place}" for place in range(20)]
    assert marquez.connections == 1
    assert marquez.got[0].headers["Authorization"] == "Bearer geheim"
    assert marquez.got[0].headers["Content-Type"] == "application/json"


def test_streams_go_side_by_side_and_each_in_its_order() -> None:
    with backend() as marquez:
        answers = deliver(marquez.url, [event(s, p) for p in range(10) for s in "abcdef"])

    assert len(answers) == 60
    assert order_broken([got.event for got in marquez.got]) == []
    assert 2 <= marquez.connections <= 4


def test_a_body_is_compressed_where_that_is_wanted() -> None:
    with backend() as marquez:
        assert deliver(marquez.url, [event("a", 0, 10_000)], compression="gzip") == {1: None}

    assert marquez.got[0].event["ballast"] == "x" * 10_000
    assert len(marquez.got[0].raw) < 200


def test_an_event_of_five_megabytes_arrives_whole() -> None:
    with backend() as marquez:
        assert deliver(marquez.url, [event("a", 0, 5_000_000)], timeout=5) == {1: None}

    assert len(marquez.got[0].event["ballast"]) == 5_000_000


def test_where_nobody_listens_that_is_said() -> None:
    url = f"http://127.0.0.1:{free_port()}"

    assert said(deliver(url)) == f"{url}/api/v1/lineage: nobody listens there"


def test_a_name_that_nobody_knows_is_said() -> None:
    assert "no such name is known" in said(deliver("http://marquez.invalid", timeout=5))


@pytest.mark.parametrize("manner", [hang, trickle])
def test_a_backend_that_never_ends_its_answer_is_left_in_time(manner: Any) -> None:  # noqa: ANN401
    with backend(manner) as marquez:
        begun = time.monotonic()
        why = said(deliver(marquez.url))

    assert time.monotonic() - begun < 1.5
    assert "no whole answer within 0.4 s a step" in why


def test_whatever_it_does_the_backend_is_left_when_our_own_time_is_up() -> None:
    with backend(hang) as marquez:
        begun = time.monotonic()
        answers = deliver(marquez.url, timeout=15, seconds=0.8)

    assert time.monotonic() - begun < 1.5
    assert isinstance(answers[1], Unreachable)
    assert answers[1].cut_short


def test_an_answer_whose_body_never_ends_counts_by_its_status() -> None:
    def manner(request: Request, body: bytes) -> None:
        request.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nhello")
        marquez.take(request, body)
        hang(request, body)

    with backend(manner) as marquez:
        assert deliver(marquez.url, timeout=5) == {1: None}


def test_a_backend_that_takes_and_hangs_up_is_tried_again_another_time() -> None:
    def manner(request: Request, body: bytes) -> None:
        marquez.take(request, body)
        drop(request, body)

    with backend(manner) as marquez:
        why = said(deliver(marquez.url))

    assert "it dropped the connection" in why
    assert marquez.keys() == ["a-0"]


def test_a_connection_that_was_closed_between_two_events_is_opened_again() -> None:
    def manner(request: Request, body: bytes) -> None:
        marquez.accept(request, body)
        request.close_connection = True  # without having said so

    with backend(manner) as marquez:
        answers = deliver(marquez.url, [event("a", place) for place in range(5)])

    assert answers == dict.fromkeys(range(1, 6))
    assert [got.key for got in marquez.got] == [f"a-{place}" for place in range(5)]


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_an_event_that_is_refused_does_not_hold_up_its_stream(status: int) -> None:
    def manner(request: Request, body: bytes) -> None:
        if b'"place": 1' in body:
            answer(status, "no such facet")(request, body)
        else:
            marquez.accept(request, body)

    with backend(manner) as marquez:
        answers = deliver(marquez.url, [event("a", place) for place in range(3)])

    assert (answers[1], answers[3]) == (None, None)
    assert isinstance(answers[2], Refused)
    assert str(answers[2]) == f"{marquez.url}/api/v1/lineage answered {status}: no such facet"


def test_a_refusal_before_the_whole_event_was_read_is_heard() -> None:
    def refuse(server: socket.socket) -> None:
        connection, _ = server.accept()
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        serving = threading.Thread(target=refuse, args=(server,))
        serving.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        answers = deliver(url, [event("a", 0, 5_000_000)], timeout=5)
        serving.join()

    assert isinstance(answers[1], Refused)
    assert "answered 413" in str(answers[1])


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_behind_an_event_that_failed_its_stream_waits(status: int) -> None:
    def manner(request: Request, body: bytes) -> None:
        if b'"a"' in body and b'"place": 1' in body:
            answer(status)(request, body)
        else:
            marquez.accept(request, body)

    with backend(manner) as marquez:
        answers = deliver(marquez.url, [event(s, p) for s in "ab" for p in range(3)])

    assert isinstance(answers[2], Unreachable)
    assert {number for number, each in answers.items() if each is None} == {1, 4, 5, 6}
    assert 3 not in answers


@pytest.mark.parametrize("status", [401, 403, 404, 405])
def test_what_is_wrong_with_our_settings_is_not_the_events_fault(status: int) -> None:
    with backend(answer(status)) as marquez:
        assert "`" in said(deliver(marquez.url)) or status == 403


def test_a_redirect_is_not_followed_and_says_where_it_points() -> None:
    with backend() as other:
        moved = answer(308, Location=f"{other.url.replace('//', '//me:geheim@')}/new?token=geheim")
        with backend(moved) as marquez:
            why = said(deliver(marquez.url))

    assert f"answered 308: it points to {other.url}/new; if that is right" in why
    assert "geheim" not in why
    assert other.asked == 0


@pytest.mark.parametrize("how", ["7", "date"])
def test_a_backend_that_asks_for_a_pause_is_left_alone_at_once(how: str) -> None:
    later = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 7))
    busy = answer(429, Retry_After=later if how == "date" else how)
    with backend(busy) as marquez:
        answers = deliver(marquez.url, [event(str(number), 0) for number in range(100)])

    first = next(iter(answers.values()))
    assert isinstance(first, Unreachable)
    assert first.retry_after == pytest.approx(7, abs=1.5)
    assert marquez.asked <= 8


def test_after_some_failures_in_a_row_the_rest_is_not_tried() -> None:
    with backend(answer(500)) as marquez:
        answers = deliver(marquez.url, [event(str(number), 0) for number in range(100)])

    assert 8 <= len(answers) <= 12
    assert marquez.asked == len(answers)


def test_a_key_that_the_backend_repeats_is_not_told() -> None:
    with backend(answer(500, "Bearer geheim is too long")) as marquez:
        assert "Bearer … is too long" in said(deliver(marquez.url, key="geheim"))


def test_a_key_with_a_line_break_is_mended_or_told_but_never_shown() -> None:
    with backend() as marquez:
        assert deliver(marquez.url, key="geheim\n") == {1: None}
        with pytest.raises(Unreachable, match=r"holds a character that no header may") as raised:
            deliver(marquez.url, key="geheim\nX-More: 1")

    assert marquez.got[0].headers["Authorization"] == "Bearer geheim"
    assert "geheim" not in str(raised.value)


def certificate(folder: Path) -> Path:
    """Make a certificate that no authority has signed; return its file, with its key."""
    if subprocess.run(["openssl", "version"], check=False, capture_output=True).returncode:
        pytest.skip("openssl, which makes the certificate, is not on this machine")
    made = folder / "certificate.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(made)]
    subprocess.run([*command, *subject, *files], check=True, capture_output=True)
    made.write_text(made.read_text() + (folder / "key.pem").read_text())
    return made


def test_a_certificate_is_trusted_only_if_its_authority_is_named(tmp_path: Path) -> None:
    made = certificate(tmp_path)
    with backend(tls=made) as marquez:
        why = said(deliver(marquez.url, timeout=5))
        trusted = deliver(marquez.url, timeout=5, verify=str(made))

    assert "its certificate is not trusted (self-signed certificate)" in why
    assert "`verify`" in why
    assert trusted == {1: None}


def test_a_backend_without_tls_where_tls_is_expected_is_said() -> None:
    with backend() as marquez:
        assert "TLS failed" in said(deliver(marquez.url.replace("http:", "https:")))


def test_a_file_of_authorities_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match=r"ca.pem of `verify` cannot be used: No such file"):
        deliver("https://127.0.0.1:1", verify=str(tmp_path / "ca.pem"))


def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    with backend() as marquez:
        assert deliver(marquez.url) == {1: None}
