"""The style of a page: of the report's rules and the site's, those that the page has use for.

A site has a page for each of a thousand audits, and each must be whole by itself.
"""

import re
from collections.abc import Iterator
from functools import cache

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_RULE = re.compile(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}")
_CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
_SEPARATE = re.compile(r":(?:not|has|is|where)\([^()]*(?:\([^()]*\)[^()]*)*\)")
_CLASSES = re.compile(r'class="([^"]*)"')
_ELEMENT = re.compile(r"(?:^|[\s>+~])([a-z][a-z0-9]*)")
_ELEMENTS = re.compile(r"<([a-z][a-z0-9]*)")
_ALWAYS = frozenset({"html", "body", "style", "script"})


def style_for(page: str, *sheets: str) -> str:
    """Return the rules of style sheets whose elements and classes a page has, in their order.

    >>> style_for('<p class="lead">', "p { margin: 0 } .lead { color: red; } h1 { top: 0 }")
    'p{margin:0}.lead{color:red}'
    """
    classes = {f".{name}" for names in set(_CLASSES.findall(page)) for name in names.split()}
    return _kept(frozenset(classes | set(_ELEMENTS.findall(page)) | _ALWAYS), sheets)


@cache
def _kept(has: frozenset[str], sheets: tuple[str, ...]) -> str:
    return "".join(_wanted(_COMMENT.sub("", sheet), has) for sheet in sheets)


def _wanted(sheet: str, has: frozenset[str]) -> str:
    return "".join(_rules(sheet, has))


def _rules(sheet: str, has: frozenset[str]) -> Iterator[str]:
    for head, body in _RULE.findall(sheet):
        if "{" in body:  # a condition around rules
            inner = _wanted(body, has)
            if inner:
                yield f"{_tight(head)}{{{inner}}}"
            continue
        selectors = [each for each in _selectors(head) if _is_met(each, has)]
        if selectors:
            yield f"{','.join(map(_tight, selectors))}{{{_tight(body).rstrip(';')}}}"


def _selectors(head: str) -> list[str]:
    """Return what stands between the commas that are in no brackets."""
    return [each.strip() for each in re.split(r",(?![^()]*\))", head) if each.strip()]


def _is_met(selector: str, has: frozenset[str]) -> bool:
    bare = _SEPARATE.sub("", selector)
    asked = {f".{name}" for name in _CLASS.findall(bare)} | set(_ELEMENT.findall(bare))
    return asked <= has


def _tight(text: str) -> str:
    text = re.sub(r"\s+", " ", text).strip()
    return re.sub(r" ?([{};,]) ?|(?<=[\w-]): (?=\S)", lambda m: m.group(1) or ":", text)
