import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.rules.run import run_rules

WATCHED = """
import sys, threading
from pathlib import Path
met = []
sys.addaudithook(lambda name, args: name.startswith("socket.") and met.append((name, args)))
from audit_pipeline.domain.rule import Rule
from audit_pipeline.rules.names import check_rules
from audit_pipeline.rules.run import run_rules
import audit_pipeline.rules.verdicts
assert "great_expectations" not in sys.modules, "imported too early"
rule = Rule(name="a", expect="expect_column_values_to_be_between", kwargs={"column": "x"})
rule = Rule(name="a", expect="expect_column_values_to_be_unique", kwargs={"column": "x"})
assert check_rules([rule]) == []
assert [o.verdict.value for o in run_rules(Path(sys.argv[1]), [rule])] == ["fail"]
assert "great_expectations" in sys.modules
reached = [event for event in met if event[0] in ("socket.connect", "socket.getaddrinfo")]
assert not reached, reached
# tqdm keeps a thread for progress bars, shown or not; it sends nothing anywhere
assert {t.name for t in threading.enumerate()} <= {"MainThread", "tqdm_monitor"}
import os, logging, warnings
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
assert logging._warnings_showwarning is None, "warnings were sent to the log"
print("done")
"""


def test_an_audit_of_rules_reaches_nobody_starts_no_sender_and_prints_nothing(
    parquet: Callable[[str], Path],
) -> None:
    path = parquet("FROM (VALUES (1), (1)) t(x)")
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCHED, str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in ran.stderr.splitlines() if not _about_nanobind(line)]
    assert (ran.returncode, ran.stdout, said) == (0, "done\n", []), ran.stderr


def _about_nanobind(line: str) -> bool:
    # DuckDB's bindings report at exit what great_expectations and duckdb-engine still refer to
    return line.startswith(("nanobind: ", " - ", "See https://nanobind"))


def test_a_rule_of_sql_reaches_no_other_file(ask: Callable[..., Outcome], tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\\n1\\n")
    for elsewhere in (f"read_csv('{secret}')", "glob('/*')", "read_text('/etc/hostname')"):
        outcome = ask(
            "SELECT 1 AS x",
            "unexpected_rows_expectation",
            unexpected_rows_query=f"SELECT 1 FROM {{batch}}, {elsewhere}",
        )
        assert outcome.verdict is Verdict.GAP
        assert outcome.reason.startswith("Permission Error")


def test_sql_of_the_users_own_counts_the_rows_it_returns(ask: Callable[..., Outcome]) -> None:
    outcome = ask(
        "SELECT range AS x FROM range(10)",
        "unexpected_rows_expectation",
        unexpected_rows_query="SELECT * FROM {batch} WHERE x > 6",
    )
    assert outcome.verdict is Verdict.FAIL
    assert outcome.measurement is not None
    assert outcome.measurement.value == 3.0


def test_fifty_rules_share_a_handful_of_queries(parquet: Callable[[str], Path]) -> None:
    columns = [f"c{i}" for i in range(25)]
    path = parquet(f"SELECT {', '.join(f'range AS {c}' for c in columns)} FROM range(70000)")
    rules = [
        Rule(name=f"{expect} {c}", expect=expect, kwargs={"column": c})
        for c in columns
        for expect in ("expect_column_values_to_not_be_null", "expect_column_mean_to_be_between")
    ]
    queries: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        queries.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        outcomes = run_rules(path, rules)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert len(outcomes) == 50
    assert len(queries) <= 25
