"""Whether two ways to write a person are one person: who owns a finding may not waive it."""

import re
import unicodedata
from dataclasses import dataclass

ADDRESS = re.compile(r"[^\s<>,;\"']+@[^\s<>,;\"']+")
SEVERAL = re.compile(r"[,;]")
TAG = re.compile(r"\+[^@]*(?=@)")


@dataclass(frozen=True, slots=True)
class _Person:
    """The addresses somebody wrote, and the names: letters and digits alone."""

    addresses: frozenset[str]
    names: frozenset[str]

    @property
    def boxes(self) -> set[str]:
        """What stands before the `@` of the addresses, as a name."""
        return {_letters(address.partition("@")[0]) for address in self.addresses}


def is_somebody(text: str) -> bool:
    r"""Return whether a text names anybody at all.

    >>> is_somebody(" \u200b"), is_somebody("Bob")
    (False, True)
    """
    return bool(_letters(_plain(text)))


def same_person(one: str, other: str) -> bool:
    """Return whether two texts may name the same person, or share one of several persons.

    Case, blanks, characters nobody sees, a name around the address, and a `+tag` in it make no
    other person; where one gives no address, a name is held against what stands before the `@`.
    Two addresses that differ are two persons, though one may own both: nobody can tell from here.

    >>> same_person("Ann Lee <ANN@example.org>", "ann+waive@example.org")
    True
    >>> same_person("Ann", "ann@example.org"), same_person("ann@example.com", "ann@example.org")
    (True, False)
    """
    first, second = _read(one), _read(other)
    if first.addresses & second.addresses or first.names & second.names:
        return True
    nameless = bool(first.addresses and second.addresses)
    return not nameless and bool((first.boxes & second.names) | (second.boxes & first.names))


def _read(text: str) -> _Person:
    plain = _plain(text).replace("mailto:", "")
    joined = re.sub(r"\s*([@.+])\s*", r"\1", plain)  # ann @ example.org
    addresses = {TAG.sub("", found).strip(".") for found in ADDRESS.findall(joined)}
    names = {_letters(part) for part in SEVERAL.split(ADDRESS.sub("", joined))}
    return _Person(frozenset(addresses), frozenset(names - {""}))


def _plain(text: str) -> str:
    """Return a text without what is not seen, all of one width and case."""
    seen = "".join(" " if c.isspace() else c for c in text)
    known = unicodedata.normalize("NFKC", seen)
    return "".join(c for c in known if unicodedata.category(c)[0] != "C").casefold()


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())
