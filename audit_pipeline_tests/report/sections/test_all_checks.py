from audit_pipeline.domain.limit import Limit
from audit_pipeline.domain.measurement import Coverage
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.sections.all_checks import write_all_checks
from audit_pipeline_tests.report.hand_made import outcome, report, words


def test_a_row_holds_everything_that_is_known_of_a_check() -> None:
    check = outcome(
        value=0.3,
        interval=(0.28, 0.32),
        baseline=0.1,
        verdict=Verdict.FAIL,
        reason="the value 0.3 is above the failure limit 0.25",
        limit=Limit(warn=0.1, fail=0.25, set_by="Model Risk", reason="policy MR-7"),
        coverage=Coverage(rows=69126, used=69126, error_bound=0.001),
    )
    html = words(write_all_checks(report(check, titles={"AGEP": "Age (years)"})))

    for text in (
        "Population stability index",
        "Age (years) <code>AGEP</code>",
        "0.3",
        "95 %: 0.28 to 0.32",
        "± 0.001",
        "warn above 0.1, fail above 0.25",
        "set by Model Risk: policy MR-7",
        "69,126 of 69,126 rows (100 %)",
        "the value 0.3 is above the failure limit 0.25",
    ):
        assert text in html


def test_every_check_has_a_row_and_the_worst_is_first() -> None:
    html = write_all_checks(
        report(
            outcome(subject="A"),
            outcome(subject="B", verdict=Verdict.FAIL),
            outcome(subject="C", verdict=Verdict.GAP, value=None),
        )
    )

    assert html.count('<tr class="row') == 3
    order = [html.index(f'data-name="About">{name}') for name in "BCA"]
    assert order == sorted(order)


def test_a_sample_is_marked_with_its_seed() -> None:
    seen = Coverage(rows=69126, used=5000, method="sample by hash of id", seed=7)
    html = words(write_all_checks(report(outcome(coverage=seen))))

    assert "5,000 of 69,126 rows (7.2 %), sample by hash of id, sample with seed 7" in html


def test_the_filter_offers_the_verdicts_there_are() -> None:
    html = write_all_checks(report(outcome(), outcome(subject="B", verdict=Verdict.WARN)))

    assert 'id="only-warn"' in html
    assert 'id="only-gap"' not in html
