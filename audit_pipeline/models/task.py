"""How a task about a model reaches the child, and how the model's faults come back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.artefact import model_format
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import ChildFailed
from audit_pipeline.models.shared_child import shared_child


def call_with_model(
    task: str, artefact: ModelArtefact, request: Mapping[str, Json], timeout: float
) -> dict[str, Any]:
    """Return what `task` answers about the model, asked of the shared child.

    Raises:
        ModelError: Raised by the task, or the model's format is unknown.
        ChildFailed: Any other error of the task.
        ChildDied: The child ended or took too long.
    """
    model_format(artefact)
    model = {
        "path": str(artefact.path.resolve()),
        "format": artefact.format,
        "sha256": artefact.sha256,
    }
    try:
        return shared_child().call(task, {**request, "model": model}, timeout)
    except ChildFailed as error:
        if error.kind == ModelError.__name__:
            raise ModelError(error.message) from error
        raise


def requested_artefact(request: Mapping[str, Any]) -> ModelArtefact:
    """Return the model a request of `call_with_model` is about."""
    model = request["model"]
    return ModelArtefact(path=Path(model["path"]), format=model["format"], sha256=model["sha256"])
