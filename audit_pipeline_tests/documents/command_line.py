"""The page of every command, its arguments and options, exit code and environment variable."""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import typer

from audit_pipeline.cli import exits
from audit_pipeline.cli.app import app
from audit_pipeline.cli.exits import Exit

PROGRAM = "audit-pipeline"
Command = Any  # of the command-line library that Typer stands on
Parameter = Any

INTRODUCTION = """# Command line

Made from the commands themselves; `audit-pipeline COMMAND --help` says the same. `--home` names the
home folder; else it is `DAGSTER_HOME`, else `./dagster_home`.
"""
ENVIRONMENT = """
## Environment

| variable | means |
|---|---|
| `DAGSTER_HOME` | the home folder |
| `AUDIT_PIPELINE_STORE_URL` | SQLAlchemy URL of the results store; `sqlite:///<home>/results.db` if not set. Plain `postgresql://` works |
| `JAVA_HOME` | The Java, 17 or newer, on which [Spark](../how-to/measure-on-spark.md) runs; else the one on the path, else the one of `audit-pipeline[spark]` |
| `AUDIT_PIPELINE_AUDITS` | the folder of audit files; `$DAGSTER_HOME/audits` if not set |
| `OPENLINEAGE_URL`, `OPENLINEAGE_ENDPOINT`, `OPENLINEAGE_API_KEY` | where [lineage events](../how-to/send-lineage.md) go, where no `openlineage.yml` in the home says it |
| `OPENLINEAGE_DISABLED` | `true`: no lineage events are written |
| `OPENLINEAGE_NAMESPACE` | the namespace of our jobs and tables in lineage events; `audit_pipeline` if not set |
| `OPENLINEAGE_RECEIVER_KEY` | what senders must know to [send lineage here](../how-to/receive-lineage.md); nothing if not set |
| `DAGSTER_POSTGRES_HOST`, `_PORT`, `_DB`, `_USER`, `_PASSWORD` | read by `dagster_home/production/dagster.yaml` |
| `DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR` | Dagster's own, for its daemon: with `1` a back-fill waits while no definitions can be loaded, instead of ending as failed; `audit-pipeline ui` sets it |

Passwords and tokens of sources are read from the variables that the audit file names."""  # noqa: E501 (a table's line)
EXCEPTIONS = (
    "`demo` ends with 0 when its audits were completed, whatever their verdicts; `check` with 2"
    " when it found problems."
)


def command_line() -> Iterator[str]:
    """Yield the lines of the page."""
    found = list(commands())
    yield INTRODUCTION
    yield "| command | does |\n|---|---|"
    for path, command in found:
        yield f"| [`{path}`](#{_anchor(path)}) | {_first_sentence(command)} |"
    for path, command in found:
        yield from _command(path, command)
    yield "\n## Exit codes\n\n| code | means |\n|---|---|"
    for code, meaning in exit_codes().items():
        yield f"| {int(code)} | {meaning} |"
    yield f"\n{EXCEPTIONS}"
    yield ENVIRONMENT


def commands(group: Command = None, before: str = "") -> Iterator[tuple[str, Command]]:
    """Yield every command that can be run, and every one within a group, by what is typed."""
    group = group or typer.main.get_command(app)
    for name, command in sorted(group.commands.items()):
        path = f"{before}{name}"
        if getattr(command, "commands", None):
            yield from commands(command, f"{path} ")
        else:
            yield path, command


def parameters(command: Command) -> list[Parameter]:
    """Return a command's arguments and options, without `--help`."""
    return [p for p in command.params if p.name != "help"]


def exit_codes() -> dict[Exit, str]:
    """Return what each exit code means, in the words beside it in the code."""
    tree = ast.parse(inspect.getsource(exits))
    body = next(n for n in tree.body if isinstance(n, ast.ClassDef) and n.name == "Exit").body
    return {
        Exit[name.targets[0].id]: " ".join(str(words.value.value).split())
        for name, words in pairwise(body)
        if isinstance(name, ast.Assign)
        and isinstance(name.targets[0], ast.Name)
        and isinstance(words, ast.Expr)
        and isinstance(words.value, ast.Constant)
    }


def _command(path: str, command: Command) -> Iterator[str]:
    asked = parameters(command)
    yield f"\n## `{path}`\n"
    yield f"```console\n{PROGRAM} {path}{''.join(f' {_usage(p)}' for p in asked)}\n```\n"
    yield " ".join((command.help or "").split())
    if asked:
        yield "\n| argument or option | default | meaning |\n|---|---|---|"
    for parameter in asked:
        names = ", ".join(f"`{name}`" for name in _names(parameter))
        yield f"| {names} | {_default(parameter)} | {_help(parameter)} |"


def _usage(parameter: Parameter) -> str:
    if parameter.param_type_name == "argument":
        name = _names(parameter)[0]
        return name if parameter.required else f"[{name}]"
    longest = max(parameter.opts, key=len)
    value = "" if parameter.is_flag else f" {(parameter.metavar or parameter.name).upper()}"
    more = "…" if parameter.multiple else ""
    said = f"{longest}{value}"
    return said if parameter.required else f"[{said}]{more}"


def _names(parameter: Parameter) -> list[str]:
    if parameter.param_type_name == "argument":
        return [parameter.metavar or parameter.name.upper()]
    return sorted(parameter.opts, key=len, reverse=True)


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "**required**"
    if parameter.param_type_name == "option" and parameter.is_flag:
        return "on" if parameter.default is True else "off"
    return "none" if parameter.default in (None, [], ()) else f"`{parameter.default}`"


def _help(parameter: Parameter) -> str:
    return " ".join((parameter.help or "").split()).replace("|", "&#124;")


def _first_sentence(command: Command) -> str:
    return " ".join((command.help or "").split("\n\n")[0].split()).replace("|", "&#124;")


def _anchor(path: str) -> str:
    return path.replace(" ", "-")
