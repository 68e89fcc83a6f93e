"""Who is told of findings, and when: what `alerts.yml` in the home folder says.

Addresses hold secrets, so they stand in the environment; the file names the variables.
"""

import re
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import BeforeValidator, Field, field_validator

from audit_pipeline.audits.quiet_hours import QuietHours, at_least
from audit_pipeline.audits.settings import Name, Settings
from audit_pipeline.domain.check import STAGE_OF, Stage
from audit_pipeline.domain.finding import Finding, Severity


def _is_a_name(said: object) -> object:
    if isinstance(said, str) and ":" in said:  # an address, and there may be a secret in it
        raise ValueError(
            "an address never stands in this file: put it into the environment, and write the"
            " variable's name here"
        )
    return said


def _is_a_link(said: object) -> object:
    if not isinstance(said, str) or not re.fullmatch(r"https?://[!-~]+", said):
        raise ValueError("is no address of the web: write one like https://audits.example.org")
    if "@" in said:
        raise ValueError("holds a name or a password, and everybody reads it: leave that out")
    return said


Variable = Annotated[
    str, BeforeValidator(_is_a_name), Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=60)
]
"""The name of a variable of the environment that holds one address in Apprise's form."""
Variables = Annotated[list[Variable], Field(min_length=1)]
Patterns = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]

OPERATOR = "operations"
"""Who owns what goes wrong with alerts, where the file does not say."""


class Route(Settings):
    """Who is told of which findings: those that match all that is said here."""

    name: Name
    """What the route is called: in messages, and where delivery fails."""
    to_env: Variables
    """Variables that hold an address each; all of them are told."""
    severity: Severity = Severity.MEDIUM
    """Findings at least so severe."""
    audits: Patterns = ("*",)
    """Of audits of these names; `*` stands for anything."""
    stages: Annotated[list[Stage], Field(min_length=1)] | None = None
    """Of checks of these stages; all if left out."""
    assets: Patterns = ("*",)
    """Of checks of these assets: `drift`, `rule_results`, `fairness` …"""
    owners: Patterns = ("*",)
    """Of audits of these owners: `"*@lending.example.org"`."""
    resolved: bool = True
    """Whether who was told of a finding hears of its end; `false` for pagers, which would ring."""
    fallback_env: list[Variable] = Field(default_factory=list)
    """Variables of a second channel: who is told where this one has failed for too long."""
    quiet_hours: QuietHours | None = None
    """Of this route; those of the whole file if left out."""

    def takes(self, finding: Finding) -> bool:
        """Return whether the route is for such a finding."""
        stage = STAGE_OF.get(finding.check.asset, Stage.REPORT)
        return (
            at_least(finding.severity, self.severity)
            and _matches(finding.audit, self.audits)
            and _matches(finding.check.asset, self.assets)
            and _matches(finding.owner, self.owners)
            and (self.stages is None or stage in self.stages)
        )


def _matches(text: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(text.casefold(), pattern.casefold()) for pattern in patterns)


class Escalation(Settings):
    """Who is told of findings that are overdue."""

    to_env: Variables
    """Variables that hold an address each."""
    after_days: int = Field(default=1, ge=0, le=3650)
    """Days after the day by which the finding was to be dealt with."""
    severity: Severity = Severity.HIGH
    """Findings at least so severe."""

    def takes(self, finding: Finding) -> bool:
        """Return whether such a finding is escalated once it is overdue."""
        return at_least(finding.severity, self.severity)


class Alerting(Settings):
    """All that `alerts.yml` says."""

    routes: Annotated[list[Route], Field(min_length=1)]
    """Who is told of what. A finding goes to every route that it matches."""
    report_url: Annotated[str, BeforeValidator(_is_a_link)] | None = None
    """Where the folder `evidence` of the home is served, so that messages link to reports."""
    ui_url: Annotated[str, BeforeValidator(_is_a_link)] | None = None
    """Where Dagster's UI is, so that messages link to the audit's page there, with its run."""
    quiet_hours: QuietHours | None = None
    """Hours in which alerts wait."""
    remind_after_days: int | None = Field(default=7, ge=1, le=3650)
    """Days after which who was told is reminded of a finding that nobody looks after, or that is
    overdue; `null`: never."""
    escalate: Escalation | None = None
    """Who is told of findings that are overdue; nobody if left out."""
    findings_shown: int = Field(default=10, ge=1, le=50)
    """Findings that a message shows, worst first; of more it says how many there are."""
    messages_at_once: int = Field(default=3, ge=1, le=100)
    """Messages for one address that may wait side by side; more are put together into one."""
    fallback_after_minutes: int = Field(default=30, ge=1, le=10_080)
    """Minutes of failure after which an address counts as broken: a finding is opened, and its
    alerts go to the second channel."""
    operator: Annotated[str, Field(min_length=1)] = OPERATOR
    """Who owns the finding that alerts cannot be delivered."""

    @field_validator("routes")
    @classmethod
    def _names_differ(cls, routes: list[Route]) -> list[Route]:
        names = [route.name for route in routes]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two routes are named {twice[0]!r}; give each a name of its own")
        return routes

    @property
    def channels(self) -> list[str]:
        """The variables of all addresses, each once, as they are met."""
        named = [name for route in self.routes for name in (*route.to_env, *route.fallback_env)]
        return list(dict.fromkeys([*named, *(self.escalate.to_env if self.escalate else [])]))

    def routes_to(self, channel: str) -> list[Route]:
        """Return the routes that tell an address first, not as their second channel."""
        return [route for route in self.routes if channel in route.to_env]

    def hears_the_end(self, channel: str) -> bool:
        """Return whether an address is told that a finding is resolved."""
        routes = self.routes_to(channel)
        return any(route.resolved for route in routes) or not routes

    def fallback_of(self, channel: str) -> list[str]:
        """Return the second channels of an address."""
        named = [n for route in self.routes_to(channel) for n in route.fallback_env if n != channel]
        return list(dict.fromkeys(named))

    def waits(self, channel: str, severity: Severity, at: datetime) -> bool:
        """Return whether an alert for an address waits: all routes to it are quiet."""
        own = [route.quiet_hours or self.quiet_hours for route in self.routes_to(channel)]
        hours = own or [self.quiet_hours]
        return all(each is not None and each.holds(at, severity) for each in hours)
