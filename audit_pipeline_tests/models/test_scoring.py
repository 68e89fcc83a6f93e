"""Whole files scored in the real child."""

import hashlib
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
import xgboost

from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.base import FloatArray, ModelError
from audit_pipeline.models.child import ChildDied
from audit_pipeline.models.scoring import score_file
from audit_pipeline_tests.models.trained import (
    FEATURES,
    classifier,
    feature_file,
    parquet,
    pinned,
    rows,
    saved,
)


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: pytest.TempPathFactory) -> ModelArtefact:
    return saved(classifier(), tmp_path_factory.mktemp("model") / "model.ubj")


def expected(matrix: FloatArray) -> FloatArray:
    data = xgboost.DMatrix(matrix, feature_names=list(FEATURES))
    scores: FloatArray = classifier().predict(data).astype(float)
    return scores


def test_every_row_gets_the_models_score_in_its_order(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    matrix = rows(1_000, seed=4)
    summary = score_file(
        artefact,
        feature_file(tmp_path / "rows.parquet", matrix),
        tmp_path / "scores.parquet",
        FEATURES,
        batch_rows=300,
    )
    table = pq.read_table(tmp_path / "scores.parquet")
    assert table.schema.names == ["score"]
    np.testing.assert_array_equal(table["score"].to_numpy(), expected(matrix))
    hours = int(np.isnan(matrix[:, 2]).sum())
    assert hours > 0
    assert asdict(summary) == {
        "rows": 1_000,
        "scored": 1_000,
        "left_out": {},
        "missing": {"hours": hours},
        "engine": f"xgboost {xgboost.__version__}",
    }


def test_the_order_of_columns_and_of_the_declaration_does_not_matter(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    matrix = rows(50)
    shuffled = feature_file(tmp_path / "rows.parquet", matrix[:, ::-1], FEATURES[::-1])
    score_file(artefact, shuffled, tmp_path / "scores.parquet", ["pay", "code", "age", "hours"])
    scores = pq.read_table(tmp_path / "scores.parquet")["score"].to_numpy()
    np.testing.assert_array_equal(scores, expected(matrix))


def test_rows_that_cannot_be_scored_are_null_and_counted(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    matrix = rows(50)
    matrix[[3, 40], [0, 1]] = np.inf
    path = feature_file(tmp_path / "rows.parquet", matrix)
    summary = score_file(artefact, path, tmp_path / "scores.parquet", FEATURES)
    scores = pq.read_table(tmp_path / "scores.parquet")["score"]
    assert [place for place, score in enumerate(scores) if not score.is_valid] == [3, 40]
    assert summary.scored == 48
    assert summary.left_out == {"a feature is infinite or too large for the model": 2}


def test_a_file_of_no_rows_gives_a_file_of_no_scores(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    path = feature_file(tmp_path / "rows.parquet", np.empty((0, 4)))
    summary = score_file(artefact, path, tmp_path / "scores.parquet", FEATURES)
    assert (summary.rows, summary.scored) == (0, 0)
    assert pq.read_table(tmp_path / "scores.parquet").num_rows == 0


def test_a_missing_feature_leaves_the_earlier_scores_alone(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    path = parquet(tmp_path / "rows.parquet", {"age": [1.0], "pay": [1.0], "code": [1]})
    out = tmp_path / "scores.parquet"
    out.write_text("the scores of yesterday")
    with pytest.raises(ModelError, match="lacks the feature columns hours"):
        score_file(artefact, path, out, FEATURES)
    assert out.read_text() == "the scores of yesterday"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["rows.parquet", "scores.parquet"]


def test_other_features_than_the_models_are_named(artefact: ModelArtefact, tmp_path: Path) -> None:
    path = feature_file(tmp_path / "rows.parquet", rows(5))
    with pytest.raises(ModelError, match="Not declared: code"):
        score_file(artefact, path, tmp_path / "scores.parquet", FEATURES[:3])


def test_a_swapped_file_is_refused_by_the_child_that_loads_it(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    path = feature_file(tmp_path / "rows.parquet", rows(5))
    with pytest.raises(ModelError, match="not the one that was pinned"):
        score_file(replace(artefact, sha256="1" * 64), path, tmp_path / "s.parquet", FEATURES)


def test_a_pickle_and_a_file_cut_short_are_refused_in_the_child(
    artefact: ModelArtefact, tmp_path: Path
) -> None:
    path = feature_file(tmp_path / "rows.parquet", rows(5))
    whole = artefact.path.read_bytes()
    for content, words in (
        (b"\x80\x05cos\nsystem\n", "does not begin"),
        (whole[:900], "cut short"),
    ):
        bad = tmp_path / "model.ubj"
        bad.write_bytes(content)
        with pytest.raises(ModelError, match=words):
            score_file(pinned(bad), path, tmp_path / "s.parquet", FEATURES)


def test_a_model_whose_trees_point_nowhere_costs_the_child_and_not_the_audit(
    tmp_path: Path,
) -> None:
    """A hostile file with the right digest: its left children lie far outside the tree."""
    booster = classifier(rounds=1)
    booster.save_model(tmp_path / "model.json")
    text = (tmp_path / "model.json").read_text()
    start = text.index('"left_children":[') + len('"left_children":[')
    end = text.index("]", start)
    children = [str(2**30)] * (text[start:end].count(",") + 1)
    (tmp_path / "model.json").write_text(text[:start] + ",".join(children) + text[end:])
    path = feature_file(tmp_path / "rows.parquet", rows(5))
    with pytest.raises(ChildDied, match="score_rows was ended by SIG"):
        score_file(
            pinned(tmp_path / "model.json"), path, tmp_path / "s.parquet", FEATURES, timeout=60
        )
    assert sorted(p.name for p in tmp_path.iterdir()) == ["model.json", "rows.parquet"]
    good = saved(classifier(), tmp_path / "model.ubj")
    assert score_file(good, path, tmp_path / "s.parquet", FEATURES).scored == 5


def test_scoring_that_takes_too_long_is_ended(artefact: ModelArtefact, tmp_path: Path) -> None:
    path = feature_file(tmp_path / "rows.parquet", rows(5))
    with pytest.raises(ChildDied, match="took longer than 0 s"):
        score_file(artefact, path, tmp_path / "s.parquet", FEATURES, timeout=0.0)


def test_the_same_rows_give_the_same_file(artefact: ModelArtefact, tmp_path: Path) -> None:
    path = feature_file(tmp_path / "rows.parquet", rows(500))
    digests = set()
    for name in ("one.parquet", "two.parquet"):
        score_file(artefact, path, tmp_path / name, FEATURES)
        digests.add(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1
