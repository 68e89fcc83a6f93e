"""The model file an audit pins is read once, and only if it is the one that was pinned."""

import difflib
import hashlib

from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.base import Model, ModelError, ModelFormat
from audit_pipeline.models.catalog import MODEL_FORMATS


def verify(artefact: ModelArtefact) -> None:
    """Return quietly when the pinned model file is there, unchanged and of a known format.

    The file is read and not loaded, so this is safe in the process that schedules the audit.

    Raises:
        ModelError: The format is unknown, the file cannot be read, or its digest is another.
    """
    model_format(artefact)
    _read(artefact)


def load(artefact: ModelArtefact) -> Model:
    """Return the model, loaded from the very bytes whose digest was checked.

    A hostile or damaged file can crash the library that parses it, so this belongs in the child.

    Raises:
        ModelError: As `verify`, or the file is not a model of this format that can be audited.
    """
    return model_format(artefact).load(_read(artefact))


def model_format(artefact: ModelArtefact) -> ModelFormat:
    """Return the format the artefact names.

    Raises:
        ModelError: There is no such format; the message gives the closest names.
    """
    found = MODEL_FORMATS.get(artefact.format)
    if found is None:
        close = difflib.get_close_matches(artefact.format, MODEL_FORMATS)
        hint = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(MODEL_FORMATS)}."
        raise ModelError(f"The model format {artefact.format!r} is unknown. {hint}")
    return found


def _read(artefact: ModelArtefact) -> bytes:
    try:
        content = artefact.path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(
            f"The model file {artefact.path} does not exist."
            " Put the pinned file there, or correct its path in the audit file."
        ) from error
    except OSError as error:
        raise ModelError(
            f"The model file {artefact.path} cannot be read: {error.strerror}."
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != artefact.sha256.lower():
        raise ModelError(
            f"The model file {artefact.path} is not the one that was pinned:"
            f" its SHA-256 is {found}, the audit file expects {artefact.sha256}."
            " Restore the pinned file; or, if the model was replaced on purpose, write the new"
            " digest into the audit file and approve a new baseline."
        )
    return content
