"""The formats are found where they live."""

from audit_pipeline.models.catalog import MODEL_FORMATS


def test_xgboost_is_a_format_named_after_its_module() -> None:
    assert "xgboost_json" in MODEL_FORMATS
    assert MODEL_FORMATS["xgboost_json"].accepts_missing
