"""A home as a user gets it, with Dagster's daemon and web server at work in it."""

import contextlib
import signal
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import psutil
import yaml

from audit_pipeline.audits.home import Home, keep_quiet, use_home
from audit_pipeline.stages.proposal.homes import make_home
from audit_pipeline_tests.defs.processes import running, wait_for
from audit_pipeline_tests.servers import free_port

OURS = ("--module-name", "audit_pipeline.definitions")
OWN = {"AUDIT_PIPELINE_STORE_URL": "", "AUDIT_PIPELINE_AUDITS": ""}
"""A benchmark's home holds all that is its own, whatever the environment says."""
READY_SECONDS = 180.0
SETTLED_SECONDS = 45.0
"""After which what the start costs is over."""


def new_home(folder: Path, *audits: Mapping[str, Any]) -> Home:
    """Return a home as `audit-pipeline init` makes it, with audit files."""
    home = make_home(folder / "home")
    for audit in audits:
        text = yaml.safe_dump(dict(audit), sort_keys=False)
        (home.audits / f"{audit['name']}.yaml").write_text(text, encoding="utf-8")
    return home


@contextlib.contextmanager
def at_work(
    home: Home, log: Path, more: Mapping[str, str]
) -> Iterator[tuple[psutil.Process, psutil.Process]]:
    """Run the daemon and the web server with the settings they come with; give them once ready.

    Both end with the block, on Ctrl-C and when this process is asked to end, too.
    """
    keep_quiet()
    use_home(home)  # Dagster's storage is asked from here, too
    environment = OWN | dict(more)
    port = free_port()
    server = ("-m", "dagster_webserver", *OURS, "--host", "127.0.0.1", "--port", str(port))
    daemon = ("-m", "dagster._daemon", "run", *OURS)
    with (
        _ended_by_sigterm(),
        running(home, *server, log=log, more=environment) as web,
    ):
        # the first to come makes Dagster's tables: two at once would both try
        wait_for(lambda: _answers(f"http://127.0.0.1:{port}/server_info"), READY_SECONDS)
        with running(home, *daemon, log=log, more=environment) as nightly:
            wait_for(lambda: has_looked(home), READY_SECONDS)
            yield nightly, web


def has_looked(home: Home) -> bool:
    """Return whether every sensor of the home has had a tick."""
    import dagster as dg  # noqa: PLC0415 (a second)

    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        states = instance.all_instigator_state()
        looked = {state.name for state in states if _ticked(state.instigator_data)}
    return looked >= {"arrivals", "alerts"}


def _ticked(data: object) -> bool:
    return getattr(data, "last_tick_timestamp", None) is not None


def _answers(url: str) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 (our own server)
        return bool(answer.status == 200)
    return False


def processor_seconds(*roots: psutil.Process) -> float:
    """Return the seconds of a processor that processes, and all that came from them, have used."""
    used = 0.0
    for root in roots:
        for process in (root, *root.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                ended = times.children_user + times.children_system  # children that are no more
                used += times.user + times.system + ended
    return used


def idle_share(home: Home, folder: Path, seconds: float) -> dict[str, Any]:
    """Return the seconds of a processor that an idle daemon and web server use per minute.

    With it, by sensor, the seconds that its longest tick took.
    """
    with at_work(home, folder / "dagster.log", {}) as servers:
        time.sleep(SETTLED_SECONDS)
        before, begun = processor_seconds(*servers), time.monotonic()
        time.sleep(seconds)
        used = processor_seconds(*servers) - before
        per_minute = 60 * used / (time.monotonic() - begun)
        ticks = longest_ticks(home)
    return {"processor_seconds_per_minute": round(per_minute, 2), "longest_ticks": ticks}


def longest_ticks(home: Home) -> dict[str, float]:
    """Return the seconds of the longest tick of each sensor."""
    import dagster as dg  # noqa: PLC0415 (a second)

    longest: dict[str, float] = {}
    with dg.DagsterInstance.from_config(str(home.path)) as instance:
        for state in instance.all_instigator_state():
            ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id)
            took = [t.end_timestamp - t.timestamp for t in ticks if t.end_timestamp is not None]
            if took:  # of the schedules it is nobody's turn
                longest[state.name] = round(max(took), 2)
    return longest


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does, so that its servers end."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
