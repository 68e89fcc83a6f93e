"""Hours in which alerts wait."""

from datetime import datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from audit_pipeline.audits.settings import Settings, Zone
from audit_pipeline.domain.finding import SEVEREST_FIRST, Severity


def at_least(severity: Severity, least: Severity) -> bool:
    """Return whether a severity is the least one that counts, or more."""
    return SEVEREST_FIRST.index(severity) <= SEVEREST_FIRST.index(least)


class QuietHours(Settings):
    """Hours in which alerts wait, each night; they arrive together when the hours have ended."""

    begin: Annotated[time, Field(alias="from")]
    """When they begin, as a clock on the wall shows it: `"22:00"`, in quotes."""
    to: time
    """When they have ended, likewise; earlier than `from`: on the next day."""
    timezone: Zone = "UTC"
    """Whose clock it is: an IANA name such as `Europe/Berlin`."""
    but: Severity | None = Severity.CRITICAL
    """Alerts at least so severe do not wait; `null`: all wait."""

    @field_validator("begin", "to", mode="before")
    @classmethod
    def _in_quotes(cls, said: object) -> object:
        if not isinstance(said, str):  # YAML reads 22:00 as 1320
            raise ValueError('is no time of day; write it in quotes: "22:00"')  # noqa: TRY004 (pydantic's way)
        return said

    @field_validator("begin", "to")
    @classmethod
    def _of_the_wall(cls, said: time) -> time:
        if said.tzinfo is not None:
            raise ValueError('has an offset; write "22:00", and say whose clock it is: timezone')
        return said

    @model_validator(mode="after")
    def _not_always(self) -> "QuietHours":
        if self.begin == self.to:
            raise ValueError("`from` and `to` are the same: leave quiet hours out, or mend one")
        return self

    def holds(self, at: datetime, severity: Severity) -> bool:
        """Return whether an alert of such a severity waits at a time.

        The clock on the wall decides, so a night in which it is set is quiet as any other.
        """
        if self.but is not None and at_least(severity, self.but):
            return False
        clock = at.astimezone(ZoneInfo(self.timezone)).time()
        if self.begin < self.to:
            return self.begin <= clock < self.to
        return clock >= self.begin or clock < self.to
