"""What a user writes of SQL: names of tables, and queries that are one SELECT."""

import re

from audit_pipeline.sources.base import SourceError

NAME = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
STARTS = ("SELECT", "WITH", "(")


def parts_of(table: str) -> tuple[str, ...]:
    """Return the parts of a table's name; one with a dot in it stands in double quotes.

    Raises:
        SourceError: It is no name.

    >>> parts_of("lending.loans"), parts_of('lending."loans.2024"')
    (('lending', 'loans'), ('lending', 'loans.2024'))
    """
    parts, at = [], 0
    while found := NAME.match(table, at):
        parts.append(found[1].replace('""', '"') if found[1] else found[2].strip())
        at = found.end() + 1
        if table[found.end() : at] != ".":
            break
    if not all(parts) or at != len(table) + 1:
        raise SourceError(
            f"{table!r} is no name of a table: write `table: loans` or `table: lending.loans`, a"
            " name with a dot in it in double quotes: 'lending.\"loans.2024\"'"
        )
    return tuple(parts)


def one_select(query: str, dialect: str) -> str:
    """Return a query that is one SELECT, without what follows it: semicolons, comments.

    The text is cut into words only, and never rewritten. That nothing is written is the session's
    promise, which is read-only; this gives a mistake its sentence.

    Raises:
        SourceError: It is something else, or several statements.

    >>> one_select("select ';' as a -- all;", "postgres")
    "select ';' as a"
    """
    import sqlglot  # noqa: PLC0415 (only who writes queries pays)

    try:
        words = sqlglot.tokenize(query, read=dialect)
    except (sqlglot.errors.SqlglotError, ValueError):
        raise SourceError(
            "the `query` cannot be cut into words: a quote or comment may be left open"
        ) from None
    while words and words[-1].text == ";":
        words.pop()
    if not words or words[0].text.upper() not in STARTS:
        begins = f" and begins with {words[0].text.upper()}" if words else ""
        raise SourceError(f"the `query` must be one SELECT{begins}; a source is only read")
    if any(word.token_type.name == "SEMICOLON" for word in words):
        raise SourceError("the `query` holds several statements: it must be one SELECT")
    return query[: words[-1].end + 1].strip()
