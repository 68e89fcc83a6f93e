from audit_pipeline.report.sections.explanations import write_explanations
from audit_pipeline_tests.report.hand_made import categorical, profile, report, words

EXPLANATIONS = {
    "rows": 5000,
    "used": 4990,
    "seed": 7,
    "unit": "log-odds",
    "base_value": -0.05,
    "left_out": {"not scored": 10},
    "importance": [
        {"feature": "AGEP", "mean_abs_shap": 1.874, "standard_error": 0.03, "share": 0.75},
        {"feature": "SEX", "mean_abs_shap": 0.625, "standard_error": None, "share": 0.25},
    ],
    "dependence": {
        "AGEP": {
            "by": "decile",
            "cells": [
                {
                    "low": None,
                    "high": 20.0,
                    "mean_value": 10.0,
                    "rows": 500,
                    "mean_shap": -2.5,
                    "standard_error": 0.1,
                },
                {
                    "low": 20.0,
                    "high": None,
                    "mean_value": 50.0,
                    "rows": 4490,
                    "mean_shap": 0.5,
                    "standard_error": 0.02,
                },
            ],
            "missing": None,
        },
        "SEX": {
            "by": "value",
            "cells": [
                {
                    "low": 1.0,
                    "high": 1.0,
                    "mean_value": 1.0,
                    "rows": 2500,
                    "mean_shap": 0.2,
                    "standard_error": 0.01,
                },
                {
                    "low": 2.0,
                    "high": 2.0,
                    "mean_value": 2.0,
                    "rows": 7,
                    "mean_shap": -0.2,
                    "standard_error": 0.01,
                },
            ],
        },
    },
    "additivity": {"largest_residual": 0.000003, "relative": 0.0000013},
}
CURRENT = profile(categorical("SEX", {"1": 500, "2": 500}))
LABELS = {"SEX": {"1": "male", "2": "female"}}


def test_sample_seed_unit_and_residual_are_stated() -> None:
    html = words(write_explanations(report(explanations=EXPLANATIONS)))

    assert "4,990 of 5,000 sampled rows explained" in html
    assert "<dt>Seed of the sample</dt><dd>7</dd>" in html
    assert "<dt>Unit</dt><dd>log-odds</dd>" in html
    assert "3 \u00d7 10⁻⁶" in html
    assert "<dt>Left out: not scored</dt><dd>10</dd>" in html


def test_importance_is_drawn_with_whiskers_and_tabled_with_standard_errors() -> None:
    html = words(write_explanations(report(explanations=EXPLANATIONS)))

    assert "<title>Mean size of the SHAP values of each feature</title>" in html
    assert "± 0.03" in html
    assert "75 %" in html
    assert "unknown" in html  # the error that SEX does not have


def test_dependence_is_a_line_for_numbers_and_named_bars_for_categories() -> None:
    html = words(
        write_explanations(report(explanations=EXPLANATIONS, current=CURRENT, labels=LABELS))
    )

    assert "<title>What the value of AGEP adds</title>" in html
    assert "<title>What each category of SEX adds</title>" in html
    assert '<th scope="row">up to 20</th>' in html
    assert '<th scope="row">male</th>' in html


def test_a_cell_of_few_rows_is_left_out() -> None:
    html = write_explanations(report(explanations=EXPLANATIONS, current=CURRENT, labels=LABELS))

    assert html is not None
    assert "female" not in html


def test_an_empty_result_says_nothing_and_breaks_nothing() -> None:
    assert write_explanations(report(explanations={})) is not None


def test_without_explanations_there_is_no_section() -> None:
    assert write_explanations(report()) is None
