"""The text of a proposed audit file: its parts in the tutorial's order, each with its remarks."""

import os
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from audit_pipeline.stages.proposal.locating import Place

WIDTH = 96
BLOCKS = frozenset({"current", "baseline", "columns", "features", "window", "limits", "model"})
"""Parts that stand on lines of their own however short they are."""
SQLITE = "sqlite:///"
SCHEMA = "docs/reference/audit.schema.json"


@dataclass(kw_only=True)
class Document:
    """An audit file in the making: its parts by key, and what is said above each."""

    parts: dict[str, Any] = field(default_factory=dict[str, Any])
    remarks: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    warnings: list[str] = field(default_factory=list[str])
    """What the user must look at: said on the screen too."""

    def remark(self, part: str, said: str) -> None:
        """Say something above a part; `columns.features` is above the features."""
        self.remarks.setdefault(part, []).append(said)

    def warn(self, said: str) -> None:
        """Say something that the user must look at."""
        self.warnings.append(said)

    def text(self, schema: str | None, made_of: str) -> str:
        """Return the file; an editor finds its keys at `schema`. `made_of` is the data's name."""
        lines = [f"# yaml-language-server: $schema={schema}", "#"] if schema else []
        lines += _comment(
            f"Proposed by `audit-pipeline init` from {made_of}. Everything here is a guess until"
            " somebody has read it: the roles of the columns, the rules, the limits. Change what is"
            " wrong, then `audit-pipeline check`."
        )
        if self.warnings:
            lines += ["#", "# Look at this first:"]
            for said in self.warnings:
                lines += _comment(said, "* ")
        for key, value in self.parts.items():
            block = _block(key, value) if key != "columns" else self._columns(value)
            remarks = [line for said in self.remarks.get(key, ()) for line in _comment(said)]
            # short parts stand together; what is long or has remarks stands by itself
            gap = [""] if remarks or len(block) > 1 or key == "format" else []
            lines += [*gap, *remarks, *block]
        return "\n".join(lines) + "\n"

    def _columns(self, columns: Mapping[str, Any]) -> list[str]:
        lines = ["columns:"]
        for role, value in columns.items():
            for said in self.remarks.get(f"columns.{role}", ()):
                lines += [f"  {line}" for line in _comment(said)]
            lines += [f"  {line}" for line in _block(role, value)]
        for said in self.remarks.get("columns.after", ()):
            lines += [f"  {line}" for line in _comment(said)]
        return lines


def written(place: Place, audits: Path) -> dict[str, Any]:
    """Return a place as the audit file has it: near the home by a relative path, else absolute."""
    settings = dict(place.settings)
    path, url = settings.get("path"), str(settings.get("url"))
    if isinstance(path, str) and Path(path).is_absolute():
        settings["path"] = near(Path(path), audits)
    if url.startswith(SQLITE) and "%" not in url:
        settings["url"] = SQLITE + near(Path(url.removeprefix(SQLITE)), audits)
    return {"kind": place.kind, **settings}


def near(path: Path, audits: Path) -> str:
    """Return a path relative to the folder of audits, where both lie in one project.

    The project is the folder that holds the home: all of it can then be moved.
    """
    base = audits.resolve()  # the audit file's own folder, however the home was reached
    project = base.parent.parent
    for same in (path, path.resolve()):
        if same.is_relative_to(project) and project != Path(project.anchor):
            return os.path.relpath(same, base)
    return str(path)


def schema_near(audits: Path) -> str | None:
    """Return where the audit file finds the schema of its keys; None outside the repository."""
    found = audits.parent.parent / SCHEMA
    return os.path.relpath(found, audits) if found.is_file() else None


def _block(key: str, value: object) -> list[str]:
    """Return a key and its value as lines: on one line where it fits and is not a whole part."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [f"{_flow(key)}:", *(f"  {line}" for each in value for line in _item(each))]
    if isinstance(value, list) and len(_flow(value)) > WIDTH - len(key) - 6:
        return [
            f"{_flow(key)}:",
            *(f"  {line}" for line in _filled("[", [_flow(v) for v in value], "]")),
        ]
    if isinstance(value, dict) and (key in BLOCKS or len(_flow(value)) > WIDTH - len(key) - 6):
        bare = key == "features"  # of which nothing need be said but that it is one
        parts = ([f"{_flow(k)}:"] if bare and v is None else _block(k, v) for k, v in value.items())
        return [f"{_flow(key)}:", *(f"  {line}" for part in parts for line in part)]
    return [f"{_flow(key)}: {_flow(value)}"]


def _item(value: Mapping[str, Any]) -> list[str]:
    """Return an item of a list: in braces where its parts fit into lines, else on many lines."""
    parts = [f"{_flow(key)}: {_flow(part)}" for key, part in value.items()]
    braced = _filled("- {", parts, "}")
    if all(len(line) <= WIDTH - 2 for line in braced):  # less the list's own indentation
        return braced
    lines = [line for key, part in value.items() for line in _block(key, part)]
    return [("- " if number == 0 else "  ") + line for number, line in enumerate(lines)]


def _filled(opening: str, parts: Sequence[str], closing: str) -> list[str]:
    """Return parts between brackets, in as few lines as hold them."""
    lines, indent = [opening], " " * len(opening)
    for number, part in enumerate(parts, 1):
        text = part + (closing if number == len(parts) else ",")
        gap = "" if lines[-1] in {opening, indent} else " "
        if len(lines[-1] + gap + text) > WIDTH - 2 and gap:
            lines.append(indent + text)
        else:
            lines[-1] += gap + text
    return lines


def _flow(value: object) -> str:
    text = yaml.safe_dump(
        value, sort_keys=False, default_flow_style=True, width=10_000, allow_unicode=True
    )
    return text.removesuffix("...\n").strip()


def _comment(said: str, bullet: str = "") -> list[str]:
    one_line = " ".join(said.split())
    rest = " " * len(bullet)
    return textwrap.wrap(
        one_line,
        WIDTH,
        initial_indent=f"# {bullet}",
        subsequent_indent=f"# {rest}",
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed(items: Sequence[str], most: int = 12) -> str:
    """Return names as they are listed in a sentence, and how many more there are."""
    more = f" and {len(items) - most:,} more" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def grouped(reasons: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each reason with the columns it is given for."""
    by_reason: dict[str, list[str]] = {}
    for name, reason in reasons.items():
        by_reason.setdefault(reason, []).append(name)
    yield from by_reason.items()
