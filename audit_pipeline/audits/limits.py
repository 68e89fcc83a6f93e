"""What a team holds its model to: rules, and limits on metrics."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from pydantic import Field, model_validator

from audit_pipeline.audits.settings import Name, Settings
from audit_pipeline.domain.limit import Against, Limit, Worse, number
from audit_pipeline.domain.rule import Rule
from audit_pipeline.domain.verdict import Verdict


class RuleSettings(Settings):
    """One business or data-quality rule, by Great Expectations' own name."""

    expect: str = Field(pattern=r"^(expect_[a-z0-9_]+|unexpected_rows_expectation)$")
    """The expectation's name, such as `expect_column_values_to_be_between`."""
    kwargs: dict[str, Any] = Field(default_factory=dict)
    """The expectation's own arguments, such as `column`, `min_value`, `mostly`."""
    name: Name | None = None
    """What the rule is called in the UI and the report; made from the expectation if left out."""
    on_failure: Literal["warn", "fail"] = "fail"
    """The verdict of a rule that does not hold."""
    required: bool = True
    """Whether the audit has a gap where the rule could not be judged."""
    set_by: str | None = None
    """Who decided on the rule; the report shows it."""
    reason: str | None = None
    """Why the rule is right; the report shows it."""

    @property
    def rule(self) -> Rule:
        """The rule as the core knows it, with a name."""
        values = self.model_dump(exclude={"name", "on_failure"})
        unnamed = Rule(**values, name="", on_failure=Verdict(self.on_failure))
        about = "" if unnamed.subject == "table" else f"_{unnamed.subject}".replace(", ", "_")
        name = self.name or _identifier(self.expect.removeprefix("expect_") + about)
        return replace(unnamed, name=name)


class LimitSettings(Settings):
    """Where a metric starts to warn and to fail; what is left out keeps the metric's default.

    A default that is held against something else does not carry over: with another `against`, only
    the `warn` and `fail` beside it count.
    """

    warn: float | None = None
    """Beyond it the verdict is `warn`; null: it never warns. Left out, the default holds."""
    fail: float | None = None
    """Beyond it the verdict is `fail`; null: it never fails. Left out, the default holds."""
    against: Against | None = None
    """`value`, or how much worse than the baseline: `change`, `relative_change`. Needed beside
    `warn` or `fail` where the metric's default is not `value`."""
    required: bool = True
    """Whether the audit has a gap where the number could not be measured."""
    set_by: str | None = None
    """Who decided on the limit; the report shows it."""
    reason: str | None = None
    """Why the limit is right; the report shows it."""

    def changed(self, limit: Limit) -> Limit:
        """Return `limit` as these settings change it."""
        given = self.model_dump(exclude_unset=True, include=_FIELDS)
        if given.get("against", limit.against) in {None, limit.against}:
            return replace(limit, **given | {"against": limit.against})
        return replace(limit, **{"warn": None, "fail": None} | given)


_FIELDS = set(LimitSettings.model_fields)


class MetricLimit(LimitSettings):
    """The limit of a metric, and of single columns or groups where they differ."""

    skip: bool = False
    """Leave the metric out; the report lists it with the `reason`, which is then needed."""
    subjects: dict[str, LimitSettings] = Field(default_factory=dict)
    """Limits of single columns or groups, by name; what they leave out is as above."""

    @model_validator(mode="after")
    def _a_skip_has_its_reason(self) -> "MetricLimit":
        if self.skip and not self.reason:
            raise ValueError("a metric that is skipped needs a `reason`: the report shows it")
        return self

    def limit(self, default: Limit, subject: str) -> Limit:
        """Return the limit of one subject of a metric whose limit is `default`."""
        general = self.changed(default)
        special = self.subjects.get(subject)
        return special.changed(general) if special else general

    def mistakes(self, default: Limit) -> Iterator[tuple[tuple[str, ...], str]]:
        """Yield what cannot be meant, for a metric whose limit is `default`: the keys, and why."""
        if self.skip:
            return
        general, told = self.changed(default), self.against is not None
        what = _mistake(self, default, told=told)
        if what is not None:
            yield (), what
            return
        for subject, special in self.subjects.items():
            what = _mistake(special, general, told=told or special.against is not None)
            if what is not None:
                yield ("subjects", subject), what


_MEANS = {
    Against.CHANGE: "a worsening by {bound} against the baseline, in the metric's own unit",
    Against.RELATIVE_CHANGE: "a worsening by {bound} times the baseline's number",
}


def _mistake(settings: LimitSettings, before: Limit, *, told: bool) -> str | None:
    """Return what is wrong with settings that change the limit `before`, None if nothing is."""
    after = settings.changed(before)
    given = settings.warn if settings.warn is not None else settings.fail
    if given is not None and not told and before.against is not Against.VALUE:
        means = _MEANS[before.against].format(bound=number(given))
        return (
            f"{number(given)} would mean {means}; write `against: {before.against}` if it is meant"
            " so, or `against: value` to limit the number itself"
        )
    if after.warn is None and after.fail is None:
        if after.against is not before.against:
            return (
                f"with `against: {after.against}` the metric's own limits do not hold; give `warn`,"
                " `fail` or both"
            )
        return "without `warn` and `fail` it always passes; give one, or `skip: true` and a reason"
    return _wrong_way_round(after)


def _wrong_way_round(limit: Limit) -> str | None:
    if limit.warn is None or limit.fail is None:
        return None
    low, high = limit.warn, limit.fail
    lower_is_worse = limit.worse is Worse.LOWER and limit.against is Against.VALUE
    if lower_is_worse:
        low, high = high, low
    if low <= high:  # never of NaN
        return None
    return (
        f"the warning limit {number(limit.warn)} is beyond the failure limit {number(limit.fail)};"
        f" `warn` must not be {'below' if lower_is_worse else 'above'} `fail` (what is left out"
        " keeps the metric's default)"
    )


def _identifier(text: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in text.lower())
