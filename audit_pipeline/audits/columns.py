"""What the columns of the audited tables mean."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from audit_pipeline.audits.settings import Settings

Kind = Literal["numeric", "categorical"]
Labels = dict[str, str]


def _codes_as_text(labels: object) -> object:
    return {str(k): v for k, v in labels.items()} if isinstance(labels, dict) else labels


CodeLabels = Annotated[Labels, BeforeValidator(_codes_as_text)]


class Feature(Settings):
    """One input of the model."""

    kind: Kind | None = None
    """`numeric` or `categorical`; left out, integers of fewer than 50 values are categorical."""
    title: str | None = None
    """What people call the column."""
    labels: CodeLabels = Field(default_factory=dict)
    """What each code means, for the report."""


class Timestamp(Settings):
    """When a row happened."""

    column: str
    """Its name."""
    format: str = "timestamp"
    """`timestamp` for a date or timestamp column, `year` for an integer year, else a strftime
    format for text."""


class Target(Settings):
    """What the model predicts, as it really came out. Its labels may come later."""

    column: str
    """Its name."""
    positive: int | str | bool = 1
    """The value that counts as positive, in a binary audit; 1 and true are one value, so are 0 and
    false."""
    negative: int | str | bool | None = None
    """The value that counts as negative, in a binary audit; any other is then no label. Left out,
    it is the other of 0 and 1 (false and true) where `positive` is one of them; else every value
    but `positive` is negative."""
    title: str | None = None
    """What people call it."""
    labels: CodeLabels = Field(default_factory=dict)
    """What each code means, for the report."""

    @model_validator(mode="after")
    def _two_classes_of_one_type(self) -> "Target":
        if self.negative is None:
            return self
        if type(self.positive) is not type(self.negative) or self.positive == self.negative:
            raise ValueError(
                f"`positive` is {self.positive!r} and `negative` is {self.negative!r}; write two"
                " different values of one type"
            )
        return self


class Prediction(Settings):
    """What the model said: the logged columns, or the names they get when the model scores."""

    label: str = "prediction"
    """Column of the predicted class, or of the predicted number in a regression."""
    score: str | None = "score"
    """Column of the probability of the positive class; null when there is none."""
    threshold: float = Field(default=0.5, ge=0, le=1)
    """A score at or above it is a positive prediction, where no predicted class is logged."""


class Group(Settings):
    """A protected attribute, by whose values fairness is measured."""

    title: str | None = None
    """What people call it."""
    labels: CodeLabels = Field(default_factory=dict)
    """What each code means, for the report."""


class Columns(Settings):
    """The roles of the columns."""

    id: str
    """The key of a row; joins predictions and labels, and draws samples."""
    timestamp: Timestamp
    features: dict[str, Feature] = Field(min_length=1)
    """The model's inputs. A list of names will do; so will `NAME: numeric`."""
    prediction: Prediction | None = None
    target: Target | None = None
    groups: dict[str, Group] = Field(default_factory=dict)
    """Protected attributes, by whose values fairness is measured. A list of names will do."""
    version: str | None = None
    """Column that says which version of the model made the prediction, if it is logged: a change
    within a window is then seen and shown."""
    weight: str | None = None
    """Column of row weights; rows count once when left out."""
    latency: str | None = None
    """Column of how long the prediction took, a number in whatever unit; it is compared with the
    baseline as a feature is, though the model is not told it."""

    @field_validator("features", "groups", mode="before")
    @classmethod
    def _short_forms(cls, value: object) -> object:
        if isinstance(value, list):
            return {name: {} for name in value}
        if isinstance(value, dict):
            return {
                str(k): {"kind": v} if isinstance(v, str) else ({} if v is None else v)
                for k, v in value.items()
            }
        return value

    @field_validator("timestamp", mode="before")
    @classmethod
    def _timestamp_by_name(cls, value: object) -> object:
        return {"column": value} if isinstance(value, str) else value

    @model_validator(mode="after")
    def _roles_are_distinct(self) -> "Columns":
        if self.target and self.target.column in self.features:
            raise ValueError(
                f"the target {self.target.column!r} is also a feature: the model would be told the"
                " answer; take it out of `features`"
            )
        if self.latency in self.features:
            raise ValueError(
                f"the latency {self.latency!r} is also a feature, and it is known only once the"
                " model has answered; take it out of `features`"
            )
        return self
