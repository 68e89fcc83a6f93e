"""What commands write for other programs."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from audit_pipeline.cli.console import print_json


@dataclass(frozen=True)
class Part:
    at: datetime
    day: date


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    none: None = None


def test_data_classes_are_objects_and_times_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    part = Part(datetime(2026, 1, 2, 3, tzinfo=UTC), date(2026, 1, 2))

    print_json({"ö": Whole((part,))})

    told = capsys.readouterr().out
    assert told.endswith("}\n")
    assert json.loads(told) == {
        "ö": {"parts": [{"at": "2026-01-02T03:00:00+00:00", "day": "2026-01-02"}], "none": None}
    }
    assert "ö" in told


def test_what_json_cannot_say_is_not_written_as_something_else() -> None:
    with pytest.raises(TypeError, match="a set cannot be said in JSON"):
        print_json({1})
    with pytest.raises(ValueError, match="not JSON compliant"):
        print_json(float("nan"), allow_nan=False)
