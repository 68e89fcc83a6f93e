"""What is wrong with an audit file, in words for the person who writes it."""

import difflib
from collections.abc import Collection, Iterator
from typing import Any


def sentence(item: Any, known: Collection[str]) -> str:  # noqa: ANN401 (pydantic's own mapping)
    """Return what one error of pydantic's says, in our words; `known` are the keys due there."""
    key, found, message = item["loc"][-1] if item["loc"] else "", item["input"], item["msg"]
    if item["type"] == "extra_forbidden":
        return f"unknown key {str(key)!r}{close_match(key, known)}; take it out or correct it"
    if item["type"] == "missing":
        return f"the key {str(key)!r} is missing; add it"
    if item["type"] == "union_tag_invalid":
        kinds = [kind.strip("' ") for kind in item["ctx"]["expected_tags"].split(",")]
        said = item["ctx"]["tag"]
        return f"found {said!r}; write one of {', '.join(kinds)}{close_match(said, kinds)}"
    message = message.removeprefix("Value error, ").replace("Input should be", "write")
    if item["type"] == "value_error":
        return str(message)
    return f"found {_short(found)}; {message}"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."  # noqa: PLR2004 (one line of a terminal)


def close_match(word: object, known: Collection[str]) -> str:
    """Return the remark that `word` was perhaps meant to be one of `known`, or no text."""
    return "".join(_suggestions(str(word), known))


def _suggestions(word: str, known: Collection[str]) -> Iterator[str]:
    close = difflib.get_close_matches(word, list(known), n=1)
    if close:
        yield f" (did you mean {close[0]!r}?)"
