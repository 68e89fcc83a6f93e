"""Turns what the engine raised into one sentence that holds nothing from the rows."""

import re

_ERROR = re.compile(r"(\w[\w ]*? Error): ([^\n]*)")
_ABOUT_THE_QUERY = {"Binder Error", "Catalog Error", "Parser Error", "Not implemented Error"}
"""Raised before a row is read, so the message cannot hold a value."""
_UNSUPPORTED = re.compile(r"No provider found|not (?:supported|implemented) for", re.IGNORECASE)
_HIDDEN = {"Conversion Error": "the values are not of the type that the rule compares them with"}


def reason_of(raised: str) -> str:
    """Return why a rule could not be judged, from the message of what was raised.

    A message about the query is given in full. Of one about the data only its kind is, since
    DuckDB's quotes the value that it could not convert.

    >>> reason_of("(_duckdb.ConversionException) Conversion Error: Could not convert 'Jane'")
    'Conversion Error: the values are not of the type that the rule compares them with'
    >>> reason_of("Binder Error: Cannot compare VARCHAR and DOUBLE - an explicit cast is required")
    'Binder Error: Cannot compare VARCHAR and DOUBLE'
    """
    if _UNSUPPORTED.search(raised):
        return "Great Expectations cannot judge this expectation on DuckDB"
    found = _ERROR.search(raised)
    if found is None:
        return "Great Expectations raised an error; its words may quote values, so they stay hidden"
    kind, words = found.groups()
    if kind not in _ABOUT_THE_QUERY:
        words = _HIDDEN.get(kind, "its words may quote values, so they stay hidden")
    return f"{kind}: {words.partition(' - an explicit')[0].strip()}"
