from audit_pipeline.domain.limit import Against, Limit, Worse
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.sections.performance import write_performance
from audit_pipeline_tests.report.hand_made import (
    calibration,
    joint,
    outcome,
    profile,
    report,
    words,
)

Cells = dict[tuple[str | None, str | None], int]

AUC = outcome(
    asset="performance",
    name="roc_auc",
    subject="all rows",
    value=0.9,
    interval=(0.89, 0.91),
    baseline=0.94,
    limit=Limit(warn=0.02, fail=0.05, worse=Worse.LOWER, against=Against.CHANGE),
    verdict=Verdict.WARN,
)


def test_a_metric_is_drawn_with_baseline_interval_and_limits_on_its_own_axis() -> None:
    html = words(write_performance(report(AUC, metrics={"roc_auc": "Area under the ROC curve"})))

    assert (
        "Current 0.9; 95 % interval 0.89 to 0.91; baseline 0.94;"
        " warning limit 0.92; failure limit 0.89." in html
    )
    assert "chance that a positive scores above a negative" in html
    assert "warn if lower by 0.02, fail if lower by 0.05" in html


def test_confusion_counts_are_named_and_shared_by_row() -> None:
    cells: Cells = {
        ("1", "1"): 300,
        ("1", "0"): 100,
        ("0", "1"): 50,
        ("0", "0"): 450,
        (None, "1"): 100,
    }
    html = words(
        write_performance(
            report(
                AUC,
                current=profile(outcomes=joint(cells)),
                labels={"prediction": {"1": "employed", "0": "not employed"}},
            )
        )
    )

    assert "predicted employed" in html
    assert "300" in html
    assert "75 % of row" in html  # 300 of 400


def test_a_confusion_cell_of_few_rows_is_not_given_away_by_its_row() -> None:
    cells: Cells = {("1", "1"): 997, ("1", "0"): 3, ("0", "1"): 500, ("0", "0"): 600}
    html = words(write_performance(report(AUC, current=profile(outcomes=joint(cells)))))

    assert "&lt; 10" in html
    assert "withheld" in html  # 500, the next smallest
    assert "99.7 %" not in html


def test_calibration_is_drawn_and_tabled_and_small_bins_are_left_out() -> None:
    scores = calibration((0.0, 0.5, 400, 0.3, 0.28), (0.5, 1.0, 600, 0.7, 0.75), (0.9, 1, 5, 1, 1))
    html = words(write_performance(report(current=profile(scores=scores), baseline=None)))

    assert '<th scope="row">0 to 50 %</th>' in html
    assert "28 %" in html
    assert html.count('class="dot current"') == 2
    assert "&lt; 10" in html


def test_a_metric_without_a_number_keeps_its_line_but_has_no_picture() -> None:
    html = write_performance(
        report(outcome(asset="performance", value=None, verdict=Verdict.GAP, reason="no labels"))
    )

    assert html is not None
    assert "no labels" in html
    assert '<svg class="picture"' not in html


def test_an_audit_without_performance_has_no_section() -> None:
    assert write_performance(report(outcome(asset="drift"))) is None
