from itertools import combinations

from audit_pipeline.domain.verdict import Verdict, overall, untold, worst

ORDER = ["fail", "gap", "warn", "inconclusive", "pass"]


def test_the_worse_of_two_verdicts_is_the_earlier_in_the_order() -> None:
    for worse, better in combinations(ORDER, 2):
        assert worst([Verdict(better), Verdict(worse)]) == worse
        assert worst([Verdict(worse), Verdict(better)]) == worse


def of(asset: str, *verdicts: str) -> list[tuple[str, Verdict]]:
    return [(asset, Verdict(verdict)) for verdict in verdicts]


def test_the_overall_verdict_is_fail_else_gap_else_warn_else_pass() -> None:
    assert overall(of("drift", *ORDER)) is Verdict.FAIL
    assert overall(of("drift", *ORDER[1:])) is Verdict.GAP
    assert overall(of("drift", *ORDER[2:])) is Verdict.WARN
    assert overall(of("drift", *ORDER[3:])) is Verdict.PASS


def test_nothing_planned_is_a_gap() -> None:
    assert worst([]) is Verdict.GAP
    assert overall(iter([])) is Verdict.GAP


def test_an_audit_that_could_tell_nothing_has_not_passed() -> None:
    assert overall(of("drift", "inconclusive")) is Verdict.INCONCLUSIVE
    assert overall(of("drift", "inconclusive", "warn")) is Verdict.WARN


def test_an_asset_that_could_tell_nothing_is_not_hidden_by_another_that_passed() -> None:
    rows = of("rule_results", "pass")
    fairness = of("fairness", "inconclusive", "inconclusive")
    assert overall(iter(rows + fairness)) is Verdict.INCONCLUSIVE
    assert overall([*rows, *fairness, *of("fairness", "pass")]) is Verdict.PASS
    assert overall([*rows, *fairness, *of("drift", "warn")]) is Verdict.WARN
    assert untold(rows + fairness) == ["fairness"]
