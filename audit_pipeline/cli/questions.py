"""Questions on a terminal, each with its guess and why it is guessed."""

from typing import TYPE_CHECKING

from rich.markup import escape
from rich.prompt import Prompt

from audit_pipeline.cli.asking import out

if TYPE_CHECKING:
    from audit_pipeline.stages.proposal.questions import Question

NOTHING = ("none", "no", "-")
SHOWN = 100


def ask(question: "Question") -> str | None:
    """Return what the person at the terminal answers, the guess where they just press Enter.

    Asked again until the answer is one of the choices; nothing at all is None.
    """
    out.print(f"\n[bold]{escape(_capital(question.asks))}[/]  [dim]{question.flag}[/]")
    if question.choices and len(question.choices) <= SHOWN:
        out.print(f"  {escape(', '.join(question.choices))}", style="dim")
    if question.guess is not None and question.why:
        out.print(f"  guess: {escape(question.guess)} ({escape(question.why)})", style="dim")
    elif question.why:
        out.print(f"  {escape(question.why)}", style="dim")
    out.print(f"  {_how(question)}", style="dim")
    while True:
        default = question.guess or ""
        said = Prompt.ask("  answer", console=out, default=default, show_default=bool(default))
        answer = _as_listed(question, said.strip())
        if answer.lower() in NOTHING and answer not in question.choices:
            answer = ""
        wrong = _wrong(question, answer)
        if wrong is None:
            return answer or None
        out.print(f"  {escape(wrong)}", style="yellow")


def _how(question: "Question") -> str:
    enter = "" if question.guess is None else "Enter takes the guess; "
    none = "" if question.needed else ("Enter for none" if not enter else "`none` for none; ")
    several = "; several with commas" if question.many else ""
    return (enter + none).rstrip("; ") + several or "an answer is needed"


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
    return f"There is no {unknown[0]!r}." if unknown else None


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
