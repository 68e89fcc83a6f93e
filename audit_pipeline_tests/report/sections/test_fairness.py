from audit_pipeline.domain.check import gap
from audit_pipeline.domain.intersection import BY
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.profiles.counts import JointCounts
from audit_pipeline.report.sections.fairness import write_fairness
from audit_pipeline_tests.report.hand_made import joint, outcome, profile, report, words

GROUPS = {
    "SEX": {
        "1": joint({("1", "1"): 30, ("1", "0"): 10, ("0", "1"): 15, ("0", "0"): 45}),
        "2": joint({("1", "1"): 20, ("1", "0"): 20, ("0", "1"): 12, ("0", "0"): 48}),
    }
}
PARITY = outcome(
    asset="fairness",
    name="demographic_parity_difference",
    subject="SEX",
    verdict=Verdict.FAIL,
    value=0.13,
    reason="the value 0.13 is above the failure limit 0.1",
    detail={
        "lowest": "2",
        "highest": "1",
        "groups": [{"group": "9", "measured": False}, {"group": "1", "measured": True}],
    },
)
LABELS = {"SEX": {"1": "male", "2": "female", "9": "not asked"}}


def test_rates_by_group_are_worked_from_the_counts() -> None:
    html = words(write_fairness(report(PARITY, current=profile(groups=GROUPS), labels=LABELS)))
    table = html.partition("<tbody>")[2].partition("</tbody>")[0]
    male = table.partition("female")[0]

    assert "male" in male
    assert 'data-name="Selection rate">45 %' in male  # 45 of 100
    assert 'data-name="True positive rate">75 %' in male  # 30 of 40
    assert 'data-name="False positive rate">25 %' in male  # 15 of 60


def test_three_pictures_with_whiskers_stand_for_each_attribute() -> None:
    html = write_fairness(report(PARITY, current=profile(groups=GROUPS), labels=LABELS))

    assert html is not None
    assert html.count('<svg class="picture"') == 3
    assert html.count('class="whisker"') == 3 * 2 * 3  # pictures, groups, strokes


def test_the_groups_furthest_apart_and_those_not_compared_are_named() -> None:
    html = write_fairness(report(PARITY, current=profile(groups=GROUPS), labels=LABELS))

    assert html is not None
    assert "lowest for female, highest for male" in html
    assert "too few of their rows count: not asked" in html


def test_a_group_of_few_rows_has_neither_count_nor_rate() -> None:
    groups = {"SEX": {**GROUPS["SEX"], "9": joint({("1", "1"): 4, ("0", "0"): 3})}}
    html = words(write_fairness(report(PARITY, current=profile(groups=groups), labels=LABELS)))

    assert "Too few rows to show a rate: not asked." in html
    assert 'data-name="Rows">< 10' in html.replace("&lt;", "<")


def test_a_rate_that_speaks_of_few_rows_is_rounded() -> None:
    groups = {"SEX": {"1": joint({("1", "1"): 3, ("1", "0"): 177}), "2": GROUPS["SEX"]["2"]}}
    html = words(write_fairness(report(PARITY, current=profile(groups=groups), labels=LABELS)))

    assert "≈ 2 %" in html  # 3 of 180, which is 1.7 %


def test_without_counts_the_reason_is_given_once() -> None:
    checks = [gap(PARITY.check, "no predictions"), gap(outcome(name="x").check, "no predictions")]
    fair = [gap(outcome(asset="fairness", name=c.check.name).check, c.reason) for c in checks]
    html = write_fairness(report(*fair))

    assert html is not None
    assert html.count("no predictions") == 1


def test_an_audit_without_protected_attributes_has_no_section() -> None:
    assert write_fairness(report(outcome(asset="drift"))) is None


def crossed(few: int = 40) -> dict[str, dict[str, JointCounts]]:
    both = {
        BY.join(pair): GROUPS["SEX"]["1"]
        for pair in (("1", "10"), ("1", "2"), ("2", "2"), ("2", "10"))
    }
    small = joint({("1", "1"): few // 2, ("0", "0"): few - few // 2})
    return {PAIR: {**both, BY.join(["2", "3"]): small}, **GROUPS}


PAIR = BY.join(["SEX", "RAC1P"])
NAMES = {**LABELS, "RAC1P": {"2": "Black", "3": "Native", "10": "other"}}


def test_two_attributes_together_come_last_folded_away_and_named_by_both() -> None:
    pair = outcome(asset="fairness", name="demographic_parity_ratio", subject=PAIR)
    html = words(
        write_fairness(report(pair, PARITY, current=profile(groups=crossed()), labels=NAMES))
    )

    single, _, folded = html.partition("<details>")
    assert BY not in single
    assert f"{PAIR}: groups of both together" in folded
    table = folded.partition("<tbody>")[2].partition("</tbody>")[0]
    order = [table.index(BY.join(["male", "Black"])), table.index(BY.join(["male", "other"]))]
    assert order == sorted(order)


def test_one_small_group_of_two_attributes_hides_the_rows_of_all() -> None:
    html = words(write_fairness(report(current=profile(groups=crossed(8)), labels=NAMES)))

    table = html.partition("<details>")[2].partition("<tbody>")[2].partition("</tbody>")[0]
    assert table.count('data-name="Rows">withheld') == 4
