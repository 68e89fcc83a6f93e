"""Questions to a lineage, on an audit small enough to know the answers."""

from dataclasses import replace

import pytest

from audit_pipeline.domain.check import Check, Outcome
from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field
from audit_pipeline.domain.measurement import ONE_ROWS_VALUE
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.lineage.columns import LineageQuestionError
from audit_pipeline.stages.lineage.names import field_of, made_by, verdict_of
from audit_pipeline.stages.lineage.questions import Answer, Question, ask
from audit_pipeline_tests.stages.lineage.audits import (
    MODEL,
    audit,
    missed,
    passed,
    record,
    recorded,
    snapshot,
    source,
    told,
)

PSI = passed("population_stability_index", "income")
AUC = passed("roc_auc", "all rows", "performance", 0.7)
ROWS = passed("row_count", "all rows", "rule_results", 5)
RECORD = record(PSI, AUC, ROWS)


def answered(**of: object) -> Answer:
    return ask(recorded(made=RECORD), Question(**of))  # type: ignore[arg-type]


def of(outcome: Outcome) -> Field:
    return field_of("loans", outcome.check)


def test_a_column_is_followed_to_its_checks_and_the_verdict() -> None:
    answer = answered(about="column", name="income")

    assert [at.name for at in answer.roots] == [
        "income",
        "income",
    ]  # of the window, of the baseline
    assert answer.fields & answer.checks.keys() == {of(PSI)}
    assert answer.outcomes[of(PSI)].verdict is Verdict.PASS
    assert verdict_of("loans") in answer.fields


def test_the_time_decides_on_all_rows_and_so_on_every_check() -> None:
    answer = answered(about="column", name="day")

    assert answer.fields & answer.checks.keys() == {of(PSI), of(AUC), of(ROWS)}


def test_a_column_without_checks_leads_nowhere() -> None:
    answer = answered(about="column", name="sex")

    assert not answer.fields & answer.checks.keys()


def test_a_metric_is_followed_back_to_its_columns() -> None:
    answer = answered(about="metric", name="roc_auc")

    assert answer.roots == (of(AUC),)
    sources = {edge.source.name for edge in answer.graph.edges if edge.source.name != WHOLE}
    assert sources == {"repaid", "score", "day"}


def test_one_check_of_a_metric_is_asked_for_by_its_subject() -> None:
    two = record(PSI, passed("population_stability_index", "score"))
    both = Question(about="metric", name="population_stability_index")
    one = Question(about="metric", name="population_stability_index(score)")

    assert len(ask(recorded(made=two), both).roots) == 2
    (root,) = ask(recorded(made=two), one).roots
    assert root.name == "population_stability_index(score)"


def test_the_verdict_rests_on_everything_that_was_checked() -> None:
    answer = answered()

    assert answer.roots == (verdict_of("loans"),)
    assert answer.checks.keys() <= answer.fields
    assert answer.verdict is Verdict.PASS


def test_downstream_of_nothing_in_particular_begins_at_the_tables_and_the_model() -> None:
    answer = ask(recorded(audit(model=MODEL)), Question(direction="downstream"))

    places = {at.dataset.name.rsplit("/", 1)[-1] for at in answer.roots}
    assert places == {"rows.parquet", "before.parquet", "model.json"}
    assert verdict_of("loans") in answer.fields


def test_the_model_is_followed_to_what_it_scored() -> None:
    answer = ask(recorded(audit(model=MODEL)), Question(about="model"))

    assert Field(made_by("loans", "snapshot"), "score") in answer.fields
    assert answer.verdict is None
    assert not answer.outcomes


def test_what_a_column_rests_on_reaches_back_to_what_other_tools_told() -> None:
    ours = next(at for at in answered(about="column", name="income").roots)
    before = Edge(Field(Dataset("dbt", "raw.salaries"), "gross"), ours)
    known = recorded(audit(), RECORD, before)

    back = ask(known, Question(about="column", name="income", direction="upstream"))
    onward = ask(known, Question(about="column", name="gross"))
    by_table = ask(known, Question(about="column", name="raw.salaries.gross"))

    assert before in back.graph.edges
    assert onward.roots == by_table.roots == (before.source,)
    assert of(PSI) in onward.fields


def test_circles_that_other_tools_told_of_do_not_hang_it() -> None:
    (ours, _) = answered(about="column", name="income").roots
    theirs = Field(Dataset("dbt", "raw"), "gross")
    known = recorded(audit(), RECORD, Edge(theirs, ours), Edge(ours, theirs))

    assert ask(known, Question(about="column", name="income")).fields
    assert ask(known, Question()).fields


def test_a_number_that_is_one_persons_is_not_told() -> None:
    secret = passed("latency_p95", "seconds", value=4711.0)
    assert secret.measurement is not None
    measured = replace(secret.measurement, detail={"value_is": ONE_ROWS_VALUE})
    made = record(replace(secret, verdict=Verdict.FAIL, reason="it is 4711", measurement=measured))

    (outcome,) = ask(recorded(made=made), Question()).outcomes.values()

    assert outcome.verdict is Verdict.FAIL
    assert outcome.measurement is None
    assert "4711" not in outcome.reason


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (
            Question(about="column", name="incme"),
            "does not read a column 'incme' (did you mean 'income'?), so that no verdict rests on",
        ),
        (Question(about="column", name="shoe_size"), "does not read a column 'shoe_size', so"),
        (
            Question(about="column", name="wage"),
            "it reads: id, day, income, region, sex, approved, score, repaid",
        ),
        (Question(about="column", name=""), "does not read a column ''"),
        (Question(about="column", name="a/b c 💶"), "does not read a column 'a/b c 💶'"),
        (Question(about="metric", name="roc_auk"), "(did you mean 'roc_auc'?)"),
        (
            Question(about="metric", name="population_stability_index(incme)"),
            "has no population_stability_index of 'incme' (did you mean 'income'?)",
        ),
        (
            Question(about="metric", name="mean_absolute_error"),
            "loans has no mean_absolute_error: it is for regression audits",
        ),
        (Question(about="model"), "loans names no model"),
    ],
)
def test_what_is_not_there_is_said_with_what_is(question: Question, words: str) -> None:
    with pytest.raises(LineageQuestionError) as caught:
        ask(recorded(made=RECORD), question)

    assert words in str(caught.value)


def test_hundreds_of_columns_are_not_all_listed() -> None:
    features = {f"x{n}": "numeric" for n in range(200)}
    wide = audit(columns={**_columns(), "features": features})

    with pytest.raises(LineageQuestionError, match=r"and 18\d more$"):
        ask(recorded(wide), Question(about="column", name="y"))


def _columns() -> dict[str, object]:
    return {"id": "id", "timestamp": "day", "prediction": {"label": "approved", "score": None}}


def test_a_missing_column_begins_where_its_gaps_are_and_is_said_to_be_missing() -> None:
    there = ("id", "day")
    gone = missed("missing_share", "income", "rule_results", "the column income is missing")
    taken = snapshot(source(columns=there), columns=there, missing_columns=("income",))
    record_of = record(gone, snapshot=taken)

    answer = ask(recorded(made=record_of), Question(about="column", name="income"))

    assert "the column 'income' was missing in this window" in answer.notes
    assert of(gone) in answer.fields
    assert Field(made_by("loans", "profile"), "income") in answer.roots


def test_the_answer_holds_what_was_asked_for_and_nothing_else() -> None:
    answer = answered(about="metric", name="row_count")

    assert told(answer.graph.edges) == {
        "profile.* -> rule_results.row_count(all rows)",
        "snapshot.* -> profile.*",
        "rows.* -> snapshot.*",
        "rows.day -> snapshot.* FILTER",
    }
    assert answer.checks[of(ROWS)] == Check(
        asset="rule_results", name="row_count", subject="all rows"
    )
