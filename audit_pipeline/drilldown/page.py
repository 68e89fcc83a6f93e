"""Evidently's interactive page of two samples: the one door to evidently, opened in the child.

Everything is declared, for what it guesses changes with the data: kinds of columns, methods,
limits. Its numbers are checked afterwards: a column without one is named.
"""

import math
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

METHODS = {"numeric": "wasserstein", "categorical": "jensenshannon"}
"""Left to itself it switches at 1,000 rows and by the number of values."""
LIMIT = 0.1
"""Evidently's own limit for both methods; not the audit's."""
DRIFT, PERFORMANCE, SUMMARY = "Drift of columns", "Performance", "Columns one by one"

Widget = Any  # Evidently's types do not reach ours


def draw_page(request: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Return the page as HTML, and what is to be said of it: see `child.Drawn`.

    The request names Parquet files of doubles and text: `baseline` and `current`, with the
    `numeric` and `categorical` columns they have, and the rows of both that can be `judged`, if
    any, with their `outcome`. A part that breaks is left out and named; its words, which may
    quote values, are not.
    """
    drawn: dict[str, list[Widget]] = {}
    numbers: dict[str, float] = {}
    not_drawn: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # pandas' and numpy's, of Evidently's own making
        import evidently  # noqa: PLC0415 (seconds, paid by the child)

        for part, make in _parts(request).items():
            try:
                snapshot = make()
                found = _numbers(snapshot) if part == DRIFT else {}
                drawn[part] = snapshot.to_snapshot_model().widgets
                numbers |= found
            except Exception as error:  # noqa: BLE001 (what broke is named on the page)
                not_drawn[part] = f"Evidently raised {type(error).__name__}"
        html = _html(drawn) if drawn else ""
    asked = [*request["numeric"], *request["categorical"]]
    return html, {
        "engine": f"evidently {evidently.__version__}",
        "parts": list(drawn),
        "not_drawn": not_drawn,
        "numbers": numbers,
        "without_number": [name for name in asked if name not in numbers],
    }


def _parts(request: Mapping[str, Any]) -> dict[str, Callable[[], Any]]:
    """Return how each part is made, in the order of the page."""
    parts: dict[str, Callable[[], Any]] = {DRIFT: lambda: _run(request, _drift(request))}
    if request["judged"]:
        parts[PERFORMANCE] = lambda: _performance(request)
    parts[SUMMARY] = lambda: _run(request, _summary(request))
    return parts


def _drift(request: Mapping[str, Any]) -> object:
    from evidently.presets import DataDriftPreset  # noqa: PLC0415

    return DataDriftPreset(
        columns=[*request["numeric"], *request["categorical"]],
        num_method=METHODS["numeric"],
        cat_method=METHODS["categorical"],
        num_threshold=LIMIT,
        cat_threshold=LIMIT,
    )


def _summary(request: Mapping[str, Any]) -> object:
    from evidently.presets import DataSummaryPreset  # noqa: PLC0415

    return DataSummaryPreset(columns=[*request["numeric"], *request["categorical"]])


def _run(request: Mapping[str, Any], preset: object) -> Any:  # noqa: ANN401 (Evidently's snapshot)
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415

    definition = DataDefinition(
        numerical_columns=request["numeric"], categorical_columns=request["categorical"]
    )
    baseline, current = (
        Dataset.from_pandas(_frame(Path(request[side])), definition)
        for side in ("baseline", "current")
    )
    return Report([preset], include_tests=False).run(current, baseline)


def _performance(request: Mapping[str, Any]) -> Any:  # noqa: ANN401 (Evidently's snapshot)
    from evidently import DataDefinition, Dataset, Report  # noqa: PLC0415

    outcome, judged = request["outcome"], request["judged"]
    names = [outcome["target"], outcome["prediction"], outcome["score"]]
    definition = DataDefinition(
        numerical_columns=[name for name in names if name in request["numeric"]],
        categorical_columns=[name for name in names if name in request["categorical"]],
        **_task(outcome),
    )
    baseline, current = (
        Dataset.from_pandas(_frame(Path(judged[side])), definition)
        for side in ("baseline", "current")
    )
    return Report([_quality(outcome)], include_tests=False).run(current, baseline)


def _task(outcome: Mapping[str, Any]) -> dict[str, list[Any]]:
    from evidently import (  # noqa: PLC0415
        BinaryClassification,
        MulticlassClassification,
        Regression,
    )

    target, prediction = outcome["target"], outcome["prediction"]
    if outcome["task"] == "regression":
        return {"regression": [Regression(target=target, prediction=prediction)]}
    if outcome["task"] == "multiclass":
        declared = MulticlassClassification(target=target, prediction_labels=prediction)
        return {"classification": [declared]}
    by_score = {"prediction_probas": outcome["score"]} if outcome["score"] else {}
    by_class = {"prediction_labels": prediction} if not by_score else {}
    positive = outcome["positive"]
    declared = BinaryClassification(target=target, pos_label=positive, **by_score, **by_class)
    return {"classification": [declared]}


def _quality(outcome: Mapping[str, Any]) -> object:
    from evidently.presets import ClassificationPreset, RegressionPreset  # noqa: PLC0415

    if outcome["task"] == "regression":
        return RegressionPreset()
    return ClassificationPreset(probas_threshold=outcome["threshold"] if outcome["score"] else None)


def _frame(path: Path) -> Any:  # noqa: ANN401 (a pandas frame)
    """Return a frame of plain numpy columns: float64, and object with None for what is missing."""
    import pandas as pd  # noqa: PLC0415

    columns = pq.read_table(path).to_pydict()
    kinds = {name: float if kind == "double" else object for name, kind in _kinds(path).items()}
    return pd.DataFrame(
        {name: pd.Series(values, dtype=kinds[name]) for name, values in columns.items()}
    )


def _kinds(path: Path) -> dict[str, str]:
    return {field.name: str(field.type) for field in pq.read_schema(path)}


def _numbers(snapshot: Any) -> dict[str, float]:  # noqa: ANN401 (Evidently's snapshot)
    """Return the drift of each column that has one; what is not finite is none."""
    measured = [m for m in snapshot.dict()["metrics"] if m["config"].get("method")]
    numbers = {m["config"]["column"]: m["value"] for m in measured if "column" in m["config"]}
    return {name: float(value) for name, value in numbers.items() if _is_finite(value)}


def _is_finite(value: object) -> bool:
    try:
        return math.isfinite(float(value))  # type: ignore[arg-type]  # numpy's numbers too
    except (TypeError, ValueError):
        return False


def _html(drawn: Mapping[str, list[Widget]]) -> str:
    """Return one page of all parts, each behind a tab; its library and font are embedded."""
    from evidently.core.metric_types import render_widgets  # noqa: PLC0415
    from evidently.legacy.renderers.html_widgets import (  # noqa: PLC0415
        TabData,
        group_widget,
        widget_tabs,
    )

    groups = {part: group_widget(title="", widgets=widgets) for part, widgets in drawn.items()}
    tabs = widget_tabs(tabs=[TabData(part, group) for part, group in groups.items()])
    # what a click unfolds is looked for in groups, and not behind tabs: it would say "Failed"
    tabs.additionalGraphs = [g for group in groups.values() for g in group.get_additional_graphs()]
    html: str = render_widgets([tabs])
    return html
