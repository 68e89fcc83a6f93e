"""What an audit file means: paths, short forms, names made for rules, windows."""

from datetime import datetime
from pathlib import Path

import pytest

from audit_pipeline.audits.columns import Feature, Group, Timestamp
from audit_pipeline.domain.limit import Against, Limit
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Every
from audit_pipeline.stages.vocabulary import VOCABULARY
from audit_pipeline_tests.audits.files import RIGHT, audit_of, changed

FEATURES = "[age, income]"


def test_paths_are_relative_to_the_folder_of_the_audit_file(tmp_path: Path) -> None:
    folder = tmp_path / "audits"
    folder.mkdir()
    audit = audit_of(folder, RIGHT)
    assert audit.current.table.settings.model_dump()["path"] == f"{folder}/data/now.parquet"
    assert audit.baseline.table.settings.model_dump()["path"] == f"{tmp_path}/before.csv"
    assert audit.model is not None
    assert audit.model.artefact.path == folder / "model.json"


def test_an_absolute_path_stays_as_it_is(tmp_path: Path) -> None:
    audit = audit_of(tmp_path, changed(("data/now.parquet", "/data/*.parquet")))
    assert audit.current.table.settings.model_dump()["path"] == "/data/*.parquet"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[age, income]", {"age": Feature(), "income": Feature()}),
        ("{age: numeric, income: }", {"age": Feature(kind="numeric"), "income": Feature()}),
        ("{age: {title: Age}}", {"age": Feature(title="Age")}),
        ("{1: categorical}", {"1": Feature(kind="categorical")}),
    ],
)
def test_features_may_be_written_short(
    written: str, read: dict[str, Feature], tmp_path: Path
) -> None:
    assert audit_of(tmp_path, changed((FEATURES, written))).columns.features == read


def test_groups_and_the_timestamp_may_be_written_short(tmp_path: Path) -> None:
    columns = audit_of(tmp_path, RIGHT).columns
    assert columns.groups == {"sex": Group()}
    assert columns.timestamp == Timestamp(column="seen", format="timestamp")


def test_labels_of_integer_codes_are_told_by_text(tmp_path: Path) -> None:
    text = changed((FEATURES, "{sex_code: {labels: {1: male, 2: female}}}"))
    labels = audit_of(tmp_path, text).columns.features["sex_code"].labels
    assert labels == {"1": "male", "2": "female"}


def test_an_anchor_may_be_used_again(tmp_path: Path) -> None:
    text = changed((FEATURES, "{sex: &sex {labels: {1: male}}}"), ("[sex]", "{sex: {<<: *sex}}"))
    columns = audit_of(tmp_path, text).columns
    assert columns.groups["sex"].labels == columns.features["sex"].labels == {"1": "male"}


def test_a_rule_without_a_name_is_named_after_what_it_expects_of_what(tmp_path: Path) -> None:
    text = changed(
        ("    kwargs: {column: id}\n", "    kwargs: {column: Año 1}\n    on_failure: warn\n")
    )
    (rule,) = audit_of(tmp_path, text).named_rules
    assert rule.name == "column_values_to_be_unique_a_o_1"
    assert rule.on_failure is Verdict.WARN


def test_a_limit_may_differ_for_one_column(tmp_path: Path) -> None:
    written = "{against: change, warn: 0.01, subjects: {age: {fail: 0.5, against: change}}}"
    limit = audit_of(
        tmp_path, changed(("{against: change, warn: 0.01, fail: 0.03}", written))
    ).limits["roc_auc"]
    assert (limit.warn, limit.fail) == (0.01, None)
    assert (limit.subjects["age"].fail, limit.subjects["age"].against) == (0.5, Against.CHANGE)


@pytest.mark.parametrize(
    ("written", "start"),
    [("2016-01-01", datetime(2016, 1, 1)), ("2016-01-01T05:00:00", datetime(2016, 1, 1, 5))],  # noqa: DTZ001 (in the window's own zone)
)
def test_a_window_begins_at_a_date_or_at_a_time(
    written: str, start: datetime, tmp_path: Path
) -> None:
    assert audit_of(tmp_path, changed(("2016-01-01", written))).window.windows.start == start


@pytest.mark.parametrize("timezone", ["Asia/Kolkata", "America/St_Johns", "Europe/Berlin"])
def test_hours_may_begin_at_half_past_by_utc_as_long_as_clocks_change_by_whole_ones(
    timezone: str, tmp_path: Path
) -> None:
    text = changed(("  every: day\n", f"  every: hour\n  timezone: {timezone}\n"))
    assert audit_of(tmp_path, text).window.timezone == timezone


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    audit = audit_of(tmp_path, RIGHT)
    assert audit.window.timezone == "UTC"
    assert audit.schedule.cron_for(Every.DAY) == "0 2 * * *"
    assert audit.schedule.cron_for(Every.HOUR) == "10 * * * *"
    assert audit.explain.sample == 5000
    assert audit.columns.prediction is not None
    assert audit.columns.prediction.threshold == 0.5


def limit_of(folder: Path, metric: str, written: str, subject: str = "all rows") -> Limit:
    text = changed(("roc_auc: {against: change, warn: 0.01, fail: 0.03}", f"{metric}: {written}"))
    default = VOCABULARY.metrics[metric]
    return audit_of(folder, text).limits[metric].limit(default, subject)


@pytest.mark.parametrize(
    ("metric", "written", "warn", "fail", "against"),
    [
        ("roc_auc", "{against: change, fail: 0.03}", 0.02, 0.03, Against.CHANGE),
        ("roc_auc", "{against: value, warn: 0.8, fail: 0.75}", 0.8, 0.75, Against.VALUE),
        ("roc_auc", "{against: value, fail: 0.75}", None, 0.75, Against.VALUE),
        ("roc_auc", "{warn: null}", None, 0.05, Against.CHANGE),
        ("roc_auc", "{required: false, against: null}", 0.02, 0.05, Against.CHANGE),
        ("mean_absolute_error", "{against: change, warn: 5}", 5.0, None, Against.CHANGE),
        ("demographic_parity_ratio", "{warn: 0.95}", 0.95, 0.8, Against.VALUE),
        ("demographic_parity_ratio", "{against: change, fail: 0.1}", None, 0.1, Against.CHANGE),
    ],
)
def test_a_limit_changes_the_default_unless_it_is_held_against_something_else(
    metric: str, written: str, warn: float | None, fail: float, against: Against, tmp_path: Path
) -> None:
    limit = limit_of(tmp_path, metric, written)
    assert (limit.warn, limit.fail, limit.against) == (warn, fail, against)
    assert limit.worse is VOCABULARY.metrics[metric].worse


def test_the_limit_of_one_subject_changes_that_of_all(tmp_path: Path) -> None:
    written = "{against: value, fail: 0.7, subjects: {age: {warn: 0.8}}}"
    limit = limit_of(tmp_path, "roc_auc", written, "age")
    assert (limit.warn, limit.fail, limit.against) == (0.8, 0.7, Against.VALUE)
    assert limit_of(tmp_path, "roc_auc", written).warn is None
