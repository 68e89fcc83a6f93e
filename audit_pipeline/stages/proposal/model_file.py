"""The model file of a proposal: its digest, its format and the features it reads."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_pipeline.domain.model import ModelArtefact
from audit_pipeline.models.base import ModelError
from audit_pipeline.models.child import ChildDied, ChildFailed
from audit_pipeline.models.description import ModelDescription, describe_model
from audit_pipeline.sources.files import file_sha256
from audit_pipeline.stages.missing import said
from audit_pipeline.stages.proposal.document import near
from audit_pipeline.stages.proposal.questions import ProposalError

FORMAT = "xgboost_json"
SUFFIXES = (".json", ".ubj")


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedModel:
    """A model file as it is now, and what it says of itself."""

    artefact: ModelArtefact
    description: ModelDescription

    def part(self, audits: Path) -> dict[str, Any]:
        """Return what stands under `model:` in the audit file."""
        path = near(self.artefact.path, audits)
        return {"path": path, "format": self.artefact.format, "sha256": self.artefact.sha256}


def pin_model(path: Path) -> PinnedModel:
    """Return a model file with its digest and its features.

    Raises:
        ProposalError: It is not there, or no model that can be audited.
    """
    path = path.expanduser().absolute()
    if not path.is_file():
        raise ProposalError(f"--model {path}: there is no such file")
    if path.suffix not in SUFFIXES:
        raise ProposalError(
            f"--model {path}: read are XGBoost's own files, model.json or model.ubj, as"
            " save_model writes them; a pickle is never loaded. Without --model, name the column"
            " of logged predictions with --prediction"
        )
    artefact = ModelArtefact(path=path, format=FORMAT, sha256=file_sha256(path))
    try:
        return PinnedModel(artefact=artefact, description=describe_model(artefact))
    except ModelError as error:
        raise ProposalError(f"--model {path}: {error}") from error
    except (ChildDied, ChildFailed) as error:
        raise ProposalError(f"--model {path}: it cannot be loaded: {said(error)}") from error
