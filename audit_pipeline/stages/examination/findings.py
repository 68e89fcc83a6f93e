"""What an examination of an audit found, before it ever ran."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(kw_only=True)
class Findings:
    """Problems, which keep an audit from doing its work; warnings; and facts that are just so."""

    problems: list[str] = field(default_factory=list[str])
    warnings: list[str] = field(default_factory=list[str])
    facts: list[str] = field(default_factory=list[str])

    def problem(self, *said: str) -> None:
        """Note what has to be mended."""
        self.problems += said

    def warn(self, *said: str) -> None:
        """Note what somebody should think about."""
        self.warnings += said

    def fact(self, *said: str) -> None:
        """Note what was seen."""
        self.facts += said

    def about(self, side: str, problems: Iterable[str]) -> None:
        """Note problems of one side, `baseline` or `current`."""
        self.problems += [f"{side}: {said}" for said in problems]
