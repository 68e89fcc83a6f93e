"""The tables a proposal is made of: read, given what they lack, split, written as copies."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from audit_pipeline.profiles.engine import IbisTable
from audit_pipeline.stages.proposal.facts import facts_of
from audit_pipeline.stages.proposal.keys import Keys, find_keys
from audit_pipeline.stages.proposal.locating import Place, locate
from audit_pipeline.stages.proposal.looking import Desk, Look, look
from audit_pipeline.stages.proposal.questions import Answers, ProposalError
from audit_pipeline.stages.proposal.wishes import Wishes

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """The tables that were named, with the columns of id and time that they lacked."""

    keys: Keys
    current: Look
    baseline: Look | None
    labels: Look | None
    trained_on: Place | None

    def told(self, side: Look) -> Look:
        """Return a side with the outcomes that stand in a table of their own."""
        return side if self.labels is None else with_labels(side, self.labels, self.keys.id)


def read_tables(wishes: Wishes, desk: Desk, answers: Answers, tell: Tell) -> Read:
    """Return the tables that were named, read once.

    Raises:
        ProposalError: One cannot be read, or lacks what it must have.
        NeedsError: There is no column of id or time, and nothing was said of it.
    """
    said = {"current": wishes.data, "baseline": wishes.baseline, "labels": wishes.labels}
    places = {role: locate(url, wishes.password_env) for role, url in said.items() if url}
    looks = {role: _look(place, role, desk, tell) for role, place in places.items()}
    current, baseline, labels = looks["current"], looks.get("baseline"), looks.get("labels")
    keys = find_keys(current, wishes, answers)
    answers.settle()
    if labels is not None and keys.id not in labels.facts:
        raise ProposalError(
            f"the labels have no column {keys.id!r}, by which they would be joined to the rows;"
            " they have: " + ", ".join(labels.facts)
        )
    if keys.made:
        first = current.rows + 1
        current = _given(current, keys, desk, 1)
        baseline = _given(baseline, keys, desk, first) if baseline else None
    trained_on = locate(wishes.trained_on, wishes.password_env) if wishes.trained_on else None
    return Read(keys=keys, current=current, baseline=baseline, labels=labels, trained_on=trained_on)


def with_labels(side: Look, labels: Look, key: str) -> Look:
    """Return a table with the columns of its labels, joined by id."""
    new = [name for name in labels.table.columns if name not in side.table.columns]
    if not new or key not in side.table.columns:
        return side
    own, other = side.table[key].type(), labels.table[key].type()
    if own.is_string() != other.is_string():
        raise ProposalError(
            f"the id {key!r} is {own} in the data and {other} in the labels: write both alike"
        )
    joined = side.table.left_join(labels.table.select(key, *new), key)
    rows = joined.select(*side.table.columns, *new)
    return replace(side, table=rows, facts=facts_of(rows))


def changed(side: Look, table: IbisTable, desk: Desk, name: str) -> Look:
    """Return a side whose rows are now those of `table`."""
    kept = desk.keep(table, name)
    return replace(side, table=kept, facts=facts_of(kept))


def write_copy(table: IbisTable, path: Path) -> Place:
    """Write rows where the audit finds them, whole or not at all; return the place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)  # rows of people
    draft = path.with_name(f".{path.name}")
    try:
        table.to_parquet(str(draft), compression="zstd")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return Place(kind="parquet", settings={"path": str(path)})


def _look(place: Place, role: str, desk: Desk, tell: Tell) -> Look:
    tell(f"reading the {role} data")
    found = look(place, role, desk)
    tell(f"{found.rows:,} rows of {len(found.facts)} columns")
    for note in found.place.notes:
        tell(note)
    return found


def _given(side: Look, keys: Keys, desk: Desk, first: int) -> Look:
    return changed(side, keys.give(side.table, first), desk, "given")
