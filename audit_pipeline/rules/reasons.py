"""Turns what an engine raised into one sentence that holds nothing from the rows."""

import re

_ERROR = re.compile(r"(\w[\w ]*? Error): ([^\n]*)")
_ABOUT_THE_QUERY = {
    "Binder Error",
    "Catalog Error",
    "Parser Error",
    "Not implemented Error",
    "Query Error",
    "Timeout Error",
}
"""Raised before a row is read, so the message cannot hold a value."""
_SPARK = re.compile(r"\[([A-Z][\w.]+)\] (.*?)\s*SQLSTATE: (\w{2})", re.DOTALL)
_SPARK_ABOUT_THE_QUERY = "42"
"""The class of Spark's errors that are raised before a row is read."""
_SPARK_ABOUT_A_VALUE = "22"
_UNSUPPORTED = re.compile(r"No provider found|not (?:supported|implemented) for", re.IGNORECASE)
_OF_TYPE = re.compile(r"cannot be computed on column of type ([\w ]+)")
_MAY_QUOTE = "its words may quote values, so they stay hidden"
_HIDDEN = {"Conversion Error": "the values are not of the type that the rule compares them with"}


def reason_of(raised: str) -> str:
    """Return why a rule could not be judged, from the message of what was raised.

    A message about the query is given in full. Of one about the data only its kind is, since
    engines quote the value that they could not convert.

    >>> reason_of("(_duckdb.ConversionException) Conversion Error: Could not convert 'Jane'")
    'Conversion Error: the values are not of the type that the rule compares them with'
    >>> reason_of("[CAST_INVALID_INPUT] The value 'Jane' cannot be cast. SQLSTATE: 22018")
    'Conversion Error: the values are not of the type that the rule compares them with'
    >>> reason_of("Binder Error: Cannot compare VARCHAR and DOUBLE - an explicit cast is required")
    'Binder Error: Cannot compare VARCHAR and DOUBLE'
    """
    if _UNSUPPORTED.search(raised):
        return "Great Expectations cannot judge this expectation on this engine"
    if found := _OF_TYPE.search(raised):
        return f"the rule cannot be asked of a column of type {found[1]}"
    if found := _SPARK.search(raised):
        return _reason_of_spark(*found.groups())
    found = _ERROR.search(raised)
    if found is None:
        return f"Great Expectations raised an error; {_MAY_QUOTE}"
    kind, words = found.groups()
    if kind not in _ABOUT_THE_QUERY:
        words = _HIDDEN.get(kind, _MAY_QUOTE)
    return f"{kind}: {words.partition(' - an explicit')[0].strip()}"


def _reason_of_spark(condition: str, words: str, state: str) -> str:
    if state == _SPARK_ABOUT_THE_QUERY:
        return f"Query Error: {' '.join(words.split())}"
    if state == _SPARK_ABOUT_A_VALUE:
        return f"Conversion Error: {_HIDDEN['Conversion Error']}"
    return f"Spark raised {condition}; {_MAY_QUOTE}"
