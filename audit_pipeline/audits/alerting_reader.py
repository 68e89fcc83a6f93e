"""Read who is told of findings: `alerts.yml` in the home folder."""

from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.lines import LinedYaml, Location
from audit_pipeline.audits.reader import AuditFileError, Problem, read_document
from audit_pipeline.audits.sentences import sentence

FILE_NAME = "alerts.yml"
SECRET = {"to_env", "fallback_env"}
"""Keys whose values may be an address by mistake, which is then not repeated."""


class AlertingError(Exception):
    """Who is told cannot be read; lists every problem with its line."""


def read_alerting(home: Home) -> Alerting | None:
    """Return what the home's `alerts.yml` says, None if there is no such file.

    Raises:
        AlertingError: The file is unreadable or wrong; the message lists every problem.
    """
    path = home.path / FILE_NAME
    if not path.exists():
        return None
    try:
        return _read(path, read_document(path, path.read_bytes()))
    except OSError as error:
        raise AlertingError(f"{path.name}: cannot be read: {error.strerror}") from None
    except AuditFileError as error:
        raise AlertingError(str(error)) from None


def _read(path: Path, document: LinedYaml) -> Alerting:
    if not isinstance(document.data, dict):
        what = "holds no keys; write routes: [{name: …, to_env: [VARIABLE]}]"
        raise AuditFileError(path, [Problem(1, "", what)])
    try:
        return Alerting.model_validate(document.data)
    except ValidationError as error:
        told: dict[Location, str] = {}
        for item in error.errors(include_url=False):
            place = document.present(item["loc"])
            if item["type"] == "missing":
                place = (*place, item["loc"][-1])
            told.setdefault(place, sentence(_without_secrets(item), _known(place)))
        problems = [
            Problem(document.line(place), ".".join(map(str, place)), what)
            for place, what in told.items()
        ]
        raise AuditFileError(path, problems) from None


def _without_secrets(item: Any) -> dict[str, Any]:  # noqa: ANN401 (pydantic's own mapping)
    if SECRET & set(item["loc"]):
        return {**item, "input": _Hidden()}
    return dict(item)


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
