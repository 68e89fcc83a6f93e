"""The door to Apprise: what arrives, what is said of failures, and what is never said."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from audit_pipeline.alerts.forms import message_of
from audit_pipeline.alerts.message import Message, Reports
from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.alerts.sending import DIED, ROOT, Answer, Sender
from audit_pipeline_tests.alerts.made import NOON, finding
from audit_pipeline_tests.alerts.services import html_of, mail, web
from audit_pipeline_tests.servers import free_port

SECRETS = ("geheim-secret", "t0ken-in-path", "127.0.0.1")


def message() -> Message:
    notice = Notice(items=(Item(why=Why.OPENED, finding=finding(), at=NOON),))
    return message_of(notice, Reports("/evidence"), 10)


def sent(patch: pytest.MonkeyPatch, address: str, seconds: float = 8) -> Answer | None:
    patch.setenv("ALERTS_ONE", address)
    with Sender() as sender:
        sender.send("ALERTS_ONE", message())
        return sender.next(time.monotonic() + seconds)


def test_a_mail_has_a_page_and_a_text_and_json_has_text(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail() as post, web() as hook:
        for address in (post.url, hook.url):
            answer = sent(monkeypatch, address)
            assert answer is not None
            assert answer.problem is None
    (letter,), (said,) = post.got, hook.got
    assert letter["To"] == "lending@example.org"
    assert "<h1" in html_of(letter)
    text = letter.get_body(("plain",))
    assert text is not None
    assert "income_1" in text.get_content()
    assert said["message"] == message().text
    assert said["type"] == "failure"
    assert "github" not in json.dumps(said)


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500])
def test_a_refusal_is_told_without_any_part_of_the_address(
    monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    with web(status) as hook:
        answer = sent(monkeypatch, hook.url)
    assert answer is not None
    assert answer.problem
    assert str(status) in answer.problem
    assert not any(secret in answer.problem for secret in SECRETS)


def test_a_dead_service_is_told_without_any_part_of_the_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for scheme in ("json", "mailto"):
        address = f"{scheme}://user:geheim-secret@127.0.0.1:{free_port()}/t0ken-in-path"
        answer = sent(monkeypatch, address)
        assert answer is not None
        assert answer.problem
        assert not any(secret in answer.problem for secret in SECRETS)


@contextlib.contextmanager
def silent() -> Iterator[int]:
    """Listen, and never say a word."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
    for each in held:
        each.close()


def test_what_hangs_ends_with_the_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    with silent() as port:
        begun = time.monotonic()
        assert sent(monkeypatch, f"mailto://127.0.0.1:{port}?to=a@b.org&from=c@d.org", 1.5) is None
        assert time.monotonic() - begun < 4


def test_a_child_that_ends_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sender() as sender, silent() as port:
        monkeypatch.setenv("ALERTS_ONE", f"json://127.0.0.1:{port}")
        sender.send("ALERTS_ONE", message())
        assert sender._process is not None
        sender._process.kill()
        with pytest.raises(ChildProcessError, match=DIED):
            sender.next(time.monotonic() + 5)


WATCHED = """
import json, sys
asked = []
def watch(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        asked.append(str(args[1] if event == "socket.connect" else args[0]))
sys.addaudithook(watch)
from audit_pipeline.alerts.door import send
problems = [send(json.loads(line))["problem"] for line in sys.stdin]
print(json.dumps([problems, sorted(set(asked))]))
"""


def test_only_the_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    with mail() as post, web() as hook:
        addresses = {"ALERTS_MAIL": post.url, "ALERTS_HOOK": hook.url}
        messages = [
            json.dumps({"id": "1", "channel": name, "key": "", "closes": ""} | message().as_json())
            for name in addresses
        ]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", WATCHED],
            input="\n".join(messages),
            env=os.environ | addresses | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
    problems, asked = json.loads(done.stdout)
    assert problems == [None, None]
    places = (f"('127.0.0.1', {post.port})", f"('127.0.0.1', {hook.port})", "127.0.0.1")
    assert set(asked) == set(places)


def test_nothing_is_said_on_the_screen_and_apprise_stays_out_of_this_process(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with web(500) as hook:
        assert sent(monkeypatch, hook.url) is not None
    assert capfd.readouterr() == ("", "")
    assert "apprise" not in sys.modules
    assert not any(secret in " ".join(sys.argv) for secret in SECRETS)
    assert os.environ["ALERTS_ONE"] == hook.url
