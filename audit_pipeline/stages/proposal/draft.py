"""What a proposal knows before it is written down."""

from dataclasses import dataclass

from audit_pipeline.stages.proposal.features import Inputs
from audit_pipeline.stages.proposal.keys import Keys
from audit_pipeline.stages.proposal.locating import Place
from audit_pipeline.stages.proposal.looking import Look
from audit_pipeline.stages.proposal.model_file import PinnedModel
from audit_pipeline.stages.proposal.outcomes import Outcomes
from audit_pipeline.stages.proposal.timeline import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that was found out, before it is written down."""

    keys: Keys
    outcomes: Outcomes
    current: Look
    labels: Look | None
    timeline: Timeline
    baseline: Look
    """With the outcomes that stand in a table of their own."""
    inputs: Inputs
    model: PinnedModel | None
    trained_on: Place | None
    weight: str | None
    version: str | None

    @property
    def made(self) -> bool:
        """Whether the data is audited from a copy, for it lacked a column."""
        return self.keys.made or bool(self.outcomes.positives)
