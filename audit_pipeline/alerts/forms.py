"""A message in the forms that people read it in: plain text, Markdown, a page of mail."""

import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from audit_pipeline.alerts.message import Facts, Message, Reports, Row, facts_of
from audit_pipeline.alerts.notice import Notice

if TYPE_CHECKING:
    from jinja2 import Template

SHORT_ROWS = 3
RESOLVED = "resolved"
"""How bad a message is that asks nothing of anybody."""
# what Markdown reads in the middle of a line; a `_` between letters is a letter to it
_MARKS = re.compile(r"([\\`*\[\]<>|~]|(?<!\w)_|_(?!\w))")


def message_of(notice: Notice, reports: Reports, most: int) -> Message:
    """Return what a notice says to people, in all forms; at most so many findings are shown.

    No form holds anything but what the finding holds: no rows, no values of people.
    """
    facts = facts_of(notice, reports, most)
    return Message(
        title=facts.title,
        severity=facts.severity.value if facts.counts else RESOLVED,
        text="\n".join(_text(facts)),
        markdown="\n".join(_markdown(facts)),
        html=_page().render(facts=facts),
        short="\n".join(_short(facts)),
    )


def _text(facts: Facts) -> Iterator[str]:
    yield facts.lead
    for row in facts.rows:
        yield ""
        yield f"[{row.severity.upper()}] {row.audit}: {row.check} {row.verdict} ({row.why})"
        yield f"  why:    {row.reason}"
        yield f"  since:  {row.since}; last looked at {row.window}"
        if not row.settled:
            yield f"  due:    {row.due}; owner {row.owner}"
        if row.report:
            yield f"  report: {row.report}"
        yield f"  to do:  {row.advice}"
        if row.number:
            yield f"          audit-pipeline findings show {row.number}"
    yield from _rest(facts)


def _markdown(facts: Facts) -> Iterator[str]:
    yield escaped(facts.lead)
    for row in facts.rows:
        yield ""
        head = f"{row.audit}: {row.check} {row.verdict}"
        yield f"**{row.severity.upper()}** **{escaped(head)}** ({escaped(row.why)})"
        yield f"- {escaped(row.reason)}"
        yield f"- {escaped(_when(row))}"
        if row.report:
            yield f"- {_link(row)}"
        show = f" `audit-pipeline findings show {row.number}`" if row.number else ""
        yield f"- {escaped(row.advice)}{show}"
    yield from map(escaped, _rest(facts))


def _short(facts: Facts) -> Iterator[str]:
    yield facts.lead
    for row in facts.rows[:SHORT_ROWS]:
        yield f"{row.audit}: {row.check} {row.verdict}, since {row.since}. {row.report}".rstrip()
    yield "audit-pipeline findings list shows all."


def _when(row: Row) -> str:
    due = "" if row.settled else f"; due {row.due}; owner {row.owner}"
    return f"since {row.since}; last looked at {row.window}{due}"


def _link(row: Row) -> str:
    if row.report.startswith(("http://", "https://")):
        return f"[report]({row.report})"
    return f"report: {escaped(row.report)}"


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
