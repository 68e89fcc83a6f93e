"""Read who is told of findings: `alerts.yml` in the home folder."""

import re
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.lines import LinedYaml, Location
from audit_pipeline.audits.reader import AuditFileError, Problem, read_document
from audit_pipeline.audits.sentences import sentence

FILE_NAME, OTHER_NAME = "alerts.yml", "alerts.yaml"
SECRET = {"to_env", "fallback_env"}
"""Keys whose values may be an address by mistake, which is then not repeated."""
LARGEST = 200_000
"""Bytes: of some thousand routes. More would take longer to read than a round has."""
ADDRESS = re.compile(r"://|@")
"""What stands in an address, wherever one was written by mistake."""


class AlertingError(Exception):
    """Who is told cannot be read; lists every problem with its line."""


def read_alerting(home: Home) -> Alerting | None:
    """Return what the home's `alerts.yml` says, None if there is no such file.

    Raises:
        AlertingError: The file is unreadable or wrong; the message lists every problem.
    """
    path = home.path / FILE_NAME
    try:
        raw = path.read_bytes()
        if len(raw) > LARGEST:
            raise AlertingError(
                f"{path.name}: holds {len(raw):,} bytes, at most {LARGEST:,} are read: name audits"
                ' by a pattern, such as "cards_*", instead of a route for each'
            )
        return _read(path, read_document(path, raw))
    except FileNotFoundError:
        if home.path.joinpath(OTHER_NAME).exists():
            raise AlertingError(
                f"there is {OTHER_NAME} in the home and no {FILE_NAME}: rename it"
            ) from None
        return None
    except RecursionError:
        raise AlertingError(f"{path.name}: is nested too deeply to be read") from None
    except OSError as error:
        raise AlertingError(f"{path.name}: cannot be read: {error.strerror}") from None
    except AuditFileError as error:
        raise AlertingError(str(error)) from None


def _read(path: Path, document: LinedYaml) -> Alerting:
    if not isinstance(document.data, dict):
        what = "holds no keys; write routes: [{name: …, to_env: [VARIABLE]}]"
        raise AuditFileError(path, [Problem(1, "", what)])
    try:
        return Alerting.model_validate({str(key): of for key, of in document.data.items()})
    except ValidationError as error:
        told: dict[Location, str] = {}
        for item in error.errors(include_url=False):
            place = document.present(item["loc"])
            if item["type"] == "missing":
                place = (*place, item["loc"][-1])
            told.setdefault(place, sentence(_without_secrets(item), _known(place)))
        problems = [
            Problem(document.line(place), ".".join(map(_shown, place)), what)
            for place, what in told.items()
        ]
        raise AuditFileError(path, problems) from None


def _without_secrets(item: Any) -> dict[str, Any]:  # noqa: ANN401 (pydantic's own mapping)
    found = item["input"]
    known = item["type"] == "extra_forbidden"  # which says the key alone
    if known and ADDRESS.search(str(item["loc"][-1])):
        return {**item, "loc": (*item["loc"][:-1], _shown(item["loc"][-1]))}
    if SECRET & set(item["loc"]) or isinstance(found, list | dict) or ADDRESS.search(str(found)):
        return {**item, "input": _Hidden()}
    return dict(item)


def _shown(step: str | int) -> str:
    """Return a key as it may be repeated: one may be an address by mistake, too."""
    return "…" if ADDRESS.search(str(step)) else str(step)


class _Hidden:
    """A value that may be a secret in the wrong place: it is not repeated."""

    def __repr__(self) -> str:
        return "something else"


def _known(place: Location) -> list[str]:
    """Return the keys that are due beside the one at a place."""
    model: type[BaseModel] = Alerting
    for step in place[:-1]:
        if not isinstance(step, str):
            continue
        field = model.model_fields.get(step)
        inner = _models(field.annotation) if field is not None else []
        model = inner[0] if inner else model
    return [field.alias or name for name, field in model.model_fields.items()]


def _models(annotation: Any) -> list[type[BaseModel]]:  # noqa: ANN401 (any annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]
