"""The assets of one audit: five stages, in one group each."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import dagster as dg

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import AuditFile
from audit_pipeline.defs.columns import columns_of, columns_of_baseline
from audit_pipeline.defs.describing import asset_tags, description_of, owners_of
from audit_pipeline.defs.drilldown import drilldown_asset
from audit_pipeline.defs.partitions import partitions_of
from audit_pipeline.defs.places import upstream_of
from audit_pipeline.defs.runs import (
    RECOVERY_TAG,
    audit_run,
    home,
    say_how_it_ended,
    say_which_audit,
)
from audit_pipeline.defs.showing import check_results, metadata_of, report_link, verdict_of
from audit_pipeline.domain.check import Stage
from audit_pipeline.stages import work
from audit_pipeline.stages.lineage.outside import Outside
from audit_pipeline.stages.planning import check_names

if TYPE_CHECKING:
    from audit_pipeline.stages.boundary import Ran
    from audit_pipeline.stages.revision import AuditRun


class Step(NamedTuple):
    """One asset: its stage, what it works on, what it does, and what the UI says of it."""

    name: str
    stage: Stage
    after: tuple[str, ...]
    do: Callable[["AuditRun"], "Ran"]
    kind: str
    description: str


STEPS = (
    Step("snapshot", Stage.INGEST, ("baseline",), work.snapshot, "parquet",
         "The window's rows as they were when the audit read them, fingerprinted and claimed."),
    Step("profile", Stage.DRIFT, ("snapshot",), work.profile, "parquet",
         "The window counted once: histograms, categories, outcomes. Every metric reads this."),
    Step("rule_results", Stage.VALIDATE, ("snapshot", "profile"), work.rules, "greatexpectations",
         "The business and data-quality rules of the audit file, and what is asked of any data."),
    Step("drift", Stage.DRIFT, ("profile",), partial(work.metrics, asset="drift"), "python",
         "How far every feature, prediction and target has moved from the baseline."),
    Step("performance", Stage.DRIFT, ("profile",), partial(work.metrics, asset="performance"),
         "python", "How well the model did where labels are known, and against the baseline."),
    Step("fairness", Stage.DRIFT, ("profile",), partial(work.metrics, asset="fairness"), "python",
         "How differently the model treats the groups of each protected attribute."),
    Step("explanations", Stage.EXPLAIN, ("snapshot",), work.explanations, "shap",
         "Which features move the model's output, by SHAP on a stated sample."),
    Step("verdicts", Stage.REPORT,
         ("rule_results", "drift", "performance", "fairness", "explanations"), work.verdicts,
         "python", "Every promised check with exactly one verdict; a gap where one is missing."),
    Step("report", Stage.REPORT, ("verdicts",), work.report, "html",
         "The report for people. It is always written, with gaps where a stage failed."),
    Step("evidence", Stage.REPORT, ("report",), work.evidence, "json",
         "Report, results and manifest, handed out and sealed: from here on the audit stands."),
)  # fmt: skip
BEGUN_AHEAD = {"rule_results", "explanations"}
ASSETS = ("baseline", *(step.name for step in STEPS))


def audit_assets(file: AuditFile, outside: Outside) -> Iterator[dg.AssetsDefinition]:
    """Yield the assets of one audit, downstream of what it reads."""
    yield _baseline(file, outside)
    for step in STEPS:
        yield _asset(file, step, outside)
    audit = file.audit
    yield drilldown_asset(audit, group_of(audit, Stage.REPORT), owners_of(audit), asset_tags(audit))


def group_of(audit: Audit, stage: Stage) -> str:
    """Return the asset group of a stage; named after the audit, or the UI would merge them."""
    return f"{audit.name}_{stage}"


def _baseline(file: AuditFile, outside: Outside) -> dg.AssetsDefinition:
    audit = file.audit

    @dg.asset(
        key=[audit.name, "baseline"],
        deps=upstream_of(outside, "baseline"),
        group_name=group_of(audit, Stage.INGEST),
        kinds={"parquet"},
        owners=owners_of(audit),
        tags=asset_tags(audit),
        description=description_of(
            audit, "What the model was approved on, profiled once and kept by content."
        ),
    )
    def baseline(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster misreads the subscript
        say_which_audit(context, file)
        result = work.baseline(home(), file)
        shown = metadata_of(result) | columns_of_baseline(audit, result)
        return dg.MaterializeResult(metadata=shown)

    return baseline


def _asset(file: AuditFile, step: Step, outside: Outside) -> dg.AssetsDefinition:
    audit = file.audit
    key = dg.AssetKey([audit.name, step.name])
    names = check_names(audit, step.name)

    @dg.asset(
        key=key,
        deps=[
            *[dg.AssetKey([audit.name, name]) for name in step.after],
            *upstream_of(outside, step.name),
        ],
        group_name=group_of(audit, step.stage),
        kinds={step.kind},
        owners=owners_of(audit),
        tags=asset_tags(audit),
        description=description_of(audit, step.description),
        partitions_def=partitions_of(audit),
        # what other processes are working on is asked for last
        op_tags={"dagster/priority": "0" if step.name in BEGUN_AHEAD else "1"},
        check_specs=[
            dg.AssetCheckSpec(name, asset=key, description=words) for name, words in names.items()
        ],
    )
    def asset(context: dg.AssetExecutionContext) -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster misreads the subscript
        if step is STEPS[0]:
            say_which_audit(context, file)
        run = audit_run(context, file)
        if step.name != "snapshot":
            run = run.as_claimed()
        ran = step.do(run)
        shown = metadata_of(ran.result, ran) | columns_of(run, ran)
        if step.name == ASSETS[-1]:
            standing = work.standing(run.home, file, run.window.key, run.run_id)
            say_how_it_ended(context, audit.name, standing)
            shown = verdict_of(standing) | report_link(run, standing.revision) | shown
        return dg.MaterializeResult(metadata=shown, check_results=list(check_results(names, ran)))

    return asset


def nothing_crashed(file: AuditFile) -> dg.AssetChecksDefinition:
    """Return the check that turns a run red when a stage of it crashed."""
    audit = file.audit

    @dg.asset_check(
        asset=dg.AssetKey([audit.name, "evidence"]),
        name="nothing_crashed",
        description="Fails the run, once its report is written, if a stage of it crashed.",
    )
    def check(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
        dead = context.run.tags.get(RECOVERY_TAG)
        if dead is not None:  # that run is red; this one did what it is for
            return dg.AssetCheckResult(
                passed=False, description=f"Run {dead} ended before its audit was sealed."
            )
        run = audit_run(context, file)
        _fail_if_crashed(run)
        return dg.AssetCheckResult(passed=True, description=f"{run.window.key}: no stage crashed.")

    return check


def _fail_if_crashed(run: "AuditRun") -> None:
    """Turn the run red with a sentence: of any other exception the UI shows the trace first."""
    from audit_pipeline.stages.report import CrashedError  # noqa: PLC0415 (needs the store)

    try:
        work.raise_if_crashed(run)
    except CrashedError as error:
        told = f"{run.audit.name}, window {run.window.key}: {error}"
        raise dg.Failure(told, allow_retries=False) from None
