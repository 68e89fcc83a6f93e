"""Evidently in its own process: what it draws, what it gives no number for, how it dies."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.drilldown.child import DRAW, EvidentlyBrokeError, draw, start
from audit_pipeline.drilldown.page import DRIFT, PERFORMANCE, SUMMARY
from audit_pipeline.models.child import Child

ROWS = 300


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with start() as process:
        yield process


def table(seed: int, shift: float = 0.0) -> pa.Table:
    generator = np.random.default_rng(seed)
    score = generator.uniform(0, 1, ROWS)
    return pa.table(
        {
            "amount": generator.normal(shift, 1, ROWS),
            "score": score,
            "came": np.where(generator.uniform(0, 1, ROWS) < score, "yes", "no"),
            "said": np.where(score >= 0.5, "yes", "no"),
            "kind": generator.choice(["a", "b", "c"], ROWS),
            "guess": generator.choice(["a", "b", "c"], ROWS),
        }
    )


def request(folder: Path, baseline: pa.Table, current: pa.Table, **more: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    sides = {"baseline": baseline, "current": current}
    for name, side in sides.items():
        pq.write_table(side, folder / f"{name}.parquet")
    files = {name: str(folder / f"{name}.parquet") for name in sides}
    kinds = {field.name: str(field.type) for field in baseline.schema}
    return {
        **files,
        "page": str(folder / "page.html"),
        "numeric": [name for name, kind in kinds.items() if kind == "double"],
        "categorical": [name for name, kind in kinds.items() if kind == "string"],
        "judged": None,
        "outcome": None,
        **more,
    }


def outcome(task: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 (JSON)
    binary = {"target": "came", "prediction": "said", "score": "score", "threshold": 0.5}
    return {"task": task, "positive": "yes", **binary, **changes}


def test_every_column_comes_back_with_its_distance(child: Child, tmp_path: Path) -> None:
    shifted = table(1).set_column(0, "amount", pa.array(table(1)["amount"].to_numpy() + 2))

    drawn = draw(child, request(tmp_path, table(1), shifted), 60)

    spread = table(1)["amount"].to_numpy().std()
    assert drawn.numbers["amount"] == pytest.approx(2 / spread, rel=1e-9)
    assert drawn.numbers["kind"] == 0
    assert set(drawn.numbers) == set(shifted.column_names)
    assert drawn.without_number == ()
    assert drawn.parts == (DRIFT, SUMMARY)
    assert drawn.engine.startswith("evidently ")
    assert "Columns one by one" in (tmp_path / "page.html").read_text()


def test_the_method_does_not_change_with_the_number_of_rows(child: Child, tmp_path: Path) -> None:
    many = pa.concat_tables([table(1)] * 5)  # 1,500 rows: Evidently would change its method

    few = draw(child, request(tmp_path, table(2, 0.5), table(1)), 60).numbers
    more = draw(child, request(tmp_path, table(2, 0.5), many), 60).numbers

    assert few == pytest.approx(more, rel=1e-9)


@pytest.mark.parametrize(
    "judged",
    [
        outcome("binary"),
        outcome("binary", score=None),
        outcome("multiclass", target="kind", prediction="guess", score=None, positive=None),
        outcome("regression", target="amount", prediction="score", score=None, positive=None),
    ],
    ids=["score", "classes", "multiclass", "regression"],
)
def test_each_task_has_its_pictures_of_performance(
    child: Child, tmp_path: Path, judged: dict[str, Any]
) -> None:
    asked = request(tmp_path, table(1), table(2))
    files = {side: asked[side] for side in ("baseline", "current")}

    drawn = draw(child, asked | {"judged": files, "outcome": judged}, 60)

    assert drawn.parts == (DRIFT, PERFORMANCE, SUMMARY)
    assert drawn.not_drawn == {}


def test_a_part_that_breaks_is_named_and_costs_no_other(child: Child, tmp_path: Path) -> None:
    asked = request(tmp_path, table(1), table(2))
    files = {side: asked[side] for side in ("baseline", "current")}
    wrong = outcome("binary", positive="Jane Doe")

    drawn = draw(child, asked | {"judged": files, "outcome": wrong}, 60)

    assert drawn.parts == (DRIFT, SUMMARY)
    assert drawn.not_drawn == {PERFORMANCE: "Evidently raised ValueError"}


def test_an_empty_column_that_nobody_took_out_is_said_and_not_passed(
    child: Child, tmp_path: Path
) -> None:
    empty = table(2).set_column(0, "amount", pa.nulls(ROWS, pa.float64()))

    drawn = draw(child, request(tmp_path, table(1), empty), 60)

    assert drawn.not_drawn == {DRIFT: "Evidently raised ValueError"}
    assert set(drawn.without_number) == set(empty.column_names)


def test_a_process_that_dies_or_hangs_is_said_in_words(tmp_path: Path) -> None:
    asked = request(tmp_path, table(1), table(2))
    with start() as child, pytest.raises(EvidentlyBrokeError, match="took longer than"):
        draw(child, asked, 0.01)
    with start() as child:
        os.kill(child.pid, signal.SIGKILL)
        with pytest.raises(EvidentlyBrokeError, match=r"SIGKILL.*audit and its report are untouch"):
            draw(child, asked, 60)


def test_an_evidently_that_cannot_be_imported_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "evidently").mkdir()
    (tmp_path / "evidently" / "__init__.py").write_text("raise ImportError('of Jane Doe')")
    monkeypatch.syspath_prepend(str(tmp_path))

    with start() as child, pytest.raises(EvidentlyBrokeError) as raised:
        draw(child, request(tmp_path, table(1), table(2)), 60)

    assert "it raised ImportError" in str(raised.value)
    assert "constraints.txt" in str(raised.value)
    assert "Jane" not in str(raised.value)


def test_only_drawing_is_asked_of_the_process(child: Child) -> None:
    with pytest.raises(ValueError, match="not one of the child's tasks"):
        child.call(DRAW.replace("answer", "draw"), {}, 1)
