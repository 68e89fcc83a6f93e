"""What there is to tell of findings, before anybody is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from audit_pipeline.domain.finding import SEVEREST_FIRST, Finding, Severity, worst_first


class Why(StrEnum):
    """Why somebody is told of a finding; the first five are what happened to it."""

    OPENED = "opened"
    WORSENED = "worsened"
    REOPENED = "reopened"
    EXPIRED = "waiver expired"
    RESOLVED = "resolved"
    REMINDER = "reminder"
    OVERDUE = "overdue"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One finding to tell of, as it stood then, and why; `gone`: its audit has no file any more."""

    why: Why
    finding: Finding
    at: datetime
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What is told in one message; `instead_of` is the address that should have got it.

    `closes` is the key of a pager's incident that this ends, and that alone.
    """

    items: tuple[Item, ...]
    instead_of: str = ""
    closes: str = ""

    @property
    def severity(self) -> Severity:
        """The worst severity of all."""
        return min((i.finding.severity for i in self.items), key=SEVEREST_FIRST.index)

    @property
    def worst_first(self) -> list[Item]:
        """What is told, the worst first and what is resolved last."""
        return sorted(self.items, key=lambda item: worst_first(item.finding))

    @property
    def about(self) -> str:
        """What it is about, in a few words."""
        first = self.worst_first[0].finding
        more = f" and {len(self.items) - 1} more" if len(self.items) > 1 else ""
        return f"finding {first.number} of {first.audit}{more}"


NOTICE = TypeAdapter(Notice)


def written(notice: Notice) -> bytes:
    """Return a notice as it is kept."""
    return NOTICE.dump_json(notice)


def read(body: bytes) -> Notice:
    """Return a notice as it was kept."""
    return NOTICE.validate_json(body)


def together(notices: Iterable[Notice]) -> Notice:
    """Return several notices as one: of each finding what was last to tell."""
    last: dict[tuple[str, int], Item] = {}
    instead_of = closes = ""
    for notice in notices:
        instead_of, closes = instead_of or notice.instead_of, closes or notice.closes
        for item in notice.items:
            last[item.finding.audit, item.finding.number] = item
    return Notice(items=tuple(last.values()), instead_of=instead_of, closes=closes)


def without(notice: Notice, told: Mapping[int, int], number: int) -> Notice:
    """Return what a notice tells of findings of which no later one was told.

    `told` is the number of the last notice that told of each finding, `number` that of this one.
    """
    news = (i for i in notice.items if told.get(i.finding.number, -1) < number)
    return replace(notice, items=tuple(news))


def instead(notice: Notice, channel: str) -> Notice:
    """Return a notice for the second channel of an address that does not answer."""
    return replace(notice, instead_of=notice.instead_of or channel)
