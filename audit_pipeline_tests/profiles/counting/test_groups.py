"""Protected groups, one attribute at a time and two together: rows, weights, scores."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from sklearn import metrics

from audit_pipeline.domain.intersection import BY
from audit_pipeline.profiles.bundles import bundled, group_name
from audit_pipeline.profiles.counting.outputs import MOST_GROUPS, too_many
from audit_pipeline.profiles.counting.scored_rows import COARSER
from audit_pipeline.profiles.counting.scores import MOST_SCORED_GROUPS
from audit_pipeline_tests.profiles.tables import audit, profile

TWO = audit(target={"column": "y"}, groups=["g", "h"])
NAN = float("nan")


def columns(rows: int, seed: int = 1) -> dict[str, object]:
    random = np.random.default_rng(seed)
    score = random.beta(0.7, 0.7, rows)
    return {
        "x": [0.5] * rows,
        "y": (random.uniform(0, 1, rows) < score).astype(int),
        "predicted": (score >= 0.5).astype(int),
        "score": score,
        "g": random.choice(["a", "b"], rows),
        "h": random.integers(0, 3, rows),
    }


def test_two_attributes_together_are_counted_by_hand() -> None:
    of = {"x": [0.5] * 5, "y": [1, 1, 0, 0, 1], "predicted": [1, 1, 1, 0, 0]}
    groups = profile(TWO, of | {"g": [1, 1, 1, 2, None], "h": ["a", "a", "b", "a", "a"]}).groups
    assert list(groups) == ["g", "h", f"g{BY}h"]
    assert {name: dict(joint.counts) for name, joint in groups[f"g{BY}h"].items()} == {
        f"1{BY}a": {("1", "1"): 2},
        f"1{BY}b": {("0", "1"): 1},
        f"2{BY}a": {("0", "0"): 1},
        f"missing{BY}a": {("1", "0"): 1},
    }
    assert groups["g"]["1"].rows == 3
    assert groups["h"]["a"].counts == {("0", "0"): 1, ("1", "0"): 1, ("1", "1"): 2}


def test_groups_of_two_attributes_add_up_to_those_of_one() -> None:
    found = profile(TWO, columns(4000))
    assert found.outcomes is not None
    for place, name in enumerate(("g", "h")):
        for group, joint in found.groups[name].items():
            both = found.groups[f"g{BY}h"].items()
            parts = [p for key, p in both if key.split(BY)[place] == group]
            assert sum(part.rows for part in parts) == joint.rows
        assert sum(j.rows for j in found.groups[name].values()) == found.outcomes.rows


def test_weights_and_their_squares_stand_beside_the_counts() -> None:
    of = audit(target={"column": "y"}, groups=["g"], weight="w")
    said = {"x": [0.5] * 4, "y": [1, 1, 0, 0], "predicted": [1] * 4, "g": [1, 1, 1, 2]}
    found = profile(of, said | {"w": [0.5, 3.0, 2.0, 1.0]})
    assert found.outcomes is not None
    assert found.outcomes.mass == {("0", "1"): 3.0, ("1", "1"): 3.5}
    assert found.outcomes.squares == {("0", "1"): 5.0, ("1", "1"): 9.25}
    assert found.groups["g"]["1"].squares == {("0", "1"): 4.0, ("1", "1"): 9.25}


def test_without_weights_there_are_no_squares() -> None:
    found = profile(TWO, columns(20))
    assert found.outcomes is not None
    assert found.outcomes.squares is None
    assert all(j.squares is None for groups in found.groups.values() for j in groups.values())


def test_pairs_of_too_many_groups_are_left_out_and_it_is_said() -> None:
    size = 150
    of = columns(size) | {"g": np.arange(size), "h": np.arange(size)[::-1]}
    found = profile(TWO, of)
    assert list(found.groups) == ["g", "h"]
    assert len(found.groups["g"]) == size
    assert found.unreadable[f"g{BY}h"] == (
        f"g{BY}h has 22,500 groups, more than the 10,000 that can be compared"
    )
    assert found.unreadable["scores by g"].startswith("g has 150 groups, more than the 100")


def test_attributes_of_too_many_groups_are_not_counted() -> None:
    size = MOST_GROUPS + 1
    found = profile(audit(groups=["g"], features={"g": "numeric"}), {"g": np.arange(size) + 0.5})
    assert found.groups == {}
    assert "more than the 10,000" in found.unreadable["g"]
    assert too_many({"a": 100, "b": 100}) == {}


def test_few_queries_cover_all_groups() -> None:
    sizes = {"a": 9, "b": 100, "c": 5, "d": 2000}
    wanted = [("a", "b"), ("a", "c"), ("b", "c"), ("a",), ("b",), ("c",), ("d",)]
    assert bundled(wanted, sizes, 10_000) == [("a", "b", "c"), ("d",)]
    assert bundled([], {}, 10) == []
    assert bundled([("d",)], sizes, 10) == [("d",)]  # never none, whatever the size


def test_names_of_groups_are_not_taken_for_others() -> None:
    names = [f"a{BY}b", "b", "missing", None]
    said = {"x": [0.5] * 4, "y": [1] * 4, "predicted": [1] * 4, "g": names, "h": ["c"] * 4}
    assert sorted(profile(TWO, said).groups[f"g{BY}h"]) == [
        f"'a{BY}b'{BY}c",
        f"'missing'{BY}c",
        f"b{BY}c",
        f"missing{BY}c",
    ]
    assert group_name("'missing'") == "''missing''"


@pytest.mark.parametrize("weighted", [False, True])
def test_the_auc_of_a_group_is_that_of_scikit_learn(*, weighted: bool) -> None:
    of = columns(6000) | {"w": np.random.default_rng(2).integers(1, 4, 6000)}
    roles: dict[str, Any] = {"weight": "w"} if weighted else {}
    found = profile(audit(target={"column": "y"}, groups=["g", "h"], **roles), of)
    for name in ("g", "h"):
        for group, counts in found.scores_by_group[name].items():
            own = np.asarray(of[name]).astype(str) == group
            y, score, w = (np.asarray(of[each])[own] for each in ("y", "score", "w"))
            expected = metrics.roc_auc_score(y, score, sample_weight=w if weighted else None)
            places = np.union1d(counts.positive.bins, counts.negative.bins)
            hits = [np.zeros(len(places)), np.zeros(len(places))]
            for mass, histogram in zip(hits, (counts.positive, counts.negative), strict=True):
                mass[np.searchsorted(places, histogram.bins)] = histogram.shares
            below = np.cumsum(hits[1]) - hits[1]
            assert hits[0] @ (below + hits[1] / 2) == pytest.approx(expected, abs=1e-4)


def test_scores_by_group_are_those_of_the_window_in_coarser_bins() -> None:
    found = profile(TWO, columns(5000))
    assert found.scores is not None
    whole = found.scores.positive
    parts = [counts.positive for counts in found.scores_by_group["h"].values()]
    assert sum(part.rows for part in parts) == whole.rows
    assert set(np.concatenate([p.bins for p in parts])) == set(whole.bins // COARSER)
    assert min(part.lows.min() for part in parts) == whole.lows.min()


def test_scores_without_a_group_or_a_label_have_theirs() -> None:
    said = {"x": [0.5] * 4, "y": [1, None, 0, 0], "predicted": [1] * 4, "h": ["c"] * 4}
    said |= {"score": [0.0, 0.9, 1.0, NAN], "g": [None, None, "a", "a"]}
    scores = profile(TWO, said).scores_by_group
    assert scores["g"]["missing"].positive.lows.tolist() == [0.0]
    assert scores["g"]["missing"].unlabelled.lows.tolist() == [0.9]
    assert scores["g"]["a"].negative.rows == 1
    assert scores["h"]["c"].negative.highs.tolist() == [1.0]


def test_scores_of_no_rows_have_no_groups() -> None:
    empty = pa.array([], pa.float64())
    names = ("x", "y", "predicted", "score", "g", "h")
    found = profile(TWO, dict.fromkeys(names, empty), {name: [1.0, 0.0] for name in names})
    assert found.groups == {"g": {}, "h": {}, f"g{BY}h": {}}
    assert found.scores_by_group == {"g": {}, "h": {}}
    assert MOST_SCORED_GROUPS < MOST_GROUPS
