"""What everything a user writes has in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
"""A name of ours: lower case, digits and underscores; safe as a file name and a Dagster key."""


class Settings(BaseModel):
    """A part of an audit file: frozen, and no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)
