"""Propose an audit file: read the data, guess what it means, say what looks wrong, write it."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError, read_audit
from audit_pipeline.stages.proposal.assembly import assemble
from audit_pipeline.stages.proposal.document import Document, schema_near
from audit_pipeline.stages.proposal.draft import Draft
from audit_pipeline.stages.proposal.extent import extent_of
from audit_pipeline.stages.proposal.features import Inputs
from audit_pipeline.stages.proposal.inputs import find_inputs
from audit_pipeline.stages.proposal.keys import Keys
from audit_pipeline.stages.proposal.looking import Desk, Look, desk
from audit_pipeline.stages.proposal.model_file import PinnedModel, pin_model
from audit_pipeline.stages.proposal.naming import TARGETS, first_named
from audit_pipeline.stages.proposal.outcomes import Outcomes, find_outcomes
from audit_pipeline.stages.proposal.questions import Answers, ProposalError, Question
from audit_pipeline.stages.proposal.roles import version_of, weight_of
from audit_pipeline.stages.proposal.tables import Read, Tell, changed, read_tables
from audit_pipeline.stages.proposal.timeline import Calendar, lay_out
from audit_pipeline.stages.proposal.wishes import Wishes
from audit_pipeline.stages.proposal.zones import find_zone
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline.store.atomic import atomic_write

GONE = "looks like a column of the baseline alone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An audit file that was written, and what its reader must look at."""

    path: Path
    warnings: tuple[str, ...]
    newest: str | None
    """The window to audit first, None where none has ended."""


def propose(
    wishes: Wishes, home: Home, answers: Answers, tell: Tell, *, force: bool = False
) -> Proposal:
    """Write an audit file for the data, and return where it is and what to look at.

    Columns and kinds are guessed from the names and all values (of a database, from the first
    100,000 rows); what was given as a flag is taken as it is.

    Raises:
        ProposalError: The data cannot be read, something named is not there, or the file exists.
        NeedsError: Something that cannot be guessed was not given.
    """
    path = home.audits / f"{wishes.name}.yaml"
    if path.exists() and not force:
        raise ProposalError(
            f"{path} exists already and may have been worked on; --force writes it anew, or choose"
            " another name"
        )
    _need_writable(home)
    with desk() as at:
        model = pin_model(wishes.model) if wishes.model else None
        read = read_tables(wishes, at, answers, tell)
        draft = _draft(wishes, read, model, at, answers)
        wishes = _described(wishes, answers)
        tell("trying the rules on the baseline")
        try:
            document = assemble(draft, wishes, home, at)
            return _write(document, path, wishes)
        except OSError as error:
            raise ProposalError(
                f"{error.filename or home.path} cannot be written ({error.strerror}): give another"
                " folder with --home, or the right to write there"
            ) from error


def _need_writable(home: Home) -> None:
    """Say before anything is read, and anything asked, that nothing could be written."""
    there = next(folder for folder in (home.audits, *home.audits.parents) if folder.exists())
    if not there.is_dir() or not os.access(there, os.W_OK):
        raise ProposalError(
            f"{there} cannot be written in: give another folder with --home, or mend its rights"
        )


def _described(wishes: Wishes, answers: Answers) -> Wishes:
    """Return the wishes with what stands on every report and no data can tell."""
    purpose = wishes.purpose or answers(
        Question(flag="--purpose", asks="what is the model used for, in a sentence?")
    )
    owner = wishes.owner or answers(
        Question(flag="--owner", asks="who answers for it: a person or team that can be reached?")
    )
    return replace(wishes, purpose=purpose, owner=owner)


def _draft(
    wishes: Wishes, read: Read, model: PinnedModel | None, at: Desk, answers: Answers
) -> Draft:
    keys = {read.keys.id, read.keys.time.column}
    told = _with_outcomes(read, wishes)
    outcomes = find_outcomes(told, keys, wishes, answers)
    answers.settle()
    current, baseline = read.current, read.baseline
    if outcomes.positives:
        current = changed(current, outcomes.give(current.table), at, "said")
        baseline = (
            changed(baseline, outcomes.give(baseline.table), at, "said") if baseline else None
        )
    calendar = _calendar(current, read.keys, wishes, at, answers)
    timeline = lay_out(current, baseline, calendar, at, answers)
    side = read.told(timeline.baseline)
    taken = _taken(keys, outcomes)
    weight, version = weight_of(side.facts, taken), version_of(side.facts, taken)
    taken |= {name for name in (weight, version) if name}
    there = {*current.facts, *(read.labels.facts if read.labels else ())}
    inputs = _inputs(side, outcomes, (taken, there), model)
    return Draft(
        keys=read.keys,
        outcomes=outcomes,
        current=current,
        labels=read.labels,
        timeline=timeline,
        baseline=side,
        inputs=inputs,
        model=model,
        trained_on=read.trained_on,
        weight=weight,
        version=version,
    )


def _calendar(current: Look, keys: Keys, wishes: Wishes, at: Desk, answers: Answers) -> Calendar:
    zone = find_zone(current, keys, wishes.timezone, answers)
    whole = None if current.all_rows else extent_of(current.place, keys.time, zone, at)
    return Calendar(keys=keys, zone=zone, every=wishes.every, extent=whole)


def _with_outcomes(read: Read, wishes: Wishes) -> Look:
    """Return the side by which roles are guessed: the current rows, with all their labels.

    Where they have no outcomes of their own, a baseline that has them tells more.
    """
    current = read.told(read.current)
    if read.baseline is None:
        return current
    baseline = read.told(read.baseline)
    more = [name for name in baseline.facts if name not in current.facts]
    target = wishes.target if wishes.target in more else first_named(more, TARGETS)
    if target is None or set(current.facts) - set(baseline.facts):
        return current
    kept = {n: f for n, f in baseline.facts.items() if n in current.facts or n == target}
    return replace(baseline, facts=kept)


def _taken(keys: set[str], outcomes: Outcomes) -> set[str]:
    said = (outcomes.target, outcomes.prediction, outcomes.label, outcomes.score)
    return keys | {name for name in said if name} | set(outcomes.groups)


def _inputs(
    side: Look, outcomes: Outcomes, known: tuple[set[str], set[str]], model: PinnedModel | None
) -> Inputs:
    """Return the features; of `known`, the columns with another role, and those there are now."""
    taken, there = known
    gone = [name for name in side.facts if name not in taken | there]
    found = find_inputs(
        side, outcomes, taken | set(gone), model.description.features if model else ()
    )
    found = replace(found, left_out={**found.left_out, **dict.fromkeys(gone, GONE)})
    if not found.kinds:
        raise ProposalError(
            "no column is left that could be a feature: "
            + "; ".join(f"{name}: {reason}" for name, reason in found.left_out.items())
        )
    return found


def _write(document: Document, path: Path, wishes: Wishes) -> Proposal:
    text = document.text(schema_near(path.parent), Path(wishes.data).name or "the data")
    try:
        file = read_audit(path, VOCABULARY, text.encode())
    except AuditFileError as error:
        raise ProposalError(f"what was given makes no audit: {error}") from error
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(path) as sink:
        sink.write(text.encode())
    return Proposal(
        path=path,
        warnings=tuple(document.warnings),
        newest=next((w.key for w in file.audit.window.windows.ended(clock.now())), None),
    )
