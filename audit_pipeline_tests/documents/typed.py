"""What the documentation tells people to type: `audit-pipeline …` lines, held to the commands."""

import re
import shlex
from collections.abc import Iterator

import typer

from audit_pipeline.cli.app import app
from audit_pipeline.cli.commands.lineage import ShowsByName
from audit_pipeline_tests.documents.command_line import PROGRAM, Command

END_OF_COMMAND = re.compile(r"\s(?:&&|\|\||[|;>])\s|\s#\s")
OPTIONAL = re.compile(r"[\[\]…]")
"""In a line that shows how a command is used, brackets are around what may be left out."""


def typed_lines(code: str) -> Iterator[str]:
    """Yield what is typed after `audit-pipeline` in a console block, without comments.

    >>> list(typed_lines("$ .venv/bin/audit-pipeline check loans   # all of it\\nloans: good"))
    ['check loans']
    """
    for line in re.sub(r"\s*\\\n\s*", " ", code).splitlines():
        for part in END_OF_COMMAND.split(f"{line} "):
            found = re.search(rf"(?:^|[\s/$]){PROGRAM}\s(?P<rest>.*)", part)
            if found and not line.lstrip().startswith("#"):
                yield found["rest"].strip()


def mistake(line: str) -> str | None:
    """Return what is wrong with a line that is typed after `audit-pipeline`, None if nothing is.

    >>> mistake("check loans --nowhere")
    'check has no option --nowhere'
    """
    usage = line != OPTIONAL.sub("", line)
    words = shlex.split(OPTIONAL.sub(" ", line))
    command, path, rest = _command(words)
    if command is None:
        return f"there is no command {' '.join(words[:2])!r}"
    if "--help" in rest:
        return None
    try:
        arguments = list(_arguments(command, rest))
    except ValueError as error:
        return f"{path} {error}"
    asked = [p for p in command.params if p.param_type_name == "argument"]
    least, most = sum(p.required for p in asked), sum(abs(p.nargs) for p in asked)
    if usage or least <= len(arguments) <= most:
        return None
    return f"{path} takes {least} to {most} arguments, found {len(arguments)}"


def _arguments(command: Command, words: list[str]) -> Iterator[str]:
    """Yield the words that are no options.

    Raises:
        ValueError: There is no such option, or its value is missing; in words.
    """
    options = {name: p for p in command.params for name in (*p.opts, *p.secondary_opts)}
    left = iter(words)
    for word in left:
        name, _, value = word.partition("=")
        if not name.startswith("-"):
            yield word
        elif name not in options:
            raise ValueError(f"has no option {name}")
        elif (
            options[name].param_type_name == "option"
            and not options[name].is_flag
            and not value
            and next(left, None) is None
        ):
            raise ValueError(f"wants a value after {name}")


def _command(words: list[str]) -> tuple[Command, str, list[str]]:
    group: Command = typer.main.get_command(app)
    path: list[str] = []
    while words and words[0] in getattr(group, "commands", {}):
        path.append(words[0])
        group, words = group.commands[words[0]], words[1:]
        if isinstance(group, ShowsByName) and words and words[0] not in group.commands:
            words = ["show", *words]
    found = group if path and not getattr(group, "commands", None) else None
    shown = words == ["--help"] and path
    return (found or (group if shown else None)), " ".join(path), words
