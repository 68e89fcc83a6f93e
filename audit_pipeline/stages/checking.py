"""Check an audit before it runs: file, data, columns, model, rules. Every problem at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.engines.base import EngineError
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import ChildDied, ChildFailed
from audit_pipeline.models.description import describe_model
from audit_pipeline.rules.child import check_rules_apart
from audit_pipeline.sources.base import SourceError
from audit_pipeline.sources.engine_words import reading_rows
from audit_pipeline.stages.baseline_folders import kept_rows
from audit_pipeline.stages.baseline_in_force import (
    NOBODY,
    approval_in_force,
    since_approved,
    source_now,
)
from audit_pipeline.stages.examination.content import examine_content
from audit_pipeline.stages.examination.estimate import estimate
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.joins import examine_joins
from audit_pipeline.stages.examination.sides import open_sides
from audit_pipeline.stages.examination.suspicions import suspect
from audit_pipeline.stages.gathered import counted
from audit_pipeline.stages.missing import MissingError, said
from audit_pipeline.stages.planning import shape_of, unknown_subjects
from audit_pipeline.stages.vocabulary import UnknownAuditError, load_audit_file


def check_audit(home: Home, name: str) -> list[str]:
    """Return every problem of an audit, one sentence each; none is good.

    What a run says in its notes, such as labels of rows that are not there, is no problem.
    """
    return examine(home, name).problems


def examine(home: Home, name: str) -> Findings:
    """Return the problems of an audit, what somebody should think about, and what was seen.

    Files are read whole, of a database the first rows are looked at. Nothing is run or stored.
    """
    findings = Findings()
    try:
        audit = load_audit_file(home, name).audit
    except AuditFileError as error:
        findings.problem(*str(error).splitlines())
        return findings
    except UnknownAuditError as error:
        findings.problem(str(error))
        return findings
    if audit.schedule.paused is not None:
        findings.warn(f"paused, so that it runs by hand only: {audit.schedule.paused}")
    _data(audit, _approved_rows(home, audit, findings), findings)
    _model(audit, findings)
    if audit.rules:
        findings.problem(*check_rules_apart(audit.named_rules))
    findings.problem(*unknown_subjects(audit, shape_of(audit)))
    return findings


def _approved_rows(home: Home, audit: Audit, findings: Findings) -> Path | None:
    """Return where the rows of the approved baseline are kept, with which windows are compared.

    None where the baseline is what the audit file names.
    """
    try:
        approval = approval_in_force(home, audit.name)
    except Exception as error:  # noqa: BLE001 (a store that is down is no fault of the audit)
        findings.warn(f"the results store cannot be asked who approved the baseline: {said(error)}")
        return None
    to_do = f"audit-pipeline baseline approve {audit.name}"
    if approval is None:
        findings.warn(f"{NOBODY}: {to_do}")
        return None
    findings.fact(f"baseline approved by {approval.by} on {approval.at[:10]}")
    kept, now = kept_rows(audit, home.private / audit.name, approval), source_now(audit)
    if kept is not None:
        findings.warn(*since_approved(audit.name, approval, now))
    elif now.digest != approval.digest:
        findings.problem(
            f"the baseline approved {approval.who_and_when} is not kept under these settings, and"
            " its source holds other rows now, or cannot be read; approve what is to count:"
            f" {to_do}"
        )
    return kept


def _data(audit: Audit, approved: Path | None, findings: Findings) -> None:
    with open_sides(audit, findings, approved) as sides:
        for side in sides.values():
            with _going_on(findings, side.name):
                looked = "" if side.whole else " looked at, not all there are"
                findings.fact(f"{side.name}: {counted(side.rows, 'row')}{looked}")
                examine_content(audit, side, findings)
                examine_joins(audit, side, findings)
        if "current" in sides:
            with _going_on(findings, "the newest window"):
                estimate(audit, sides["current"], findings)
        with _going_on(findings, "what speaks against the data"):
            suspect(audit, sides, findings)


@contextmanager
def _going_on(findings: Findings, what: str) -> Iterator[None]:
    """Note what keeps something from being examined; all else is examined still.

    What is wrong with a file may show only when its rows are asked for, and an engine's own words
    quote them.
    """
    try:
        with reading_rows():
            yield
    except (SourceError, EngineError, MissingError) as error:
        findings.problem(f"{what}: {error}")
    except Exception as error:  # noqa: BLE001 (its words quote rows; `said` has none of them)
        findings.problem(f"{what} could not be examined: {said(error)}")


def _model(audit: Audit, findings: Findings) -> None:
    if audit.model is None:
        return
    try:
        found = describe_model(audit.model.artefact)
    except ModelError as error:
        findings.problem(f"model: {error}")
        return
    except (ChildDied, ChildFailed) as error:
        findings.problem(f"model: it cannot be loaded: {said(error)}")
        return
    findings.fact(f"the model reads {found.count} features ({found.engine})")
    declared = set(audit.columns.features)
    if not found.features:
        if found.count != len(declared):
            findings.problem(
                f"model: it reads {found.count} features and stores no names; the audit file"
                f" declares {len(declared)}"
            )
        return
    undeclared, unread = set(found.features) - declared, declared - set(found.features)
    if undeclared:
        findings.problem(f"model: it reads features not declared: {', '.join(sorted(undeclared))}")
    if unread:
        findings.problem(f"model: declared and not read by it: {', '.join(sorted(unread))}")
