"""From the bytes of a request to sound JSON: neither too large nor too deep, and all of it JSON."""

import json
import zlib
from typing import NoReturn

LARGEST = 1 << 24
"""Bytes that an event may have, before and after it was compressed: 16 MiB."""
DEEPEST = 100
"""Levels of objects and arrays within each other. Query plans of Spark have some dozens."""


class RefusedError(Exception):
    """An event cannot be taken: `status` is HTTP's, `why` a sentence, `wrong` each mistake."""

    def __init__(self, status: int, why: str, wrong: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.status, self.why, self.wrong = status, why, wrong


def canonical(event: object) -> bytes:
    """Return an event as JSON that is the same for the same content.

    Raises:
        RefusedError: It holds a number that JSON does not have, or half a character.
    """
    try:
        text = json.dumps(
            event, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False
        )
        return text.encode()
    except UnicodeEncodeError:
        refuse("a text holds half of a character (a lone surrogate), which UTF-8 does not have")
    except ValueError:
        refuse("it holds a number that is too large for JSON")


def inflated(body: bytes, encoding: str) -> bytes:
    """Return a body as it was before it was compressed.

    Raises:
        RefusedError: It is too large, broken, or compressed in another way.
    """
    if encoding in {"", "identity"}:
        return body
    if encoding != "gzip":
        raise RefusedError(415, "the body is compressed in an unknown way: send gzip, or plain")
    inflating = zlib.decompressobj(wbits=31)
    try:
        plain = inflating.decompress(body, LARGEST + 1)
    except zlib.error:
        refuse("the body is said to be gzip and is not")
    if len(plain) > LARGEST:
        too_large()
    if not inflating.eof:
        refuse("the body's gzip breaks off before its end")
    return plain


def too_large() -> NoReturn:
    """Refuse an event for its size."""
    raise RefusedError(
        413,
        f"the event has more than {LARGEST:,} bytes (16 MiB): leave out facets such as"
        " spark.logicalPlan, or send fewer columns at a time",
    )


def parsed(body: bytes) -> object:
    """Return the JSON that a body holds.

    Raises:
        RefusedError: It holds none, or what no database could keep.
    """
    if not body.strip():
        refuse("the body is empty: send one OpenLineage event as JSON")
    try:
        found = json.loads(body.decode("utf-8"), parse_constant=_constant)
    except UnicodeDecodeError as error:
        refuse(f"the body is not UTF-8: byte {error.start} begins no character")
    except json.JSONDecodeError as error:
        refuse(f"the body is no JSON: line {error.lineno}, column {error.colno}")
    except RecursionError:
        _too_deep()
    except ValueError:
        refuse("it holds a number with thousands of digits")
    if _is_deep(found):
        _too_deep()
    return found


def _constant(name: str) -> NoReturn:
    refuse(f"it holds {name}, which JSON does not have")


def _is_deep(value: object) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        inner = [each.values() if isinstance(each, dict) else each for each in level]
        level = [one for each in inner for one in each if isinstance(one, dict | list)]
        if not level:
            return False
    return True


def _too_deep() -> NoReturn:
    refuse(f"it has more than {DEEPEST} levels of objects and arrays within each other")


def refuse(why: str) -> NoReturn:
    """Refuse what was sent, in one sentence."""
    raise RefusedError(400, why)
