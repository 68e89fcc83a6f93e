"""Nothing that was acknowledged is lost, nothing is broken, whenever the process is killed."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.lineage.reconciling import reconcile
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.open_runs import left_open
from audit_pipeline_tests.stages import small
from audit_pipeline_tests.stages.lineage.written import events_of

WRITER = """
import sys
from pathlib import Path
from audit_pipeline.audits.home import Home
from audit_pipeline.lineage.told import Transition
from audit_pipeline.stages.lineage.emitting import begin_stage, leave_alone, lost_events
from audit_pipeline.stages.lineage.jobs import key_of, root_of, stage_run
from audit_pipeline_tests.stages import small

home = Home(Path(sys.argv[1]))
while True:
    run = small.begin(home)
    root = root_of(run)
    begin_stage(run, "snapshot")
    assert not lost_events(run)
    print(key_of(root, Transition.START), flush=True)
    print(key_of(stage_run(root, "snapshot"), Transition.START), flush=True)
    leave_alone(run, "snapshot")
    assert not lost_events(run)
    print(key_of(stage_run(root, "snapshot"), Transition.COMPLETE), flush=True)
    print(key_of(root, Transition.COMPLETE), flush=True)
"""


def killed_writer(home: Home, draw: random.Random) -> list[str]:
    """Let a process write events until it is killed; return the keys that it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home.path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    lines = [first, *(process.stdout.readline() for _ in range(draw.randrange(40)))]
    process.kill()
    rest = process.stdout.readlines()  # not `communicate`: it passes over what is buffered here
    process.stdout.close()
    process.wait(60)
    return [line.strip() for line in [*lines, *rest] if line.endswith("\n")]


@pytest.mark.parametrize(("where", "kills"), [("sqlite", 12), ("postgres", 3)])
def test_killed_12_times_nothing_acknowledged_is_lost_and_nothing_broken(
    tmp_path: Path,
    where: str,
    kills: int,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if where == "postgres":
        monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", request.getfixturevalue("postgres_url"))
    home = small.write_home(tmp_path)
    draw = random.Random(8)  # noqa: S311 (when to kill)
    acknowledged = [key for _ in range(kills) for key in killed_writer(home, draw)]
    assert len(acknowledged) > kills
    store = open_store(home.store_url)
    before = len(left_open(store.engine))
    assert reconcile(store) == before
    assert not left_open(store.engine)
    events = events_of(home)
    keys = [event.entry.key for event in events]
    assert set(acknowledged) <= set(keys)
    assert len(set(keys)) == len(keys)
    begun = [event.run for event in events if event.transition == "START"]
    ended = [event.run for event in events if event.transition != "START"]
    assert sorted(begun) == sorted(ended)
