"""The explain stage's result as the report reads it: the one place that knows its key names."""

from collections.abc import Mapping
from dataclasses import dataclass

from audit_pipeline.domain.measurement import Json
from audit_pipeline.report.suppression import SMALLEST


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """How much one feature moves the output: mean absolute SHAP value and its standard error."""

    feature: str
    mean: float
    standard_error: float | None
    share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Mean SHAP value of the rows whose feature lies between `low` and `high`; None is open."""

    low: float | None
    high: float | None
    middle: float | None
    rows: int
    mean: float
    standard_error: float | None

    @property
    def is_value(self) -> bool:
        """Whether the cell is of one value and not of a stretch of them."""
        return self.low is not None and self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Everything the report shows of the explanations; what is missing there is None or empty."""

    rows: int | None
    used: int | None
    seed: int | None
    unit: str
    method: str
    engine: str
    base_value: float | None
    residual: float | None
    relative_residual: float | None
    left_out: Mapping[str, int]
    importance: tuple[Importance, ...]
    effects: Mapping[str, tuple[Effect, ...]]
    missing: Mapping[str, Effect]


def read_explanations(result: Mapping[str, Json]) -> Explained:
    """Return the result read; a missing or foreign entry is left out, never invented."""
    dependence = _mapping(result.get("dependence"))
    additivity = _mapping(result.get("additivity", result.get("residual")))
    rows = _whole(result.get("rows"))
    return Explained(
        rows=rows,
        used=_whole(result.get("used", rows)),
        seed=_whole(result.get("seed")),
        unit=_text(result.get("unit")),
        method=_text(result.get("method")),
        engine=_text(result.get("engine")),
        base_value=_number(result.get("base_value")),
        residual=_number(additivity.get("largest_residual")),
        relative_residual=_number(additivity.get("relative")),
        left_out=_counts(result.get("left_out")),
        importance=tuple(_importances(result.get("importance"))),
        effects={str(k): tuple(_effects(v)) for k, v in dependence.items()},
        missing={
            str(k): effect
            for k, v in dependence.items()
            if (effect := _effect(_mapping(_mapping(v).get("missing")))) is not None
        },
    )


def _importances(entries: Json) -> list[Importance]:
    found = []
    for entry in map(_mapping, _list(entries)):
        mean = _number(entry.get("mean_abs_shap", entry.get("mean_absolute")))
        if mean is not None and "feature" in entry:
            error = _number(entry.get("standard_error"))
            share = _number(entry.get("share"))
            feature = _text(entry["feature"])
            found.append(Importance(feature=feature, mean=mean, standard_error=error, share=share))
    return sorted(found, key=lambda i: (-i.mean, i.feature))


def _effects(cells: Json) -> list[Effect]:
    cells = _mapping(cells).get("cells") if isinstance(cells, Mapping) else cells
    found = (_effect(_mapping(cell)) for cell in _list(cells))
    return [effect for effect in found if effect is not None]


def _effect(cell: Mapping[str, Json]) -> Effect | None:
    mean, rows = _number(cell.get("mean_shap", cell.get("mean"))), _whole(cell.get("rows"))
    if mean is None or rows is None or rows < SMALLEST:
        return None
    low, high = _number(cell.get("low")), _number(cell.get("high"))
    middle = _number(cell.get("mean_value", cell.get("value")))
    if middle is None and low is not None and high is not None:
        middle = (low + high) / 2
    error = _number(cell.get("standard_error"))
    return Effect(low=low, high=high, middle=middle, rows=rows, mean=mean, standard_error=error)


def _counts(value: Json) -> dict[str, int]:
    whole = {str(k): _whole(v) for k, v in _mapping(value).items()}
    return {name: rows for name, rows in sorted(whole.items()) if rows is not None}


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return list(value) if isinstance(value, list | tuple) else []


def _number(value: Json) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: Json) -> str:
    return "" if value is None else str(value)
