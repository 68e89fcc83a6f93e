"""Whether a UBJSON document is whole: every length fits, and it ends where the file ends.

XGBoost's reader trusts the lengths in the file: in one that is cut short it may read on in
whatever memory follows, accept it, or ask for more memory than there is.
Source: Universal Binary JSON Specification, draft 12.
"""

import struct

INTEGERS = {b"i": ">b", b"U": ">B", b"I": ">h", b"l": ">i", b"L": ">q"}
WIDTHS = {b"i": 1, b"U": 1, b"I": 2, b"l": 4, b"L": 8, b"d": 4, b"D": 8, b"C": 1}
WIDTHS |= {b"T": 0, b"F": 0, b"Z": 0}
DEEPEST = 64
"""Containers within containers; XGBoost writes about ten."""


def is_whole(content: bytes) -> bool:
    """Return whether `content` is one UBJSON value and nothing more."""
    walk = _Walk(content)
    try:
        walk.value(walk.take(1), 0)
    except (ValueError, struct.error):
        return False
    return walk.position == len(content)


class _Walk:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.position = 0

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes and step over them."""
        end = self.position + count
        if count < 0 or end > len(self.content):
            raise ValueError("a length goes beyond the end of the file")
        taken = self.content[self.position : end]
        self.position = end
        return taken

    def skip(self, count: int) -> None:
        if count < 0 or self.position + count > len(self.content):
            raise ValueError("a length goes beyond the end of the file")
        self.position += count

    def at(self, marker: bytes) -> bool:
        """Step over `marker` if it comes next."""
        if self.content[self.position : self.position + 1] != marker:
            return False
        self.position += 1
        return True

    def length(self) -> int:
        kind = self.take(1)
        if kind not in INTEGERS:
            raise ValueError("a length is not an integer")
        (number,) = struct.unpack(INTEGERS[kind], self.take(WIDTHS[kind]))
        return int(number)

    def value(self, kind: bytes, depth: int) -> None:
        if kind in WIDTHS:
            self.skip(WIDTHS[kind])
        elif kind in (b"S", b"H"):
            self.skip(self.length())
        elif kind in (b"[", b"{") and depth < DEEPEST:
            self.container(b"]" if kind == b"[" else b"}", depth + 1)
        else:
            raise ValueError("an unknown type, or containers too deep")

    def container(self, closing: bytes, depth: int) -> None:
        """Walk an array or an object, of which the type and the count may stand in front."""
        kind = self.take(1) if self.at(b"$") else None
        count = self.length() if self.at(b"#") else None
        if kind is not None and count is None:
            raise ValueError("a type without a count")
        named = closing == b"}"
        if kind in WIDTHS and count is not None and not named:
            self.skip(count * WIDTHS[kind])
            return
        walked = 0
        while walked != count:
            if count is None and self.at(closing):
                return
            if named:
                self.skip(self.length())
            self.value(kind or self.take(1), depth)
            walked += 1
