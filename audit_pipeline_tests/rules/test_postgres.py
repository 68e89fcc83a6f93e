"""Rules on a real PostgreSQL: one transaction, its limits, and what is told of its errors."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest

from audit_pipeline.domain.prerequisite import results_of
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.rules.child import run_rules_apart
from audit_pipeline.rules.run import run_rules
from audit_pipeline.rules.target import Expected, PostgresRows
from audit_pipeline_tests.rules.engines import in_postgres, table

NAMES = table(x=([1.0, 2.0, None], pa.float64()), name=(["Ann", "Bob", "Jane Doe"], pa.string()))
NOT_NULL = Rule(name="filled", expect="expect_column_values_to_not_be_null", kwargs={"column": "x"})
SQL = "unexpected_rows_expectation"


def of_sql(query: str) -> Rule:
    return Rule(name="sql", expect=SQL, kwargs={"unexpected_rows_query": query})


@pytest.fixture
def names(postgres_url: str) -> PostgresRows:
    return in_postgres(NAMES, postgres_url)


def test_a_query_with_percent_signs_and_colons_is_asked_as_it_is(postgres_url: str) -> None:
    query = (
        "WITH r AS (SELECT * FROM generate_series(1, 10) g(n))"
        " SELECT n % 3 AS rest, ':word %s' AS said, n::text LIKE '1%' AS ones FROM r"
    )
    rules = [
        Rule(
            name="rest",
            expect="expect_column_values_to_be_in_set",
            kwargs={"column": "rest", "value_set": [0, 1]},
        ),
        Rule(
            name="said",
            expect="expect_column_values_to_be_in_set",
            kwargs={"column": "said", "value_set": [":word %s"]},
        ),
        of_sql("WITH a AS (SELECT * FROM {batch} WHERE ones) SELECT * FROM a WHERE rest % 2 = 1"),
    ]
    rest, said, sql = run_rules(PostgresRows(url=postgres_url, query=query), rules)
    assert rest.reason == "3 of 10 rows (30.0 %) break it"  # 2, 5 and 8 leave 2
    assert said.reason == "all 10 rows keep it"
    assert sql.reason == "it does not hold: the observed value is 2"  # 1 and 10


@pytest.mark.parametrize(
    ("type_", "verdict"),
    [("numeric(10,2)", "pass"), ("NUMERIC(10,2)", "pass"), ("numeric(9,2)", "fail")],
)
def test_a_type_is_named_as_postgres_names_it(postgres_url: str, type_: str, verdict: str) -> None:
    rows = PostgresRows(url=postgres_url, query="SELECT 1.5::numeric(10,2) AS pay")
    rule = Rule(
        name="type",
        expect="expect_column_values_to_be_of_type",
        kwargs={"column": "pay", "type_": type_},
    )
    (outcome,) = run_rules(rows, [rule])
    assert outcome.verdict == verdict
    assert outcome.measurement is not None
    assert outcome.measurement.detail["observed"] == "numeric(10,2)"


def test_a_decimal_that_is_not_a_number_breaks_a_rule(postgres_url: str) -> None:
    query = "SELECT * FROM (VALUES (1.5::numeric), ('NaN'), (NULL)) t(pay)"
    limits = {"column": "pay", "min_value": 0}
    rule = Rule(name="pay", expect="expect_column_values_to_be_between", kwargs=limits)
    outcome, filled = run_rules(
        PostgresRows(url=postgres_url, query=query),
        [rule, replace(NOT_NULL, kwargs={"column": "pay"})],
    )
    assert outcome.reason == "1 of 2 rows (50.0 %) break it, 1 of them with NaN"
    assert filled.reason == "2 of 3 rows (66.7 %) break it"


def test_sql_of_the_users_own_can_write_nothing(postgres_url: str, names: PostgresRows) -> None:
    table_name = names.query.rpartition(" ")[2]
    escapes = [
        f"SELECT 1 FROM {{batch}}) x; COMMIT; DELETE FROM {table_name}; SELECT 1 FROM (SELECT 1",
        f"WITH gone AS (DELETE FROM {table_name} RETURNING *) SELECT * FROM gone, {{batch}}",
        "SELECT setval('none', 1) FROM {batch}",
    ]
    outcomes = run_rules(names, [*map(of_sql, escapes), NOT_NULL])
    assert [outcome.verdict for outcome in outcomes] == ["gap", "gap", "gap", "fail"]
    with psycopg.connect(postgres_url) as connection:
        assert connection.execute(f"SELECT count(*) FROM {table_name}").fetchone() == (3,)


def test_rows_that_changed_are_a_gap_for_every_rule(names: PostgresRows) -> None:
    counted = f"SELECT count(*), sum(x) FROM ({names.query}) t WHERE 7 % 2 = 1"
    outcomes = [
        run_rules(replace(names, expected=Expected(query=counted, values=values)), [NOT_NULL])[0]
        for values in (("3", "3.0"), ("4", "3.0"))
    ]
    assert [outcome.verdict for outcome in outcomes] == ["fail", "gap"]
    assert outcomes[1].reason.startswith("the rows changed since the snapshot was taken")


def test_a_statement_that_takes_too_long_spoils_no_other_rule(names: PostgresRows) -> None:
    slow = of_sql("SELECT * FROM {batch} WHERE pg_sleep(5) IS NULL")
    began = time.monotonic()
    stopped, kept = run_rules(replace(names, timeout_seconds=0.5), [slow, NOT_NULL])
    assert stopped.verdict is Verdict.GAP
    assert stopped.reason.startswith("Timeout Error: the database stopped the statement, which")
    assert "0.5 s" in stopped.reason
    assert kept.reason == "1 of 3 rows (33.3 %) break it"
    assert time.monotonic() - began < 10


def test_a_slow_database_is_not_asked_all_night(names: PostgresRows) -> None:
    rules = [of_sql(f"SELECT {n} FROM {{batch}} WHERE pg_sleep(5) IS NULL") for n in range(40)]
    outcomes = run_rules(replace(names, timeout_seconds=0.1), rules)
    assert {outcome.verdict for outcome in outcomes} == {Verdict.GAP}
    assert "so no further one was tried" in outcomes[-1].reason


def _ended(url: str, tag: str, times: int) -> Callable[[], None]:
    """End the session of that tag as soon as it is seen asleep, so many times."""

    def work() -> None:
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = %s AND wait_event = 'PgSleep'"
        )
        ended, until = 0, time.monotonic() + 30
        with psycopg.connect(url, autocommit=True) as connection:
            while ended < times and time.monotonic() < until:
                ended += connection.execute(query, [tag]).rowcount
                time.sleep(0.05)

    return work


@pytest.mark.parametrize(("times", "verdict"), [(1, "pass"), (2, "gap")])
def test_a_dropped_connection_is_tried_once_more(
    postgres_url: str, names: PostgresRows, times: int, verdict: str
) -> None:
    rows = replace(names, tag=f"audit-pipeline/dropped-{times}")
    rule = of_sql("SELECT * FROM {batch} WHERE x = 1 AND pg_sleep(0.4) IS NULL")
    killer = threading.Thread(target=_ended(postgres_url, rows.tag, times))
    killer.start()
    outcomes = run_rules(rows, [rule, NOT_NULL])
    killer.join()
    assert outcomes[0].verdict == verdict
    if verdict == "gap":
        twice = (
            "the connection to PostgreSQL was dropped while rules were asked, and again at the"
            " second try: see the engine's own log"
        )
        assert {outcome.reason for outcome in outcomes} == {twice}


def test_a_database_that_is_not_there_is_a_gap_that_shows_no_password(tmp_path: Path) -> None:
    url = f"postgresql://reader:secret1@/loans?host={tmp_path}"
    rows = PostgresRows(url=url, password="secret2", query="SELECT 1 AS x")  # noqa: S106 (none)
    (outcome,) = run_rules(rows, [NOT_NULL])
    assert outcome.verdict is Verdict.GAP
    assert outcome.lacks == results_of("rule_results")
    assert "cannot be reached: nothing answers there" in outcome.reason
    assert "secret" not in repr(outcome)
    assert "secret" not in repr(rows)


def test_a_query_that_fails_is_a_gap_with_the_servers_words(postgres_url: str) -> None:
    (outcome,) = run_rules(
        PostgresRows(url=postgres_url, query="SELECT * FROM no_such"), [NOT_NULL]
    )
    assert outcome.verdict is Verdict.GAP
    assert outcome.reason == (
        'the rows cannot be read in PostgreSQL: Query Error: relation "no_such" does not exist'
    )


def test_the_child_asks_the_same(names: PostgresRows) -> None:
    assert run_rules_apart(names, [NOT_NULL]) == run_rules(names, [NOT_NULL])
