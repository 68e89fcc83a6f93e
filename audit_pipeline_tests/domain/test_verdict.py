from itertools import combinations

from audit_pipeline.domain.verdict import Verdict, overall, worst

ORDER = ["fail", "gap", "warn", "inconclusive", "pass"]


def test_the_worse_of_two_verdicts_is_the_earlier_in_the_order() -> None:
    for worse, better in combinations(ORDER, 2):
        assert worst([Verdict(better), Verdict(worse)]) == worse
        assert worst([Verdict(worse), Verdict(better)]) == worse


def test_the_overall_verdict_is_fail_else_gap_else_warn_else_pass() -> None:
    every = [Verdict(each) for each in ORDER]
    assert overall(every) is Verdict.FAIL
    assert overall(every[1:]) is Verdict.GAP
    assert overall(every[2:]) is Verdict.WARN
    assert overall(every[3:]) is Verdict.PASS


def test_nothing_planned_is_a_gap() -> None:
    assert worst([]) is Verdict.GAP
    assert overall(iter([])) is Verdict.GAP


def test_an_audit_that_could_tell_nothing_has_not_passed() -> None:
    assert overall([Verdict.INCONCLUSIVE]) is Verdict.INCONCLUSIVE
    assert overall([Verdict.INCONCLUSIVE, Verdict.WARN]) is Verdict.WARN
