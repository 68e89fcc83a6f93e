"""How long it takes from data that lands to the mail and the HTTP message about it."""

import json
import random
import re
import shutil
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.alerts.services import html_of, mail, web
from audit_pipeline_tests.benchmarks.landings import NAME, land, part, rule, settings, yesterday
from audit_pipeline_tests.benchmarks.nightly import at_work, idle_share, new_home
from audit_pipeline_tests.benchmarks.way import at_rest, way_of
from audit_pipeline_tests.defs.homes import small_audit
from audit_pipeline_tests.defs.processes import wait_for

PATIENCE = 240.0
"""Seconds after which an alert counts as lost."""
PHASE = 30.0
"""Data lands at a random time within so many seconds: at any phase of the ticks."""
LOOK = 0.02
MARKS = re.compile(r"<[^>]*>|[\\\W_]+")
ALERTS = {"routes": [{"name": "duty", "to_env": ["ALERTS_MAIL", "ALERTS_HOOK"], "severity": "low"}]}

Figures = dict[str, Any]
Came = Callable[[str], Mapping[str, bool]]
"""By service, whether a message names a rule."""


def alerted(times: int, seed: int) -> Iterator[Figures]:
    """Yield the seconds from each landing to its messages, and at last how they spread."""
    chance, day = random.Random(seed), yesterday()  # noqa: S311 (phases, no secrets)
    found: list[Figures] = []
    with TemporaryDirectory() as place, ExitStack() as open_until_the_end:
        home, came = _prepared(Path(place), settings(day, times), day, open_until_the_end)
        for number in range(1, times + 1):
            time.sleep(chance.uniform(0, PHASE))
            found.append(_landing(home, day, number, came))
            yield found[-1]
            wait_for(lambda: at_rest(home, NAME, len(found) + 1), PATIENCE)
    yield _spread(found) | {"times": times, "seed": seed}


def _prepared(folder: Path, audit: Figures, day: datetime, until: ExitStack) -> tuple[Home, Came]:
    """Return a home at work whose first audit is made, and what tells whom a message reached."""
    home = new_home(folder, audit)
    land(home.path, day, 0)
    shutil.copy(part(home.path, day, 0), home.path / "baseline.parquet")
    mails, hook = until.enter_context(mail()), until.enter_context(web())
    (home.path / "alerts.yml").write_text(yaml.safe_dump(ALERTS), encoding="utf-8")
    addresses = {"ALERTS_MAIL": mails.url, "ALERTS_HOOK": hook.url}
    until.enter_context(at_work(home, folder / "dagster.log", addresses))
    wait_for(lambda: at_rest(home, NAME, 1), PATIENCE)

    def came(name: str) -> Mapping[str, bool]:
        return {
            "mail": any(_names(html_of(each), name) for each in mails.got),
            "http": any(_names(json.dumps(each), name) for each in hook.got),
        }

    return home, came


def _names(message: str, rule: str) -> bool:
    """Return whether a message names a rule, whatever it makes of `_` and however it is set."""
    said, named = (MARKS.sub("", text) for text in (message, rule))
    return named in said


def _landing(home: Home, day: datetime, number: int, came: Came) -> Figures:
    land(home.path, day, number)
    landed, arrived = time.time(), dict[str, float]()
    while len(arrived) < len(came("")) and time.time() < landed + PATIENCE:
        time.sleep(LOOK)
        at = time.time()
        arrived |= {
            service: round(at - landed, 2)
            for service, is_there in came(rule(number)).items()
            if is_there and service not in arrived
        }
    if len(arrived) < len(came("")):
        raise SystemExit(f"landing {number}: alerts within {PATIENCE:g} s: {arrived or 'none'}")
    told = landed + max(arrived.values())
    return {"landing": number} | arrived | {"way": way_of(home, NAME, landed, told)}


def _spread(found: Sequence[Figures]) -> Figures:
    """Return how the seconds of all landings spread, and what each stretch of the way took."""
    told = {of: spread_of([each[of] for each in found]) for of in ("mail", "http")}
    ways = {of: spread_of([each["way"][of] for each in found]) for of in found[0]["way"]}
    return told | {"way": ways}


def spread_of(seconds: Sequence[float]) -> dict[str, float]:
    """Return the least, median, 95th percentile and greatest of some seconds.

    The percentile is the value that 95 % do not exceed (nearest rank): of 20 the second greatest.

    >>> spread_of([float(n) for n in range(1, 21)])
    {'min': 1.0, 'median': 10.5, 'p95': 19.0, 'max': 20.0}
    """
    rising = sorted(seconds)
    rank = -(-95 * len(rising) // 100)
    return {
        "min": rising[0],
        "median": round(statistics.median(rising), 2),
        "p95": rising[rank - 1],
        "max": rising[-1],
    }


def idle(audits: int, seconds: float) -> Figures:
    """Return what the daemon and the web server cost while nothing is to be done."""
    with TemporaryDirectory() as place:
        made = [small_audit(f"audit_{number:04}") for number in range(audits)]
        home = new_home(Path(place), *made)
        return {"audits": audits} | idle_share(home, Path(place), seconds)
