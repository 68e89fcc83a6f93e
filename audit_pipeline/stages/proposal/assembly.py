"""Put a proposal together: every part of the audit file, and the remarks that go with it."""

from pathlib import Path
from typing import Any

from audit_pipeline.audits.columns import Kind
from audit_pipeline.audits.home import Home
from audit_pipeline.stages.proposal.copies import place_tables
from audit_pipeline.stages.proposal.document import Document, grouped, listed, written
from audit_pipeline.stages.proposal.draft import Draft
from audit_pipeline.stages.proposal.features import Inputs, default_kind
from audit_pipeline.stages.proposal.homes import make_home
from audit_pipeline.stages.proposal.limits import propose_limits
from audit_pipeline.stages.proposal.looking import Desk
from audit_pipeline.stages.proposal.outcomes import Outcomes
from audit_pipeline.stages.proposal.rules import propose_rules, rows_rule
from audit_pipeline.stages.proposal.trial import kept_rules
from audit_pipeline.stages.proposal.windows import remark_windows
from audit_pipeline.stages.proposal.wishes import Wishes

UNSAID = "TO BE WRITTEN"


def assemble(draft: Draft, wishes: Wishes, home: Home, desk: Desk) -> Document:
    """Return the audit file's parts. The home is made, and copies of rows where it needs some."""
    rules = _rules(draft, desk.folder)  # first, for it takes long, and nothing is written meanwhile
    make_home(home.path)
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
    remark_windows(document, draft)
    document.parts["rules"] = rules
    document.remark(
        "rules",
        "The baseline keeps them all. Those that warn are guesses: take out what means nothing,"
        " and say who holds the rest (`set_by`).",
    )
    _limits(document, draft)
    return document


def _columns(document: Document, draft: Draft) -> dict[str, Any]:
    keys, outcomes, inputs = draft.keys, draft.outcomes, draft.inputs
    columns: dict[str, Any] = {"id": keys.id, "timestamp": keys.time.setting}
    columns["features"] = _features(document, draft)
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
    _doubts(document, inputs)
    return columns


def _doubts(document: Document, inputs: Inputs) -> None:
    """Say of which columns the user must think: one line for all of a kind."""
    reasons = {reason: listed(names) for reason, names in grouped(inputs.left_out)}
    doubtful = [f"{names} ({why})" for why, names in reasons.items() if why.startswith("looks")]
    if doubtful:
        document.warn(f"Left out of the features: {'; '.join(doubtful)}.")
    for reason, names in reasons.items():
        if not reason.startswith("looks"):  # which stands at the top
            document.remark("columns.after", f"left out ({reason}): {names}")
    leaks = [f"{listed(names)} ({reason})" for reason, names in grouped(inputs.leaks)]
    if leaks:
        document.warn(f"These features look like leakage; known in time? {'; '.join(leaks)}.")


def _features(document: Document, draft: Draft) -> list[str] | dict[str, Kind | None]:
    """Return the features; a kind is declared where it is not the usual one."""
    facts, kinds = draft.baseline.facts, draft.inputs.kinds
    declared = {n: None if k == default_kind(facts[n]) else k for n, k in kinds.items()}
    document.remark(
        "columns.features",
        "no kind given: fractions, and integers of 50 values or more, are numeric, the rest codes",
    )
    return declared if any(declared.values()) else list(kinds)


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


def _rules(draft: Draft, folder: Path) -> list[dict[str, Any]]:
    kinds: dict[str, str] = dict(draft.inputs.kinds)
    kinds |= dict.fromkeys((g for g in draft.outcomes.groups if g not in kinds), "categorical")
    facts, score = draft.baseline.facts, draft.outcomes.score
    spans = draft.timeline.spans
    proposed = [rows_rule(spans)] if spans.counted else []
    proposed += propose_rules(facts, kinds, draft.keys.id, score)
    return kept_rules(proposed, draft.baseline.table, folder)


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
