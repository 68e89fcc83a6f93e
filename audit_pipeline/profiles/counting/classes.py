"""What counts as one class or the other, whatever the column's own type."""

from dataclasses import dataclass

import ibis

from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_code

OTHER = {"1": "0", "0": "1", "true": "false", "false": "true"}
SAME = {"1": "true", "0": "false", "true": "1", "false": "0"}
"""One class by two names: a Boolean column may hold what the audit file calls 0 and 1."""


def code_text(value: object) -> str:
    """Return the code of one value, as `as_code` writes a column of them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def negative_of(positive: str) -> str:
    """Return what the other class of a binary audit is called, where the audit file is silent."""
    return OTHER.get(positive, f"not {positive}")


@dataclass(frozen=True, slots=True)
class Binary:
    """The codes of the two classes; without a `negative`, all that is not positive is negative."""

    positive: str
    negative: str | None


def binary_of(positive: object, negative: object = None) -> Binary:
    """Return the codes of two classes; the other of 0 and 1 (false and true) is known."""
    code = code_text(positive)
    return Binary(code, OTHER.get(code) if negative is None else code_text(negative))


def classes(table: IbisTable, name: str | None, binary: Binary | None) -> IbisValue:
    """Return a column of classes as text; in a binary audit the two codes, null for neither.

    A value that is neither class is no label and no prediction: calling it negative would count
    codes like -1 or 9 for "unknown" as facts. Limitation: without a known negative, as of classes
    that are text, every value but the positive one is negative.
    """
    if name is None or name not in table.columns:
        return ibis.null("string")
    code = as_code(table[name])
    if binary is None:
        return code
    positive, negative = binary.positive, binary.negative
    nothing = ibis.null("string")
    if negative is None:
        rest = ibis.ifelse(code.isnull(), nothing, negative_of(positive))
    else:
        rest = ibis.ifelse(code.isin(_names(negative)), negative, nothing)
    return ibis.ifelse(code.isin(_names(positive)), positive, rest)


def _names(code: str) -> list[str]:
    return [code, SAME[code]] if code in SAME else [code]
