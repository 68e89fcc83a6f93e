"""Text as every database and every file can keep it: what they cannot is shown in its place."""

import re
from typing import Any

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
"""PostgreSQL refuses NUL in any text, and halves of a character cannot be encoded at all."""
NUL_SHOWN = "\N{SYMBOL FOR NULL}"


def storable(text: str) -> str:
    r"""Return a text with a sign for each NUL, and the code of each half of a character.

    Such halves come of file names and arguments that are no UTF-8, and of escapes in JSON. A text
    that holds neither is returned as it is; one that was shown so cannot be told from one that
    always read like that.

    >>> storable("a\x00b\udcff")
    'a␀b\\udcff'
    """
    return UNSTORABLE.sub(_shown, text) if UNSTORABLE.search(text) else text


def _shown(found: re.Match[str]) -> str:
    character = found.group()
    return NUL_SHOWN if character == "\x00" else f"\\u{ord(character):04x}"


def storable_in(content: Any) -> Any:  # noqa: ANN401 (whatever JSON can say)
    r"""Return what JSON can say with all of its texts, its keys too, as they can be kept.

    JSON writes a NUL as an escape, which PostgreSQL keeps and later refuses to read.

    >>> storable_in({"a\x00": ["b\x00", 1, None]})
    {'a␀': ['b␀', 1, None]}
    """
    if isinstance(content, str):
        return storable(content)
    if isinstance(content, dict):
        return {storable_in(key): storable_in(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [storable_in(each) for each in content]
    return content
