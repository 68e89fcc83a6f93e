"""The validate stage: the team's rules on the rows, and what is always asked of any data."""

import logging
from dataclasses import replace

from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.prerequisite import PREDICTIONS, ROWS, column, results_of
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.ahead import take
from audit_pipeline.stages.boundary import MISSING, Ran, Stage, run_stage
from audit_pipeline.stages.drift import evidence_of
from audit_pipeline.stages.lacking import Lacking, absence, no_rows, predicted_columns
from audit_pipeline.stages.measuring import crashed, measure_asset
from audit_pipeline.stages.missing import said, where
from audit_pipeline.stages.revision import AuditRun, Revision
from audit_pipeline.stages.rows import place_of_window
from audit_pipeline.stages.rule_rows import hold_to_rules

ASSET = "rule_results"
RULES = results_of(ASSET)

logger = logging.getLogger(__name__)


def validate(run: AuditRun) -> Ran:
    """Hold the snapshot to the audit's rules; count rows, missing values, ids and labels."""

    def work(revision: Revision, stage: Stage) -> None:
        stage.outcomes += measure_asset(evidence_of(run, revision), ASSET)
        stage.outcomes += _rules(run, revision, stage)
        stage.crashes += crashed(stage.outcomes)
        stage.facts["checks"] = len(stage.outcomes)

    return run_stage(run, ASSET, work)


def ask_rules(run: AuditRun, revision: Revision) -> list[Outcome]:
    """Return what became of the audit's rules on the snapshot."""
    return hold_to_rules(place_of_window(run, revision), run.audit.named_rules)


def rule_checks(run: AuditRun) -> dict[Check, bool]:
    """Return the check of every rule, and whether it is required."""
    rules = run.audit.named_rules
    return {Check(asset=ASSET, name=r.name, subject=r.subject): r.required for r in rules}


def _rules(run: AuditRun, revision: Revision, stage: Stage) -> list[Outcome]:
    snapshot = revision.snapshot()
    if snapshot is None:
        taken = revision.result("snapshot")
        why = taken.record.reason if taken else None
        return _unasked(run, Lacking(ROWS, why or "there is no snapshot"))
    try:
        outcomes = take(stage, revision.path, lambda: ask_rules(run, revision))
    except MISSING as error:
        return _unasked(run, Lacking(RULES, f"the rules could not be run: {error}"))
    except Exception as error:  # noqa: BLE001 (gaps and a red run; the metrics above stand)
        logger.error("the rules of %s crashed\n%s", run.audit.name, where(error))  # noqa: TRY400 (its words quote values)
        stage.crashes.append(said(error))
        return _unasked(run, Lacking(RULES, f"the rules could not be run: {said(error)}"))
    planned = rule_checks(run)
    required = {check: replace(o, required=planned[check]) for o in outcomes for check in [o.check]}
    return [_explained(outcome, snapshot, run) for outcome in required.values()]


def _unasked(run: AuditRun, lacking: Lacking) -> list[Outcome]:
    """Return a gap for every rule."""
    return [
        gap(check, lacking.reason, required=required, lacks=lacking.what)
        for check, required in rule_checks(run).items()
    ]


def _explained(outcome: Outcome, snapshot: SnapshotRecord, run: AuditRun) -> Outcome:
    """Say of a rule that has no answer what it lacks, and why a predicted column is missing."""
    if outcome.verdict is not Verdict.GAP or outcome.lacks is not None:
        return outcome
    if not snapshot.rows:
        return replace(outcome, reason=no_rows(snapshot), lacks=ROWS)
    about = outcome.check.subject.split(", ")
    if snapshot.unscored and not set(predicted_columns(run.audit)).isdisjoint(about):
        return replace(outcome, reason=snapshot.unscored, lacks=PREDICTIONS)
    absent = next((name for name in about if name in snapshot.missing_columns), None)
    if absent is None:
        return outcome
    return replace(outcome, reason=absence(absent, snapshot), lacks=column(absent))
