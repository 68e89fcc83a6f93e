"""What the user said when asking for an audit file: what is given is not guessed."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """The flags of `init`, by their names. Columns are given by their names in the data."""

    name: str
    data: str
    baseline: str | None = None
    labels: str | None = None
    password_env: str | None = None
    """The environment variable with the password of databases."""
    trained_on: str | None = None
    id: str | None = None
    timestamp: str | None = None
    target: str | None = None
    positive: str | None = None
    prediction: str | None = None
    predicted_positive: tuple[str, ...] = ()
    """The values of the prediction that mean positive, where they are not the target's."""
    score: str | None = None
    groups: tuple[str, ...] = ()
    every: str | None = None
    timezone: str | None = None
    """The IANA zone of the windows, and of times that name none."""
    as_of: date | None = None
    """The day the rows are of, where no column says when they happened."""
    model: Path | None = None
    owner: str | None = None
    purpose: str | None = None
