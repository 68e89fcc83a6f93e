"""When an audit runs: its windows, and what starts it."""

import re
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from audit_pipeline.audits.settings import Settings, Zone
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
    timezone: Zone = "UTC"
    """Whose midnights cut the windows: an IANA name such as `Europe/Berlin`."""

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


DEADLINE_HOURS = {Every.HOUR: 3, Every.DAY: 12, Every.WEEK: 24, Every.MONTH: 72, Every.YEAR: 168}
"""After the end of a window that the clock audits at 02:00, where the audit file does not say."""
TURN_HOURS = 1
"""After the hour at which the clock starts an audit: by then it has had its turn."""
CRON_FIELDS = 5
DAYS_OF_WEEK = 7
NAMED = {
    name: number
    for names in (
        "sun mon tue wed thu fri sat",
        "- jan feb mar apr may jun jul aug sep oct nov dec",
    )
    for number, name in enumerate(names.split())
}
"""What days of the week and months are called in cron expressions."""


class Schedule(Settings):
    """When the audit runs by itself: by the clock, and when data lands; and when it is missed."""

    cron: str | None = None
    """In the window's time zone: every night at 02:00 if left out, for hourly windows ten minutes
    past every hour."""
    enabled: bool = True
    """Whether the clock starts it; by hand it runs in any case."""
    on_arrival: bool = True
    """Whether a window is audited once its data has landed, and again when it, or its labels,
    changed."""
    stable_seconds: float | None = Field(default=None, ge=0)
    """How long data must stand still to count as landed, where neither a `marker` file nor a
    `watermark` says that it is complete: 10 if left out, and 60 once it was seen to come in
    pieces."""
    reopen_windows: int = Field(default=35, ge=1)
    """How many windows back late data and labels open a window again."""
    deadline_hours: float | None = Field(default=None, gt=0)
    """Hours after the end of a window by which it is to be audited, or else is a finding: 3 if left
    out for hours, 12 for days, 24 for weeks, 72 for months, 168 for years, and later by as much as
    `cron` is later than 02:00. They are those of a clock on the wall: 6 means 06:00, also where a
    night is an hour shorter. With `enabled: false` nobody waits for an audit, unless a deadline is
    written here."""
    catch_up: int = Field(default=31, ge=0)
    """How many windows back those are audited, newest first, that were missed since the audit came
    into service; 0 for none."""
    paused: str | None = Field(default=None, pattern=r"\S")
    """Why the audit does not run for now. Neither the clock nor data starts it, and no window of it
    is late; by hand it runs. Once this is taken out, what was missed is caught up as far back as
    `catch_up` says, and has its deadline from then on; windows before are owed by nobody."""

    def deadline_for(self, every: Every) -> float | None:
        """Return the hours after a window's end by which it is to be audited; None: at any time."""
        if self.deadline_hours is not None:
            return self.deadline_hours
        if not self.enabled:
            return None
        return DEADLINE_HOURS[every] + max(0, _cron_hours(self.cron_for(every), every) - 2)

    def turn_for(self, every: Every) -> float:
        """Return the hours after a window's end within which the clock starts its audit."""
        return TURN_HOURS + _cron_hours(self.cron_for(every), every)

    def cron_for(self, every: Every) -> str:
        """Return the cron expression for windows of a length."""
        return self.cron or ("10 * * * *" if every is Every.HOUR else "0 2 * * *")


def _cron_hours(cron: str, every: Every) -> int:
    """Return about how many hours after the end of a window a cron expression starts its audit.

    Of a field with several numbers the first counts.

    >>> _cron_hours("30 18 * * *", Every.DAY), _cron_hours("0 2 5 * *", Every.MONTH)
    (18, 98)
    """
    fields = cron.lower().split()
    if len(fields) != CRON_FIELDS or every is Every.HOUR:
        return 0
    _, hour, day, month, weekday = (_first_number(field) for field in fields)
    days = 0
    if every in {Every.MONTH, Every.YEAR}:
        days = max(0, (day or 1) - 1) + (0 if weekday is None else DAYS_OF_WEEK - 1)
    if every is Every.WEEK and weekday is not None:  # a week ends with Sunday's midnight
        days = (weekday - 1) % DAYS_OF_WEEK
    if every is Every.YEAR:
        days += 31 * ((month or 1) - 1)
    return 24 * days + (hour or 0)


def _first_number(field: str) -> int | None:
    """Return the first number of a field of a cron expression, None where any will do."""
    if field.startswith("*"):
        return None
    found = re.match(r"\d+", field)
    return int(found[0]) if found else NAMED.get(field[:3], 0)


def _midnight(value: date | datetime) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return datetime(value.year, value.month, value.day)  # noqa: DTZ001 (in the window's own zone)
