"""Whether the columns hold what the audit file says they hold."""

import re
from collections.abc import Iterator, Mapping

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.columns import Prediction, Target
from audit_pipeline.profiles.counting.classes import Binary, binary_of
from audit_pipeline.profiles.counting.codes import MOST_CATEGORIES
from audit_pipeline.stages.examination.findings import Findings
from audit_pipeline.stages.examination.sides import Side
from audit_pipeline.stages.gathered import counted
from audit_pipeline.stages.proposal.facts import ColumnFacts
from audit_pipeline.stages.proposal.roles import MOST_GROUPS, whole

Facts = Mapping[str, ColumnFacts]
COMMA = re.compile(r"[-+]?\d+,\d+|[-+]?\d{1,3}(\.\d{3})*(,\d+)?")
SAME = {"1": "true", "0": "false", "true": "1", "false": "0"}


def examine_content(audit: Audit, side: Side, findings: Findings) -> None:
    """Note every column of a side that does not hold what it should."""
    if not side.rows:
        findings.about(side.name, ["it has no rows"])
        return
    findings.about(side.about, _problems(audit, side.facts))
    absences = list(_absences(audit, side.facts))
    if side.whole:
        findings.about(side.about, absences)
    else:  # the rows that were not looked at may have what these lack
        findings.warn(*(f"{side.about}: {said}" for said in absences))
    findings.warn(*(f"{side.about}: {said}" for said in _doubts(audit, side)))


def _problems(audit: Audit, facts: Facts) -> Iterator[str]:
    columns = audit.columns
    yield from _features(audit, facts)
    if columns.prediction is not None:
        yield from _score(columns.prediction, facts)
    for name in (n for n in columns.groups if n in facts):
        if facts[name].distinct > MOST_GROUPS:
            yield (
                f"the group {name!r} has {facts[name].distinct:,} different values: fairness by"
                f" more than {MOST_GROUPS} says nothing; group them in bands"
            )
    weight = facts.get(columns.weight or "")
    low = weight.low if weight else None
    if isinstance(low, int | float) and low < 0:
        yield f"the weight {columns.weight!r} has negative values: such rows cannot be counted"


def _absences(audit: Audit, facts: Facts) -> Iterator[str]:
    """Yield what no row has, though some should."""
    target, prediction = audit.columns.target, audit.columns.prediction
    if target is not None and target.column in facts:
        yield from _target(audit, target, facts[target.column])
    if prediction is None:
        return
    score = facts.get(prediction.score or "")
    if score is not None and score.missing == score.rows:
        yield f"the score {score.name!r} is missing in every row"
    yield from _predicted(audit, prediction, facts)


def _features(audit: Audit, facts: Facts) -> Iterator[str]:
    for name, feature in audit.columns.features.items():
        each = facts.get(name)
        if each is None or each.missing == each.rows:
            continue
        if feature.kind == "numeric" and each.family not in {"integer", "float", "boolean"}:
            yield f"the feature {name!r} is declared numeric and is {each.type}: {_hint(each)}"
        codes = feature.kind == "categorical" or (feature.kind is None and not each.number)
        if codes and each.distinct > MOST_CATEGORIES:
            yield (
                f"the feature {name!r} has {each.distinct:,} different values, more than the"
                f" {MOST_CATEGORIES:,} that are counted: declare it numeric, or leave it out"
            )


def _hint(facts: ColumnFacts) -> str:
    """Return what to do about text where numbers should be."""
    if facts.sample and all(COMMA.fullmatch(text.strip()) for text in facts.sample):
        return "its numbers have a comma before the decimals: set `decimal: ','` for a CSV file"
    return "declare it categorical, or give numbers (a word for no value? say it with `null:`)"


def _target(audit: Audit, target: Target, facts: ColumnFacts) -> Iterator[str]:
    if audit.task != "binary" or facts.missing == facts.rows:
        return
    if not facts.values:
        yield (
            f"the target {target.column!r} has {facts.distinct:,} different values and the task is"
            " binary: name another column, or another task"
        )
        return
    found, binary = _codes(facts), binary_of(target.positive, target.negative)
    if not found & _names(binary.positive):
        said = ", ".join(sorted(found)) if len(found) <= MOST_GROUPS else "many values"
        yield (
            f"the target {target.column!r} never has the positive value {target.positive!r}; it"
            f" has: {said}"
        )
    elif len(found) == 1:
        yield f"the target {target.column!r} has one class only: performance cannot be measured"


def _score(prediction: Prediction, facts: Facts) -> Iterator[str]:
    each = facts.get(prediction.score or "")
    if each is None or each.missing == each.rows:
        return
    if not each.number:
        yield f"the score {each.name!r} is {each.type}, not a number"
    elif not _within(each):
        yield f"the score {each.name!r} has values outside 0 to 1: it is no probability"


def _within(facts: ColumnFacts) -> bool:
    low, high = facts.low, facts.high
    numbers = isinstance(low, int | float) and isinstance(high, int | float)
    return not numbers or (low >= 0 and high <= 1)  # type: ignore[operator]


def _predicted(audit: Audit, prediction: Prediction, facts: Facts) -> Iterator[str]:
    each, target = facts.get(prediction.label), audit.columns.target
    if each is None or each.missing == each.rows:
        return
    if audit.task == "regression":
        if not each.number:
            yield f"the prediction {each.name!r} is {each.type}, not a number"
        return
    known = _known(audit, target, facts)
    strange = {code for code in _codes(each) if not _names(code) & known} if known else set()
    if strange:
        yield (
            f"the prediction {each.name!r} has {len(strange):,} values that the target does not"
            f" have; the target's are {', '.join(sorted(known)[:MOST_GROUPS])}"
        )


def _known(audit: Audit, target: Target | None, facts: Facts) -> set[str]:
    """Return the codes a prediction may have; none where that is not known."""
    if target is None:
        return set()
    binary = binary_of(target.positive, target.negative)
    if audit.task == "binary" and binary.negative is not None:
        return {*_names(binary.positive), *_names(binary.negative)}
    told = facts.get(target.column)
    found = _codes(told) if told else set()
    return found | _names(Binary(binary.positive, None).positive) if found else set()


def _doubts(audit: Audit, side: Side) -> Iterator[str]:
    columns, facts = audit.columns, side.facts
    yield from _ids(facts.get(columns.id))
    target = facts.get(columns.target.column) if columns.target else None
    if target is not None and target.missing == target.rows:
        yield f"no row has a label in {target.name!r} yet: performance is a gap until some have"
    score = facts.get(columns.prediction.score or "") if columns.prediction else None
    if score is not None and 0 < score.missing < score.rows:
        yield f"{score.missing_share:.1%} of the rows have no score in {score.name!r}"
    constant = [n for n in columns.features if n in facts and facts[n].distinct == 1]
    if constant:
        yield f"features with one value in every row: {', '.join(constant)}"
    empty = [n for n in columns.features if n in facts and facts[n].missing == side.rows]
    if empty:
        yield f"features without any value: {', '.join(empty)}"


def _ids(facts: ColumnFacts | None) -> Iterator[str]:
    if facts is None or facts.family == "other":
        return
    if facts.missing:
        yield f"{counted(facts.missing, 'row')} without an id in {facts.name!r}"
    again = facts.rows - facts.missing - facts.distinct
    if again > 0:
        yield (
            f"{counted(again, 'row')} with an id in {facts.name!r} that another row has: is it what"
            " names a row?"
        )


def _codes(facts: ColumnFacts) -> set[str]:
    return {_code(value) for value in facts.values}


def _code(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(whole(value)) if isinstance(value, int | float) else str(value)


def _names(code: str) -> set[str]:
    return {code, SAME[code]} if code in SAME else {code}
