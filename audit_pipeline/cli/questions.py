"""Questions on a terminal, each with its guess and why it is guessed."""

import difflib
import textwrap
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.prompt import Prompt

from audit_pipeline.cli.console import out

if TYPE_CHECKING:
    from audit_pipeline.stages.proposal.questions import Question

NOTHING = ("none", "no", "-")
SHOWN = 100
"""Choices beyond which they are listed only for `?`."""
LONG = 12
"""More choices than this are not listed twice."""


class Asker:
    """Asks a person at the terminal, one question after the other."""

    def __init__(self) -> None:
        self._listed: set[str] = set()

    def __call__(self, question: "Question") -> str | None:
        """Return what the person answers, the guess where they just press Enter.

        Asked again until the answer is one of the choices; nothing at all is None.
        """
        out.print(f"\n[bold]{escape(_capital(question.asks))}[/]  [dim]{question.flag}[/]")
        self._list(question)
        if question.guess is not None and question.why:
            _say(f"guess: {question.guess} ({question.why})")
        elif question.why:
            _say(question.why)
        _say(_how(question))
        return _answer(question)

    def _list(self, question: "Question") -> None:
        choices = set(question.choices)
        if not choices:
            return
        many = len(choices) > LONG
        if len(choices) > SHOWN or (many and choices <= self._listed):
            _say("? lists what can be answered")
            return
        _say(", ".join(question.choices))
        self._listed |= choices


def _answer(question: "Question") -> str | None:
    while True:
        default = question.guess or ""
        said = Prompt.ask("  answer", console=out, default=default, show_default=bool(default))
        if said.strip() == "?" and question.choices and "?" not in question.choices:
            _say(", ".join(question.choices))
            continue
        answer = _as_listed(question, said.strip())
        if answer.lower() in NOTHING and answer not in question.choices:
            answer = ""
        wrong = _wrong(question, answer)
        if wrong is None:
            return answer or None
        out.print(f"  {escape(wrong)}", style="yellow")


def _say(text: str) -> None:
    lines = textwrap.wrap(text, out.width - 4, break_long_words=False, break_on_hyphens=False)
    for line in lines:
        out.print(f"  {line}", style="dim", markup=False, soft_wrap=True)


def _how(question: "Question") -> str:
    enter = "" if question.guess is None else "Enter takes the guess"
    none = "" if question.needed else "`none` for none" if enter else "Enter for none"
    if not question.choices and not question.needed and not enter:
        none = "Enter leaves it to be written"
    several = "several with commas" if question.many else ""
    said = "; ".join(part for part in (enter, none, several) if part)
    return said or "an answer is needed"


def _as_listed(question: "Question", said: str) -> str:
    """Return an answer as the choices spell it."""
    spelt = {choice.lower(): choice for choice in question.choices}
    parts = [part.strip() for part in said.split(",")] if question.many else [said]
    return ",".join(spelt.get(part.lower(), part) for part in parts)


def _wrong(question: "Question", answer: str) -> str | None:
    if not answer:
        return "An answer is needed (Ctrl-C gives up)." if question.needed else None
    parts = [part.strip() for part in answer.split(",")] if question.many else [answer]
    unknown = [part for part in parts if question.choices and part not in question.choices]
    if not unknown:
        return None
    near = difflib.get_close_matches(unknown[0], question.choices, n=1)
    hint = f"did you mean {near[0]!r}?" if near else "? lists what can be answered."
    return f"There is no {unknown[0]!r}; {hint}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
