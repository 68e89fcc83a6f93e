"""Columns that look as if they told who somebody is: by their names, and by what is in them."""

import re

from audit_pipeline.stages.proposal.facts import ColumnFacts
from audit_pipeline.stages.proposal.naming import personal_name

PATTERNS = {
    "e-mail addresses": re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE),
    "IBANs": re.compile(r"[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?"),
    "social security numbers": re.compile(r"\d{3}-\d{2}-\d{4}"),
    "telephone numbers": re.compile(r"\+\d[\d ()./-]{6,18}|\(?0\d{1,4}\)?[ /-]\d[\d -]{4,12}"),
    "network addresses": re.compile(r"(?:\d{1,3}\.){3}\d{1,3}"),
    "postal addresses": re.compile(
        r"\d+ [\w. ]+ (?:street|st|road|rd|avenue|ave|lane|ln|drive|dr)\.?"
        r"|[\w. -]+(?:straße|strasse|weg|platz|gasse) \d+\w?",
        re.IGNORECASE,
    ),
    "names of persons": re.compile(
        r"[A-Z][\w'\u2019-]+, (?:Mr|Mrs|Ms|Miss|Dr|Master)\b.*|(?:Mr|Mrs|Ms|Miss|Dr)\.? [A-Z].+"
    ),
}
MOST = 0.6
"""Share of the texts that must look alike."""
FREE_TEXT_LENGTH, FREE_TEXT_VALUES = 40, 100
FEW_TEXTS = 5
"""Below as many different texts, a likeness is chance."""


def personal(facts: ColumnFacts) -> str | None:
    """Return why a column looks personal, None if it does not.

    Limitation: a guess by names in English and by forms that are usual in Europe and the USA.
    Values are looked at here and quoted nowhere.
    """
    by_name = personal_name(facts.name)
    if by_name is not None:
        return f"by its name it holds {by_name}"
    if facts.family != "text" or len(facts.sample) < FEW_TEXTS:
        return None
    for what, pattern in PATTERNS.items():
        alike = sum(pattern.fullmatch(text.strip()) is not None for text in facts.sample)
        if alike >= MOST * len(facts.sample):
            return f"its values look like {what}"
    if facts.mean_length >= FREE_TEXT_LENGTH and facts.distinct >= FREE_TEXT_VALUES:
        return "its values are free text, in which anything may be told"
    return None
