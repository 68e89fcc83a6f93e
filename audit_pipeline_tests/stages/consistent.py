"""What must hold of a home once it was restarted, whenever and however often it was killed."""

import json
import re
import zlib
from collections import Counter

from sqlalchemy import func, select

from audit_pipeline.alerts.notice import read
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import LOUD, State
from audit_pipeline.domain.prerequisite import is_prerequisite
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.evidence.manifest import NAME as MANIFEST
from audit_pipeline.evidence.manifest import compare
from audit_pipeline.stages.alerting.writing import NOBODY
from audit_pipeline.store import schema
from audit_pipeline.store.channels import channel_of
from audit_pipeline.store.findings import all_findings, history_of
from audit_pipeline.store.lineage_tables import outbox
from audit_pipeline.store.open_runs import left_open
from audit_pipeline.store.outbox import ALERTS, LINEAGE, tally
from audit_pipeline.store.store import Sealed
from audit_pipeline_tests.stages.killed import NAME, WINDOW
from audit_pipeline_tests.stages.restarted import DUTY, World

LOCKS = {".index.lock", ".site.lock"}
LEAD = re.compile(r"(?P<findings>\d+) findings?: ")
"""How the text of a message begins: of how many findings it tells."""
TOLD = re.compile(r"^ *\[([A-Z]+)\] (.*)\n(?: +[^\[\n].*\n)*? +.*findings show (\d+)", re.MULTILINE)
"""A finding in the text of a message: how bad it is, what it is, and its number."""


def assert_all_is_well(world: World) -> None:
    """Hold a home to all that is promised of one that was killed, with one content to audit."""
    sealed = world.store.sealed(NAME, WINDOW)
    assert sum(each.complete for each in sealed) == 1, "audited once"
    assert world.store.open_claims() == []
    for revision in sealed:
        _evidence_is_whole(world, revision)
        _tables_agree(world, revision)
    _nothing_else_counts(world, sealed)
    _findings_agree(world, sealed[-1])
    _all_was_told(world)
    _lineage_is_whole(world)
    left = [path for path in world.home.path.rglob(".*") if path.name not in LOCKS]
    assert left == [], "nothing unfinished is left"


def _evidence_is_whole(world: World, of: Sealed) -> None:
    folder = world.home.evidence / NAME / WINDOW / f"revision-{of.revision}"
    assert compare(folder) == []
    said = json.loads((folder / MANIFEST).read_text())
    assert (said["revision"], said["verdict"]) == (of.revision, of.verdict)
    results = json.loads((folder / "results.json").read_text())
    assert results["run_id"] == of.record["run_id"], "it is that of whoever sealed it"
    assert (folder / "report.html").is_file()


def _tables_agree(world: World, of: Sealed) -> None:
    outcomes = of.record["outcomes"]
    wanted = {
        schema.verdicts: outcomes,
        schema.measurements: [o for o in outcomes if o["measurement"]],
    }
    with world.store.engine.connect() as connection:
        for table, expected in wanted.items():
            here = (table.c.window == of.window, table.c.revision == of.revision)
            count = connection.execute(select(func.count()).select_from(table).where(*here))
            assert count.scalar() == len(expected), table.name


def _nothing_else_counts(world: World, sealed: list[Sealed]) -> None:
    """No table, folder or list speaks of a revision that is not sealed."""
    numbers = {of.revision for of in sealed}
    evidence = world.home.evidence / NAME
    folders = {path.name for path in (evidence / WINDOW).iterdir()}
    assert folders == {f"revision-{number}" for number in numbers}
    listed = set(re.findall(r"revision-(\d+)/report\.html", (evidence / "index.html").read_text()))
    assert listed == set(map(str, numbers))
    with world.store.engine.connect() as connection:
        for table in (schema.verdicts, schema.measurements):
            assert set(connection.execute(select(table.c.revision)).scalars()) <= numbers


def _findings_agree(world: World, last: Sealed) -> None:
    """Every finding stands as the last audit left it, and each thing happened to it once."""
    found = all_findings(world.store.engine)
    causes = {each.check: each for each in found}
    assert len(causes) == len(found)
    lacked = set()
    for outcome in last.record["outcomes"]:
        check, verdict = Check(**outcome["check"]), Verdict(outcome["verdict"])
        if outcome["lacks"] is not None:
            lacked.add(Check(**outcome["lacks"]))
        elif check in causes:
            assert (causes[check].state is State.RESOLVED) == (verdict is Verdict.PASS), check
        else:
            assert verdict is Verdict.PASS, check
    for need in filter(is_prerequisite, causes):
        assert (causes[need].state is State.RESOLVED) == (need not in lacked), need
    assert lacked <= set(causes)
    for each in found:
        lines = history_of(world.store.engine, each.number)
        what = Counter((line.change, line.window, line.revision, line.words) for line in lines)
        assert set(what.values()) == {1}, what


def _all_was_told(world: World) -> None:
    """Who is on duty heard of all that happened to findings and is to be told, and of it once.

    A message that came twice, since its sender died before it could note it, is the same.
    """
    engine = world.store.engine
    counted = tally(engine, ALERTS)
    assert (counted.waiting, counted.set_aside) == (0, 0)
    happened = Counter(
        (each.number, line.change.value)
        for each in all_findings(engine)
        for line in history_of(engine, each.number)
        if line.change in LOUD
    )
    assert _written(world, NOBODY) == happened
    assert _written(world, DUTY) == happened
    messages = dict.fromkeys((said["title"], said["message"]) for said in world.hook.got)
    leads = [LEAD.match(text) for _, text in messages]
    told = sum(int(lead["findings"]) for lead in leads if lead is not None)
    # what happened to a finding before anybody could be told of it is told together
    assert len({number for number, _ in happened}) <= told <= happened.total()
    shown = Counter(at for _, text in messages for at in TOLD.findall(text))
    assert set(shown.values()) <= {1}, shown


def _written(world: World, stream: str) -> Counter[tuple[int, str]]:
    """Return what was written to be told in a stream: findings and what happened to them."""
    query = select(outbox.c.body).where(outbox.c.channel == ALERTS, outbox.c.stream == stream)
    with world.store.engine.connect() as connection:
        notices = [read(zlib.decompress(body)) for body in connection.execute(query).scalars()]
    return Counter((item.finding.number, item.why.value) for of in notices for item in of.items)


def _lineage_is_whole(world: World) -> None:
    """Every run that began has ended, once; no event is missing, and none came as two."""
    engine = world.store.engine
    assert left_open(engine) == []
    counted = tally(engine, LINEAGE)
    assert (counted.waiting, counted.set_aside) == (0, 0)
    assert channel_of(engine, LINEAGE).held_until is None
    assert channel_of(engine, ALERTS).held_until is None
    bodies: dict[str, set[bytes]] = {}
    for got in world.marquez.got:
        bodies.setdefault(got.key, set()).add(got.raw)
    assert len(bodies) == counted.delivered
    assert all(len(same) == 1 for same in bodies.values())
    events = [json.loads(raw) for (raw,) in map(tuple, bodies.values())]
    begun = Counter(e["run"]["runId"] for e in events if e["eventType"] == "START")
    ended = Counter(e["run"]["runId"] for e in events if e["eventType"] != "START")
    assert begun == ended
    assert set(begun.values()) == {1}
