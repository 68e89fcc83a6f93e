"""How checks are told in lines: what is alike in one, what did not pass before what did."""

from dataclasses import replace

from audit_pipeline.cli.lineage.verdicts import Folds, check_lines, ended, listed, shown
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.stages.lineage.names import field_of
from audit_pipeline.stages.lineage.questions import Question, ask
from audit_pipeline_tests.stages.lineage.audits import missed, passed, record, recorded


def failed(name: str, subject: str) -> Outcome:
    return replace(
        passed(name, subject, value=0.4), verdict=Verdict.FAIL, reason="0.4 is above 0.2"
    )


def lines(*outcomes: Outcome, unfolded: bool = False) -> list[str]:
    answer = ask(recorded(made=record(*outcomes)), Question())
    fields = [field_of("loans", outcome.check) for outcome in outcomes]
    folds = Folds(unfolded=unfolded)
    return [line.plain for line in check_lines(answer, fields, folds)]


def test_one_check_that_passed_shows_its_number_and_one_that_did_not_its_reason() -> None:
    assert lines(passed("a", "income"), failed("b", "income")) == [
        "✗ fail  b of income: 0.4 is above 0.2",
        "✓ pass  a of income: 0.01",
    ]


def test_checks_of_one_metric_that_ended_alike_are_one_line() -> None:
    checks = [failed("a", f"x{n}") for n in range(9)]

    assert lines(*checks) == [
        "✗ fail  a: x0 0.4, x1 0.4, x2 0.4, x3 0.4, x4 0.4, x5 0.4 and 3 more"
    ]
    assert lines(*checks, unfolded=True)[8] == "✗ fail  a of x8: 0.4 is above 0.2"


def test_gaps_for_one_reason_are_one_line_that_gives_it_once() -> None:
    gaps = [missed(name, f"x{n}", reason="no file") for name in ("a", "b") for n in range(20)]

    assert lines(*gaps, missed("c", "x", reason="no labels")) == [
        "○ gap  40 checks: no file: a (20), b (20)",
        "○ gap  c of x: no labels",
    ]


def test_very_many_that_passed_are_one_line_and_of_those_that_failed_the_first_are_told() -> None:
    assert lines(*[passed(f"m{n}", "x") for n in range(11)]) == [
        f"✓ pass  11 checks: {', '.join(f'm{n}' for n in range(11))}"
    ]
    told = lines(*[failed(f"m{n}", "x") for n in range(12)])
    assert told[9:] == ["✗ fail  m9 of x: 0.4 is above 0.2", "✗ fail  2 more checks: m10, m11"]


def test_how_many_ended_as_what_is_told_worst_first() -> None:
    outcomes = [passed("a", "x"), failed("a", "y"), passed("a", "z"), missed("a", "w")]
    answer = ask(recorded(made=record(*outcomes)), Question())

    told = ended(answer, [field_of("loans", outcome.check) for outcome in outcomes])

    assert told.plain == ": 1 fail, 1 gap, 2 pass"


def test_names_are_listed_up_to_a_number() -> None:
    assert listed(["a", "b"], 2, "column") == "a, b"
    assert listed(["a", "b", "c", "d"], 2, "column") == "4 columns: a, b and 2 more"
    assert listed(["a", "b", "c"], None, "column") == "a, b, c"


def test_what_would_steer_a_terminal_is_not_shown() -> None:
    family = "\U0001f468\N{ZERO WIDTH JOINER}\U0001f469"

    assert shown(family) == family
    for steering in ("\x1b[2J", "\r", "\n", "\u202e", "\x07"):
        assert shown(f"a{steering}b").startswith("a\N{REPLACEMENT CHARACTER}")
