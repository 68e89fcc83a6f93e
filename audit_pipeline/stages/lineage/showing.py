"""What the Dagster UI shows of the columns that a stage made: what each rests on, and what on it.

Nothing here knows Dagster.
"""

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.lineage import WHOLE, Edge, Field, LineageGraph
from audit_pipeline.domain.verdict import Verdict, worst
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.boundary import Ran
from audit_pipeline.stages.lineage.graph import graph_of
from audit_pipeline.stages.lineage.known import Known
from audit_pipeline.stages.lineage.left_behind import known_after, known_of_verdicts
from audit_pipeline.stages.lineage.names import field_of, made_by
from audit_pipeline.stages.lineage.reach import ROWS, Reach
from audit_pipeline.stages.lineage.tables import CHECKED, tables_of
from audit_pipeline.stages.planning import shape_of
from audit_pipeline.stages.revision import SNAPSHOT, AuditRun, StageResult

SHOWN = (*ROWS, "profile", *CHECKED, "verdicts")
"""The assets whose columns are shown."""
MOST = 500
"""Checks of one asset that are shown each by itself; where there are more, it is one per metric."""
MOST_COLUMNS = 100
"""Columns of one table that something is said to rest on; where there are more, it is all rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnShown:
    """One column of what a stage made; of a stage of checks, one check.

    `type` is that of the column, or the verdict of the check. `rests_on` are the fields it is made
    from; `sources` those of tables that the audit did not make, where they are further back;
    `checks` are the checks that rest on it.
    """

    name: str
    type: str = ""
    rests_on: tuple[Field, ...] = ()
    sources: tuple[Field, ...] = ()
    checks: tuple[Field, ...] = ()


def shown_after(run: AuditRun, ran: Ran) -> tuple[ColumnShown, ...]:
    """Return the columns of what a stage of an audit made; none of an asset that has no columns."""
    asset, verdict = ran.result.record.asset, ""
    if asset not in SHOWN:
        return ()
    revision = run.revision(ran.claim)
    known = known_after(run.audit, revision, ran.result)
    if asset == "verdicts":
        known, facts = known_of_verdicts(run.audit, revision)
        verdict = facts.verdict if facts is not None else ""
    counted = (known.baseline_profile or revision.baseline_profile(), known.profile)
    profiles = tuple(profile for profile in counted if profile is not None)
    numeric = tuple(shape_of(run.audit, *profiles).numeric)
    planned = _planned(_Plan(run.file.sha256, numeric, run.audit, profiles))
    return columns_shown(asset, known, planned, verdict)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a whole lineage is drawn from: the same audit file and kinds of columns, the same."""

    file_sha256: str
    numeric: tuple[str, ...]
    audit: Audit = field(compare=False)
    profiles: tuple[Profile, ...] = field(compare=False)


@functools.lru_cache(maxsize=2)
def _planned(plan: _Plan) -> LineageGraph:
    """Return the whole lineage of an audit; drawn once for all its stages, for some are wide."""
    return graph_of(plan.audit, None, *plan.profiles)


def shown_of_baseline(audit: Audit, result: StageResult) -> tuple[ColumnShown, ...]:
    """Return the columns of a baseline, by what its step said of it; none if there is none."""
    facts = result.facts
    if "columns" not in facts:
        return ()
    told = {name: facts[name] for name in ("fingerprint", "rows", "columns", "first", "last")}
    predictions, labelled = facts["predictions from"], facts["labelled rows"]
    of = {"predictions": predictions, "labelled": labelled, "sources": (), "engine": ""}
    record = SNAPSHOT.validate_python(told | of)
    return columns_shown("baseline", Known(audit=audit, baseline=record), LineageGraph(()))


def columns_shown(
    asset: str, known: Known, planned: LineageGraph, verdict: str = ""
) -> tuple[ColumnShown, ...]:
    """Return the columns of what a stage asset made, as far as is known of it.

    `planned` is the whole lineage of the audit, in which sources and checks are looked up;
    `verdict` that of the whole audit, which is the type of the one column of `verdicts`.
    """
    (made,) = tables_of(asset, known).outputs
    reach = Reach(known.audit, planned)
    types = {Field(made.dataset, name): kind for name, kind in made.columns.items()}
    folded = folded_checks(known.audit.name, known.outcomes)
    if asset in CHECKED:
        types = _judged(known, folded)
    elif asset == "verdicts":
        types = dict.fromkeys(types, verdict)
    resting = _resting(made.edges, folded)
    return tuple(
        ColumnShown(
            name=at.name,
            type=types.get(at, ""),
            rests_on=resting.get(at, ()),
            sources=reach.sources(resting.get(at, ())) if asset not in ROWS else (),
            checks=reach.checks(at) if asset not in {*CHECKED, "verdicts"} else (),
        )
        for at in dict.fromkeys((*types, *resting))
    )


def folded_checks(audit: str, outcomes: Sequence[Outcome]) -> Mapping[Field, Field]:
    """Return under which field a check is shown, of assets that have too many to show each."""
    many = Counter(outcome.check.asset for outcome in outcomes)
    return {
        field_of(audit, o.check): Field(made_by(audit, o.check.asset), o.check.name)
        for o in outcomes
        if many[o.check.asset] > MOST
    }


def _judged(known: Known, folded: Mapping[Field, Field]) -> dict[Field, str]:
    """Return the verdict of each check as it is shown: the worst, where several are one.

    The worst checks come first.
    """
    found: dict[Field, list[Verdict]] = {}
    for outcome in known.outcomes:
        at = field_of(known.audit.name, outcome.check)
        found.setdefault(folded.get(at, at), []).append(outcome.verdict)
    shown = {at: worst(verdicts) for at, verdicts in found.items()}
    return {at: of.value for at, of in sorted(shown.items(), key=lambda pair: _rank(pair[1]))}


def _rank(verdict: Verdict) -> int:
    """Return how many verdicts are worse: people look at the worst first."""
    return sum(worst((verdict, other)) is not verdict for other in Verdict)


def _resting(
    edges: tuple[Edge, ...], folded: Mapping[Field, Field]
) -> dict[Field, tuple[Field, ...]]:
    """Return what each field rests on, each once; beside too many columns stand all rows.

    A column that is made from another of the same table rests on what that one rests on.
    """
    found: dict[Field, dict[Field, None]] = {}
    for edge in edges:
        at = folded.get(edge.target, edge.target)
        found.setdefault(at, {})[folded.get(edge.source, edge.source)] = None
    return {at: _few(tuple(_through(at, found))) for at in found}


def _through(at: Field, found: Mapping[Field, Mapping[Field, None]]) -> dict[Field, None]:
    """Return what a field rests on outside its own table, one step through that at most."""
    outside: dict[Field, None] = {}
    for source in found[at]:
        own = source.dataset == at.dataset
        steps = found.get(source, {}) if own else {source: None}
        outside |= {step: None for step in steps if step.dataset != at.dataset}
    return outside


def _few(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    many = Counter(at.dataset for at in fields if not _is_check(at))
    fewer = (Field(f.dataset, WHOLE) if many[f.dataset] > MOST_COLUMNS else f for f in fields)
    return tuple(dict.fromkeys(fewer))


def _is_check(at: Field) -> bool:
    return at.dataset.name.rpartition(".")[2] in CHECKED
