"""What a model file says of itself, found out in the child process."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.artefact import load, model_format
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import ChildFailed
from audit_pipeline.models.shared_child import Role, shared_child
from audit_pipeline.models.task import requested_artefact

DESCRIBE = "audit_pipeline.models.description:answer"
ROLE = Role((), frozenset({DESCRIBE}))
SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelDescription:
    """The features a model reads, in its order; no names where it was trained on a bare matrix."""

    features: tuple[str, ...]
    count: int
    unit: str
    engine: str


def describe_model(artefact: ModelArtefact) -> ModelDescription:
    """Return what a pinned model file says of itself. It is loaded in a process of its own.

    Raises:
        ModelError: The file is not the pinned one, or no model that can be audited.
        ChildDied: The file crashed the library that reads it.
        ChildFailed: Anything else the child met.
    """
    model_format(artefact)
    model = {
        "path": str(artefact.path.resolve()),
        "format": artefact.format,
        "sha256": artefact.sha256,
    }
    try:
        found = shared_child(ROLE).call(DESCRIBE, {"model": model}, SECONDS)
    except ChildFailed as error:
        if error.kind == ModelError.__name__:
            raise ModelError(error.message) from error
        raise
    return ModelDescription(**found | {"features": tuple(found["features"])})


def answer(request: Mapping[str, Any]) -> dict[str, Json]:
    """Do in the child what `describe_model` was asked for."""
    model = load(requested_artefact(request))
    return asdict(
        ModelDescription(
            features=model.feature_names or (),
            count=model.feature_count,
            unit=model.margin_unit,
            engine=model.engine,
        )
    )
