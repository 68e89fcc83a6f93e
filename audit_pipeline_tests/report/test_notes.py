from audit_pipeline.report.notes import note
from audit_pipeline_tests.report.hand_made import outcome, report


def test_a_change_of_correlation_names_its_partner_by_its_title() -> None:
    changed = outcome(
        name="correlation_change", detail={"partner": "WKHP", "before": 0.125, "now": -0.5}
    )

    told = note(report(changed, titles={"WKHP": "Hours a week"}), changed)

    assert told == "most with Hours a week: 0.125 in the baseline, \N{MINUS SIGN}0.5 now"


def test_a_bias_says_which_way_predictions_are_off() -> None:
    for mean, words in ((2.5, "+2.5: on average predictions are too high"), (-2.5, "too low")):
        off = outcome(asset="performance", name="bias_proportion", detail={"mean_error": mean})

        assert words in note(report(off), off)


def test_what_the_number_itself_tells_needs_no_note() -> None:
    assert note(report(), outcome()) == ""
    assert note(report(), outcome(name="bias_proportion", detail={"mean_error": 0.0})) == ""
    assert note(report(), outcome(name="correlation_change", detail={})) == ""
