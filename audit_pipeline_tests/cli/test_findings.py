import pytest
from rich.console import Console

from audit_pipeline.cli.findings import findings_table, show_finding
from audit_pipeline.domain.check import Check
from audit_pipeline.domain.finding import Finding
from audit_pipeline.domain.prerequisite import BASELINE, ROWS, column, results_of
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline_tests.alerts.made import finding

TORN = "the file ends in the middle\x1b[2J"


def shown(*findings: Finding) -> list[str]:
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(findings_table(findings))
    return [line.strip() for line in captured.get().splitlines()[1:]]


def test_gaps_of_one_cause_are_one_line_with_their_number_and_the_reason() -> None:
    gaps = [finding(number, verdict=Verdict.GAP, reason=TORN) for number in (1, 2, 3)]
    first, more, other = shown(*gaps, finding(4, verdict=Verdict.GAP, reason="no such column"))
    assert first.startswith("1 ")
    assert more == "and 2 more for the same reason: the file ends in the middle·[2J"
    assert other.startswith("4 ")


def test_findings_that_failed_alike_are_a_line_each() -> None:
    assert [line[0] for line in shown(finding(1), finding(2))] == ["1", "2"]


@pytest.mark.parametrize(
    ("lacking", "called"),
    [
        (ROWS, "rows of the window"),
        (BASELINE, "baseline"),
        (column("income"), "column income"),
        (results_of("drift"), "results of the stage drift"),
    ],
)
def test_what_checks_need_is_called_as_people_call_it(lacking: Check, called: str) -> None:
    lost = finding(12, check=lacking, verdict=Verdict.GAP)
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        show_finding(console, lost, [])
    assert shown(lost)[0].split("loans: ")[1].startswith(f"{called} ○ gap")
    assert captured.get().startswith(f"finding 12: {called} in loans\n")
