"""The five verdicts for people: word, meaning, what to do, and the order of concern."""

from dataclasses import dataclass

from audit_pipeline.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """How a verdict is said. Its shape is drawn by the page's symbol of the verdict's name."""

    word: str
    meaning: str
    next_step: str


WORDS = {
    Verdict.FAIL: Word(
        word="Fail",
        meaning="measured, and beyond the failure limit",
        next_step="Take the failed checks to the model's owner today: explain or mend each, "
        "and hold changes to the model until then.",
    ),
    Verdict.GAP: Word(
        word="Gap",
        meaning="promised, and not measured",
        next_step="Restore what the gap ledger names as missing, then audit this window again: "
        "until then nobody knows.",
    ),
    Verdict.WARN: Word(
        word="Warn",
        meaning="measured, and beyond the warning limit",
        next_step="Look at the warnings this week and watch the next window: a second warning "
        "in a row deserves a cause.",
    ),
    Verdict.INCONCLUSIVE: Word(
        word="Inconclusive",
        meaning="measured, with too little data to tell",
        next_step="Gather more rows or labels, or audit a longer window: this one cannot tell "
        "good from bad.",
    ),
    Verdict.PASS: Word(
        word="Pass",
        meaning="measured, and within every limit",
        next_step="Nothing needs doing: file this report and read the next one.",
    ),
}
"""Worst first: the order in which the report counts and lists them."""

RANK = {verdict: rank for rank, verdict in enumerate(WORDS)}
