from audit_pipeline.domain.check import gap
from audit_pipeline.domain.measurement import Coverage
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.sections.drift import write_drift
from audit_pipeline_tests.report.hand_made import (
    categorical,
    numeric,
    outcome,
    profile,
    report,
    words,
)

AGES = numeric("AGEP", [20.0, 40.0, 60.0], [300, 400, 300])
SEXES = categorical("SEX", {"1": 480, "2": 520})
SIDE = profile(AGES, SEXES)


def test_the_worst_column_comes_first_after_prediction_and_target() -> None:
    html = write_drift(
        report(
            outcome(subject="SEX", verdict=Verdict.WARN),
            outcome(subject="AGEP", verdict=Verdict.FAIL),
            outcome(subject="prediction"),
            baseline=SIDE,
            current=SIDE,
        )
    )

    assert html is not None
    assert html.index("<h3>prediction") < html.index("<h3>AGEP") < html.index("<h3>SEX")
    assert "2 of 3 columns have moved beyond a limit: AGEP, SEX." in html


def test_each_column_has_a_picture_with_words_for_a_screen_reader() -> None:
    html = write_drift(report(outcome(), outcome(subject="SEX"), baseline=SIDE, current=SIDE))

    assert html is not None
    assert html.count('<svg class="picture"') == 2
    assert "<title>Distribution of AGEP</title><desc>Shares of rows" in html
    assert "<title>Categories of SEX</title>" in html


def test_categories_go_by_their_names_and_columns_by_their_titles() -> None:
    html = words(
        write_drift(
            report(
                outcome(subject="SEX"),
                baseline=SIDE,
                current=SIDE,
                labels={"SEX": {"1": "male", "2": "female"}},
                titles={"SEX": "Sex"},
            )
        )
    )

    assert "<h3>Sex <code>SEX</code></h3>" in html
    assert '<th scope="row">male</th><td class="n">480 (48 %)</td>' in html


def test_every_number_states_its_coverage_error_and_interval() -> None:
    seen = Coverage(rows=1000, used=900, left_out={"null": 100}, error_bound=0.002)
    html = words(
        write_drift(
            report(
                outcome(coverage=seen, interval=(0.01, 0.02)),
                outcome(subject="SEX"),
                baseline=SIDE,
                current=SIDE,
            )
        )
    )

    assert "900 of 1,000 rows (90 %)" in html
    assert "left out: 100 null" in html
    assert "± 0.002 counting error" in html
    assert "95 %: 0.01 to 0.02" in html


def test_a_column_that_was_not_measured_has_its_reason_in_place_of_a_picture() -> None:
    missing = gap(outcome(subject="MIG").check, "the column MIG is missing")
    html = write_drift(report(missing, outcome(), baseline=SIDE, current=SIDE))

    assert html is not None
    assert "No picture: the column was not measured." in html
    assert "the column MIG is missing" in html


def test_columns_beyond_the_wanted_number_are_there_but_folded() -> None:
    html = write_drift(
        report(
            outcome(),
            outcome(subject="SEX"),
            baseline=SIDE,
            current=SIDE,
            features_shown=1,
        )
    )

    assert html is not None
    assert html.index("1 more columns") < html.index("<h3>SEX")


def test_without_profiles_the_numbers_are_still_shown() -> None:
    html = words(write_drift(report(outcome(value=0.4321), outcome(subject="SEX"))))

    assert "0.4321" in html


def test_an_audit_without_drift_has_no_section() -> None:
    assert write_drift(report(outcome(asset="fairness"))) is None
