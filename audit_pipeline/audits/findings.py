"""What becomes of checks that did not pass: by when each is to be dealt with."""

from datetime import date, timedelta

from pydantic import Field

from audit_pipeline.audits.settings import Settings
from audit_pipeline.domain.finding import Severity


class DueDays(Settings):
    """Days after which a finding is overdue, by its severity."""

    critical: int = Field(default=2, ge=0)
    """A failure, or a gap in what was promised, of an audit of high risk."""
    high: int = Field(default=7, ge=0)
    """The same at medium risk; a warning at high risk."""
    medium: int = Field(default=30, ge=0)
    """The same at low risk; a warning at medium risk."""
    low: int = Field(default=90, ge=0)
    """Whatever is left: a warning at low risk, what nobody requires, too little data to tell."""


class FindingSettings(Settings):
    """What becomes of checks that did not pass."""

    due_days: DueDays = DueDays()
    """Days after which a finding is overdue."""

    def due(self, severity: Severity, opened: date) -> date:
        """Return the day by which a finding is to be dealt with."""
        days: int = getattr(self.due_days, severity.value)
        return opened + timedelta(days=days)
