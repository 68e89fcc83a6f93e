"""What a team holds its model to: rules, and limits on metrics."""

from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, model_validator

from audit_pipeline.audits.settings import Name, Settings
from audit_pipeline.domain.limit import Against
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict


class RuleSettings(Settings):
    """One business or data-quality rule, by Great Expectations' own name."""

    expect: str = Field(pattern=r"^expect_[a-z0-9_]+$")
    kwargs: dict[str, Any] = Field(default_factory=dict)
    name: Name | None = None
    """What the rule is called in the UI and the report; made from the expectation if left out."""
    on_failure: Literal["warn", "fail"] = "fail"
    required: bool = True
    set_by: str | None = None
    reason: str | None = None

    @property
    def rule(self) -> Rule:
        """The rule as the core knows it, with a name."""
        values = self.model_dump(exclude={"name", "on_failure"})
        unnamed = Rule(**values, name="", on_failure=Verdict(self.on_failure))
        about = "" if unnamed.subject == "table" else f"_{unnamed.subject}".replace(", ", "_")
        name = self.name or _identifier(self.expect.removeprefix("expect_") + about)
        return replace(unnamed, name=name)


class LimitSettings(Settings):
    """Where a metric starts to warn and to fail; what is left out keeps the metric's default."""

    warn: float | None = None
    fail: float | None = None
    against: Against | None = None
    """`value`, or how much worse than the baseline: `change`, `relative_change`."""
    required: bool = True
    skip: bool = False
    """Leave the metric out; the report lists it with the `reason`, which is then needed."""
    set_by: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _a_skip_has_its_reason(self) -> "LimitSettings":
        if self.skip and not self.reason:
            raise ValueError("a metric that is skipped needs a `reason`: the report shows it")
        return self


class MetricLimit(LimitSettings):
    """The limit of a metric, and of single columns or groups where they differ."""

    subjects: dict[str, LimitSettings] = Field(default_factory=dict)


def _identifier(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower())
