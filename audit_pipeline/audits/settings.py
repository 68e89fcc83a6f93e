"""What everything a user writes has in common."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A name of ours: lower case, digits and underscores; safe as a file name and a Dagster key."""


def _known_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"{value!r} is no IANA time zone; write one like Europe/Berlin") from None
    return value


Zone = Annotated[str, AfterValidator(_known_zone)]
"""An IANA time zone, such as `Europe/Berlin`."""


class Settings(BaseModel):
    """A part of an audit file: frozen, and no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
