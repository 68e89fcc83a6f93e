"""Put a proposal together: every part of the audit file, and the remarks that go with it."""

from datetime import date
from pathlib import Path
from typing import Any

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.proposal.copies import place_tables
from audit_pipeline.stages.proposal.document import Document, grouped, listed, written
from audit_pipeline.stages.proposal.draft import Draft
from audit_pipeline.stages.proposal.limits import propose_limits
from audit_pipeline.stages.proposal.looking import Desk
from audit_pipeline.stages.proposal.outcomes import Outcomes
from audit_pipeline.stages.proposal.rules import propose_rules, rows_rule
from audit_pipeline.stages.proposal.trial import kept_rules
from audit_pipeline.stages.proposal.wishes import Wishes

UNSAID = "TO BE WRITTEN"


def assemble(draft: Draft, wishes: Wishes, home: Home, desk: Desk) -> Document:
    """Return the audit file's parts; copies of rows are written where it needs some."""
    document = Document()
    document.parts |= {
        "format": 1,
        "name": wishes.name,
        "purpose": wishes.purpose or f"{UNSAID}: what the model is used for, in a sentence.",
        "owner": wishes.owner or f"{UNSAID}: who answers for the model and can be reached",
        "risk": "medium",
        "task": draft.outcomes.task,
    }
    document.remark("risk", "low, medium or high: what is at stake when the model is wrong.")
    if wishes.purpose is None or wishes.owner is None:
        document.warn("`purpose` and `owner` are to be written: they stand on every report.")
    place_tables(document, draft, home, wishes.name)
    document.parts["columns"] = _columns(document, draft)
    if draft.model is not None:
        document.parts["model"] = _model(draft, home)
    document.parts["window"] = draft.timeline.window
    _window(document, draft)
    _rules(document, draft, desk.folder)
    _limits(document, draft)
    return document


def _columns(document: Document, draft: Draft) -> dict[str, Any]:
    keys, outcomes, inputs = draft.keys, draft.outcomes, draft.inputs
    columns: dict[str, Any] = {"id": keys.id, "timestamp": keys.time.setting}
    columns["features"] = dict(inputs.kinds)
    columns["prediction"] = _prediction(document, draft)
    if outcomes.target is not None:
        columns["target"] = _target(outcomes)
    else:
        document.warn("No target was found: performance is not measured. Give --target.")
    if outcomes.groups:
        columns["groups"] = list(outcomes.groups)
    else:
        document.warn("No protected attribute was found: fairness is not measured. Give --group.")
    columns |= {k: v for k, v in (("version", draft.version), ("weight", draft.weight)) if v}
    for name, leak in inputs.leaks.items():
        document.warn(f"The feature {name!r} looks like leakage: {leak}. Was it known in time?")
    for reason, names in grouped(inputs.left_out):
        document.remark("columns.after", f"left out ({reason}): {listed(names)}")
        if reason.startswith("looks"):
            document.warn(f"Left out of the features: {listed(names)} ({reason}).")
    return columns


def _prediction(document: Document, draft: Draft) -> dict[str, Any] | None:
    outcomes = draft.outcomes
    if draft.model is not None and outcomes.prediction is None:
        document.remark("columns.prediction", "the model scores the rows; these are the names")
        return {"label": "prediction", "score": None if outcomes.task == "regression" else "score"}
    if outcomes.prediction is None and outcomes.score is None:
        document.remark("columns.prediction", "nothing is predicted: the data alone is audited")
        document.warn(
            "No prediction was found: only the data is audited, by rules and drift. Give"
            " --prediction, --score or --model."
        )
        return None
    if outcomes.label is None:
        return {"label": "predicted_class", "score": outcomes.score, "threshold": 0.5}
    return {"label": outcomes.label, "score": outcomes.score}


def _target(outcomes: Outcomes) -> dict[str, Any]:
    target: dict[str, Any] = {"column": outcomes.target}
    if outcomes.task == "binary" and outcomes.positive is not None:
        target["positive"] = outcomes.positive
        text = isinstance(outcomes.positive, str) and isinstance(outcomes.negative, str)
        target |= {"negative": outcomes.negative} if text else {}
    return target


def _model(draft: Draft, home: Home) -> dict[str, Any]:
    part = draft.model.part(home.audits) if draft.model else {}
    if draft.trained_on is not None:
        part["trained_on"] = written(draft.trained_on, home.audits)
    return part


def _window(document: Document, draft: Draft) -> None:
    spans, timeline = draft.timeline.spans, draft.timeline
    count = len(spans.rows)
    document.remark(
        "window",
        f"{count} {spans.every}{'s' if count > 1 else ''} of the data,"
        f" {min(spans.rows):,} to {max(spans.rows):,} rows each. Times without a zone are taken as"
        " UTC.",
    )
    if timeline.end is not None:
        document.remark(
            "window",
            f"The data ends there, long before {date.today()}: take `end` out if it goes on.",  # noqa: DTZ011 (for a person)
        )
    few = 100
    if spans.typical < few:
        document.warn(
            f"A {spans.every} has about {spans.typical:,} rows: too few to tell much. Longer"
            " windows tell more (--every)."
        )


def _rules(document: Document, draft: Draft, folder: Path) -> None:
    kinds: dict[str, str] = dict(draft.inputs.kinds)
    kinds |= dict.fromkeys((g for g in draft.outcomes.groups if g not in kinds), "categorical")
    facts, score = draft.baseline.facts, draft.outcomes.score
    proposed = [rows_rule(draft.timeline.spans)]
    proposed += propose_rules(facts, kinds, draft.keys.id, score)
    document.parts["rules"] = kept_rules(proposed, draft.baseline.table, folder)
    document.remark(
        "rules",
        "The baseline keeps them all, with some room. Those that only warn are guesses from the"
        " data; take out what means nothing, and say of the rest who holds it.",
    )


def _limits(document: Document, draft: Draft) -> None:
    target, facts = draft.outcomes.target, draft.baseline.facts
    limits = propose_limits(facts, {*draft.inputs.kinds, *draft.outcomes.groups}, target)
    document.remark(
        "limits" if limits else "rules",
        "Metrics have default limits (docs/reference/metrics.md); here stand those that differ."
        if limits
        else "All limits are the metrics' defaults; a part `limits:` changes them.",
    )
    if limits:
        document.parts["limits"] = limits
