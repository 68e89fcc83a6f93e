"""What is asked of the user when a proposal is made, and who answers in a script."""

from collections.abc import Callable
from dataclasses import dataclass


class ProposalError(Exception):
    """No audit file can be proposed; the message says what was found and what to do."""


class NeedsError(ProposalError):
    """What cannot be guessed was not given; one sentence for each thing that is needed."""

    def __init__(self, needs: list[str]) -> None:
        self.needs = tuple(needs)
        super().__init__("\n".join(needs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing the proposal wants to know, with its guess and why it guesses so."""

    flag: str
    """The option that answers it in a script, such as `--target`."""
    asks: str
    guess: str | None = None
    why: str = ""
    choices: tuple[str, ...] = ()
    """What may be answered; any text where there are none."""
    many: bool = False
    """Whether several may be answered, separated by commas."""
    needed: bool = False
    """Whether there is no audit without an answer."""
    risky: bool = False
    """Whether the guess changes what the audit means, so that a script must say `--yes` to it."""


Ask = Callable[[Question], str | None]


class Answers:
    """Answers questions: by the person at the terminal, else by the guesses."""

    def __init__(self, ask: Ask | None = None, *, yes: bool = False) -> None:
        self._ask, self._yes = ask, yes
        self._needs: list[str] = []

    def __call__(self, question: Question) -> str | None:
        """Return the answer, None where there is none; what is lacking is said by `settle`."""
        if self._ask is not None:
            return self._ask(question) or None
        if question.guess is not None and (self._yes or not question.risky):
            return question.guess
        if question.needed:
            self._needs.append(_need(question))
        return None

    def lack(self, need: str) -> None:
        """Note something that is needed and that no answer can give."""
        self._needs.append(need)

    def settle(self) -> None:
        """Let a proposal go on that lacks nothing so far.

        Raises:
            NeedsError: Something needed was neither given nor to be guessed.
        """
        if self._needs:
            raise NeedsError(self._needs)


def _need(question: Question) -> str:
    why = f" ({question.why})" if question.why else ""
    said = f"{question.flag} is needed: {question.asks}{why}."
    if question.guess is not None and question.choices == (question.guess,):
        return f"{said} --yes agrees to it."
    choices = ", ".join(question.choices[:20])
    among = f" One of: {choices}." if choices else ""
    return said + among + (f" Or --yes, for {question.guess}." if question.guess else "")
