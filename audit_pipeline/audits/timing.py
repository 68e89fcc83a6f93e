"""When an audit runs: its windows, and what starts it."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from audit_pipeline.audits.settings import Settings
from audit_pipeline.domain.window import Every, Windows


class WindowSettings(Settings):
    """The stretches of time to audit."""

    every: Every
    """How long a window is."""
    start: date | datetime
    """When the first window begins: the first whole one at or after it."""
    end: date | datetime | None = None
    """When the last window has ended, for a model that is retired; there is no last one if left
    out."""
    timezone: str = "UTC"
    """Whose midnights cut the windows: an IANA name such as `Europe/Berlin`."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(
                f"{value!r} is no IANA time zone; write one like Europe/Berlin"
            ) from None
        return value

    @model_validator(mode="after")
    def _hours_are_whole(self) -> "WindowSettings":
        zone = ZoneInfo(self.timezone)
        months = [datetime(self.start.year, month, 1, tzinfo=zone) for month in range(1, 13)]
        minutes = {time.strftime("%z")[-2:] for time in months}
        if self.every is Every.HOUR and len(minutes) > 1:  # no two systems cut these hours alike
            raise ValueError(
                f"the clocks of {self.timezone} change by part of an hour, so its hours are not"
                " whole; write `timezone: UTC` or longer windows"
            )
        return self

    @model_validator(mode="after")
    def _a_window_fits(self) -> "WindowSettings":
        windows = self.windows
        if (
            windows.end is not None
            and next(windows.ended(datetime.max.replace(tzinfo=UTC)), None) is None
        ):
            raise ValueError(
                f"no whole {self.every} lies between `start` and `end`; set `end` later, or leave"
                " it out"
            )
        return self

    @property
    def windows(self) -> Windows:
        """All windows, as the core knows them."""
        return Windows(
            every=self.every,
            start=_midnight(self.start),
            end=None if self.end is None else _midnight(self.end),
            timezone=self.timezone,
        )


class Schedule(Settings):
    """When the audit runs by itself: by the clock, and when data lands."""

    cron: str | None = None
    """In the window's time zone: every night at 02:00 if left out, for hourly windows ten minutes
    past every hour."""
    enabled: bool = True
    """Whether the clock starts it; by hand it runs in any case."""
    on_arrival: bool = True
    """Whether a window is audited once its data has landed, and again when it, or its labels,
    changed."""
    stable_seconds: float = Field(default=60, ge=0)
    """How long data must stand still to count as landed, where neither a `marker` file nor a
    `watermark` says that it is complete."""
    reopen_windows: int = Field(default=35, ge=1)
    """How many windows back late data and labels open a window again."""

    def cron_for(self, every: Every) -> str:
        """Return the cron expression for windows of a length."""
        return self.cron or ("10 * * * *" if every is Every.HOUR else "0 2 * * *")


def _midnight(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (in the window's own zone)
