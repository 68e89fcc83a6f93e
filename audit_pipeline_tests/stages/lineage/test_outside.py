"""What audits read and did not make, each place once."""

from pathlib import Path

import pytest

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.lineage import Dataset, Field
from audit_pipeline.stages.lineage.names import made_by
from audit_pipeline.stages.lineage.outside import outside_of, places_of, words_of
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import example_settings, small_audit, write_audit


def audit_of(folder: Path, name: str, **changes: object) -> Audit:
    (folder / "audits").mkdir(exist_ok=True)
    write_audit(folder, small_audit(name, **changes))
    return load_audit_file(Home(folder), name).audit


def test_a_table_that_two_audits_read_is_one_place_with_two_readers(tmp_path: Path) -> None:
    audits = [audit_of(tmp_path, name) for name in ("one", "two")]

    places = {place.dataset.name: place for place in places_of(map(outside_of, audits))}

    current, baseline = (f"{tmp_path}/audits/{name}.parquet" for name in ("current", "baseline"))
    assert set(places) == {current, baseline}
    assert places[current].readers == {"one": "table", "two": "table"}
    assert places[baseline].readers == {"one": "baseline table", "two": "baseline table"}
    assert places[current].columns["weight"] == tuple(
        Field(made_by(name, "snapshot"), "weight") for name in ("one", "two")
    )
    assert set(places[current].columns) == {"id", "at", "weight", "late"}


def test_a_model_feeds_what_it_scores_and_what_explains_it(tmp_path: Path) -> None:
    (tmp_path / "audits").mkdir()
    write_audit(tmp_path, example_settings())
    outside = outside_of(load_audit_file(Home(tmp_path), "employment_ma").audit)
    model = Dataset("file", str(example_settings()["model"]["path"]))

    for asset in ("snapshot", "baseline", "explanations"):
        assert model in outside.feeding(asset)
    assert outside.feeding("profile") == ()
    (place,) = [place for place in places_of([outside]) if place.model]
    assert place.readers == {"employment_ma": "model"}
    assert place.columns == {}


def test_a_place_whose_address_is_not_in_this_environment_goes_by_the_audits_own_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_URL", raising=False)
    table = {"kind": "sql", "url_env": "NO_SUCH_URL", "table": "orders"}
    outside = outside_of(audit_of(tmp_path, "far", current={"table": table}))

    assert outside.feeding("snapshot") == (made_by("far", "source.table"),)


def test_words_say_what_a_column_is_to_the_audit(tmp_path: Path) -> None:
    features = {"weight": {"kind": "numeric", "title": "Weight (kg)"}}
    columns = small_audit("one")["columns"] | {"features": features, "groups": ["weight"]}

    words = words_of(audit_of(tmp_path, "one", columns=columns))

    assert words["weight"].title == "Weight (kg)"
    assert words["weight"].kind == "numeric"
    assert set(words["weight"].roles) == {"feature", "protected attribute"}
    assert words["id"].roles == ("id",)
