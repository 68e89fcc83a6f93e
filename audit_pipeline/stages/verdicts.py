"""The verdicts: every promised check has exactly one, and together they make the audit's."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from audit_pipeline import __version__, clock
from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Check, Outcome, gap
from audit_pipeline.domain.prerequisite import CHECKS, ROWS, column, results_of
from audit_pipeline.domain.record import AuditRecord, SnapshotRecord, StageRecord
from audit_pipeline.domain.verdict import Verdict, overall, untold
from audit_pipeline.metrics.base import Shape
from audit_pipeline.profiles.encoding.codec import ProfileFormatError
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.baseline_in_force import baseline_of
from audit_pipeline.stages.boundary import Ran, Stage, run_stage
from audit_pipeline.stages.explain import explanation
from audit_pipeline.stages.missing import where
from audit_pipeline.stages.past import changes_since, has_new_baseline, read_past
from audit_pipeline.stages.planning import ADDITIVITY, not_applicable, planned_checks, shape_of
from audit_pipeline.stages.reading import as_json, record_in
from audit_pipeline.stages.revision import AuditRun, Revision, StageResult
from audit_pipeline.stages.validate import rule_checks
from audit_pipeline.store.atomic import write_json

logger = logging.getLogger(__name__)

MEASURED = ("rule_results", "drift", "performance", "fairness", "explanations")
WORKED = ("snapshot", "profile", *MEASURED)
HEADLINES = 5
NOTHING_ASKED = gap(
    CHECKS,
    "the audit asks nothing: its file leaves out every metric, and has no rule and no model",
    lacks=CHECKS,
)


def give_verdicts(run: AuditRun) -> Ran:
    """Gather every outcome; what was promised and is not there becomes a gap."""

    def work(revision: Revision, stage: Stage) -> None:
        record = make_record(run, revision)
        write_json(revision.path / "record.json", as_json(record))
        counts = {verdict.value: 0 for verdict in Verdict}
        for outcome in record.outcomes:
            counts[outcome.verdict] += 1
        stage.facts |= {"verdict": record.verdict.value, "checks": counts}
        stage.facts["because"] = list(record.headlines)

    return run_stage(run, "verdicts", work)


def read_record(revision: Revision) -> AuditRecord | None:
    """Return the record of a revision, once its verdicts were given."""
    return record_in(revision.path)


def make_record(run: AuditRun, revision: Revision) -> AuditRecord:
    """Return the whole record of an audit from what its stages left behind."""
    audit = run.audit
    results = {asset: revision.result(asset) for asset in WORKED}
    lacking = revision.result("baseline")  # says why there is none
    stages = (
        *([lacking.record] if lacking else ()),
        *(_stage(asset, result) for asset, result in results.items()),
    )
    shape = shape_of(audit, *profiles(audit, revision))
    snapshot = revision.snapshot()
    outcomes = tuple(_complete(run, shape, results, snapshot)) or (NOTHING_ASKED,)
    baseline, approval = baseline_of(revision)
    past = read_past(run)
    record = AuditRecord(
        audit=audit.name,
        purpose=audit.purpose,
        owner=audit.owner,
        risk=audit.risk,
        window=run.window,
        revision=revision.claim.revision,
        run_id=run.run_id,
        audit_file_sha256=run.file.sha256,
        version=__version__,
        created=clock.now().isoformat(timespec="seconds"),
        verdict=overall(_ends(outcomes)),
        headlines=tuple(_headlines(outcomes, stages)),
        outcomes=outcomes,
        stages=stages,
        snapshot=snapshot,
        baseline=baseline,
        approval=approval,
        model=audit.model.model_dump(mode="json") if audit.model else None,
        explanations=explanation(revision),
        not_applicable=not_applicable(audit, shape),
        history=past.verdicts,
    )
    return replace(
        record,
        new_baseline=has_new_baseline(past, record),
        changes=tuple(changes_since(past, record)),
    )


def _stage(asset: str, result: StageResult | None) -> StageRecord:
    if result is None:
        reason = "the process ended before this stage did"
        return StageRecord(asset=asset, status="crashed", reason=reason)
    return result.record


def profiles(audit: Audit, revision: Revision) -> tuple[Profile | None, Profile | None]:
    """Return the profiles of baseline and window; one that cannot be read must cost no report."""
    return _readable(audit, revision.baseline_profile), _readable(audit, revision.profile)


def _readable(audit: Audit, read: Callable[[], Profile | None]) -> Profile | None:
    try:
        return read()
    except (OSError, ValueError, LookupError, ProfileFormatError) as error:
        logger.error("a profile of %s cannot be read\n%s", audit.name, where(error))  # noqa: TRY400 (its words quote values)
        return None


def _complete(
    run: AuditRun,
    shape: Shape,
    results: dict[str, StageResult | None],
    snapshot: SnapshotRecord | None,
) -> Iterator[Outcome]:
    """Yield every promised outcome in a fixed order, a gap where a stage did not deliver it."""
    ended_at = next((asset for asset in WORKED if results[asset] is None), None)
    for asset in MEASURED:
        result = results[asset]
        got = {o.check: o for o in result.outcomes} if result else {}
        reason = _stage(asset, result).reason or "the stage ended without it"
        lacks = _lacks(run, asset, ended_at if result is None and ended_at else asset, snapshot)
        for check, required in sorted(_promised(run, shape, asset).items()):
            missing = gap(check, reason, required=required, lacks=lacks)
            yield got.pop(check, missing)
        yield from got.values()


def _lacks(run: AuditRun, asset: str, broken: str, snapshot: SnapshotRecord | None) -> Check:
    """Return what the checks of an asset lack that were not made, for a stage `broken`."""
    if snapshot is None or not snapshot.rows:
        return ROWS
    if asset == broken == ADDITIVITY.asset:  # a model is explained by all of its features
        absent = (name for name in run.audit.columns.features if name in snapshot.missing_columns)
        return next(map(column, absent), results_of(broken))
    return results_of(broken)


def _promised(run: AuditRun, shape: Shape, asset: str) -> dict[Check, bool]:
    if asset == "explanations":
        return {ADDITIVITY: True} if run.audit.model else {}
    metrics = planned_checks(run.audit, shape, asset)
    promised = {check: limit.required for check, limit in metrics.items()}
    return promised | rule_checks(run) if asset == "rule_results" else promised


def _counts(outcome: Outcome) -> bool:
    """Return whether an outcome bears on the audit's verdict: what is not required may be a gap."""
    return outcome.required or outcome.verdict is not Verdict.GAP


def _ends(outcomes: tuple[Outcome, ...]) -> list[tuple[str, Verdict]]:
    """Return asset and verdict of every outcome that counts."""
    return [(o.check.asset, o.verdict) for o in outcomes if _counts(o)]


def _headlines(outcomes: tuple[Outcome, ...], stages: tuple[StageRecord, ...]) -> Iterator[str]:
    """Yield the few sentences that explain the verdict, worst first; one per metric and reason."""
    for stage in stages:
        if stage.status == "crashed":
            yield f"{stage.asset} crashed: {stage.reason}"
    yield from islice(_reasons(outcomes), HEADLINES)


def _reasons(outcomes: tuple[Outcome, ...]) -> Iterator[str]:
    for verdict in (Verdict.FAIL, Verdict.GAP, Verdict.WARN):
        grouped: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.verdict is verdict and _counts(outcome):
                key = outcome.reason if verdict is Verdict.GAP else outcome.check.name
                grouped.setdefault((verdict, key), []).append(outcome)
        yield from map(_headline, grouped.values())
    for asset in untold(_ends(outcomes)):
        alike = [o for o in outcomes if o.check.asset == asset and _counts(o)]
        yield f"{asset}: all {len(alike)} checks are inconclusive: {alike[0].reason}"


def _headline(alike: list[Outcome]) -> str:
    first, more = alike[0], len(alike) - 1
    names = {o.check.name for o in alike}
    if first.verdict is Verdict.GAP and len(names) > 1:
        return f"{len(alike)} checks could not be made: {first.reason}"
    also = f" (and {more} more)" if more else ""
    return f"{first.check.name} of {first.check.subject}{also}: {first.reason}"
