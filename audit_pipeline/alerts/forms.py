"""A message in the forms that people read it in: plain text, Markdown, a page of mail."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audit_pipeline.alerts.message import Card, Facts, Message, Reports, Row, facts_of
from audit_pipeline.alerts.notice import Notice

if TYPE_CHECKING:
    from jinja2 import Template

SHORT_ROWS = 3
RESOLVED = "resolved"
"""How bad a message is that asks nothing of anybody."""
# what Markdown reads in the middle of a line; a `_` between letters is a letter to it
_MARKS = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|_(?!\w))")


def message_of(notice: Notice, reports: Reports, most: int, key: str = "") -> Message:
    """Return what a notice says to people, in all forms; at most so many findings are shown.

    No form holds anything but what the finding holds, and the message's `key`: no rows, no values
    of people.
    """
    facts = facts_of(notice, reports, most, key)
    return Message(
        title=facts.title,
        severity=facts.severity.value if facts.counts else RESOLVED,
        text="\n".join(_text(facts)),
        markdown="\n".join(_markdown(facts)),
        html=_page().render(facts=facts, show=show),
        short="\n".join(_short(facts)),
    )


def _text(facts: Facts) -> Iterator[str]:
    yield facts.lead
    for card in facts.cards:
        yield ""
        yield f"{card.audit}, owner {card.owner}"
        if card.report:
            yield f"  report: {card.report}"
        if card.page:
            yield f"  runs:   {card.page}"
        for row in card.rows:
            yield f"  [{_how_bad(row).upper()}] {row.check} {row.verdict}{_news(row)}"
            yield f"    why:    {row.reason}"
            yield f"    when:   {_when(row)}"
            if row.number:
                yield f"    look:   {show(row)}"
        for each in card.advice:
            yield f"  to do:  {each}"
    yield from _rest(facts)


def _markdown(facts: Facts) -> Iterator[str]:
    yield escaped(facts.lead)
    for card in facts.cards:
        yield ""
        yield f"**{escaped(card.audit)}**, owner {escaped(card.owner)}{_links(card)}"
        for row in card.rows:
            head = f"**{_how_bad(row).upper()}** **{escaped(f'{row.check} {row.verdict}')}**"
            look = f". `{show(row)}`" if row.number else ""
            yield f"- {head}{escaped(_news(row))}: {escaped(row.reason)}; {_when(row)}{look}"
        yield from (f"- {_with_commands(each)}" for each in card.advice)
    yield from map(escaped, _rest(facts))


def _short(facts: Facts) -> Iterator[str]:
    yield facts.lead
    rows = [(card, row) for card in facts.cards for row in card.rows]
    for card, row in rows[:SHORT_ROWS]:
        what = f"{row.check} {row.verdict}, since {row.since}"
        yield f"{card.audit}: {what}. {_one_link(card)}".rstrip()
    yield "audit-pipeline findings list shows all."


def show(row: Row) -> str:
    """Return the command that shows a finding and its history."""
    return f"audit-pipeline findings show {row.number}"


def _how_bad(row: Row) -> str:
    return RESOLVED if row.settled else row.severity


def _news(row: Row) -> str:
    return "" if row.settled else f" ({row.why})"


def _when(row: Row) -> str:
    due = "" if row.settled else f"; due {row.due}"
    return f"since {row.since}; last looked at {row.window}{due}"


def _with_commands(advice: str) -> str:
    """Return advice as Markdown: text that is shown as it is, and commands as code."""
    parts = advice.split("`")
    return "".join(f"`{part}`" if n % 2 else escaped(part) for n, part in enumerate(parts))


def _links(card: Card) -> str:
    report = f"report: {escaped(card.report)}" if card.report else ""
    if _is_served(card):
        report = f"[report]({card.report})"
    links = [report, f"[runs in Dagster]({card.page})" if card.page else ""]
    told = ", ".join(filter(None, links))
    return f": {told}" if told else ""


def _one_link(card: Card) -> str:
    """Return where to look, where there is room for one place: what can be opened comes first."""
    return card.report if _is_served(card) else card.page or card.report


def _is_served(card: Card) -> bool:
    return card.report.startswith(("http://", "https://"))


def _rest(facts: Facts) -> Iterator[str]:
    if facts.more:
        counts = ", ".join(f"{number} {severity}" for severity, number in facts.counts)
        yield ""
        yield f"and {facts.more:,} more; of all that stand: {counts or 'none'}."
        yield "audit-pipeline findings list shows all of them."
    for note in facts.notes:
        yield ""
        yield note


def escaped(text: str) -> str:
    r"""Return a text that Markdown shows as it is.

    >>> escaped("a*b_c <x>")
    'a\\*b_c \\<x\\>'
    """
    return _MARKS.sub(r"\\\1", text)


@functools.cache
def _page() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 (only here)

    folder = FileSystemLoader(Path(__file__).with_name("templates"))
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("mail.html")
