"""The code in the documentation: every fenced block of every page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>[^\n`]*)\n(?P<code>.*?)^(?P=indent)```",
    re.DOTALL | re.MULTILINE,
)


@dataclass(frozen=True, kw_only=True)
class Block:
    """One fenced block: its page, the line it begins in, its language and its text."""

    page: Path
    line: int
    language: str
    code: str

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def path(self) -> str:
        """Its page, from the root of the project."""
        return str(self.page.relative_to(ROOT))


def pages() -> list[Path]:
    """Return every page of the documentation, the first one included."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def blocks(*languages: str) -> Iterator[Block]:
    """Yield every block in one of `languages`; all blocks if none is given."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            if not languages or found["language"].strip() in languages:
                yield Block(
                    page=page,
                    line=text.count("\n", 0, found.start()) + 1,
                    language=found["language"].strip(),
                    code=_dedented(found["code"], len(found["indent"])),
                )


def _dedented(code: str, indent: int) -> str:
    return "".join(line[indent:] or "\n" for line in code.splitlines(keepends=True))
