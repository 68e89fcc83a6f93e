"""Write an audit file for data of one's own."""

import signal
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from audit_pipeline.audits.home import Home, chosen_home, use_home
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import err, out, refuse
from audit_pipeline.cli.exits import Exit
from audit_pipeline.cli.options import HomeOption
from audit_pipeline.cli.questions import Asker

if TYPE_CHECKING:
    from audit_pipeline.stages.proposal.propose import Proposal

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)

Text = str | None


def command(  # noqa: PLR0913 (each is an option of its own)
    name: Annotated[str, typer.Argument(help="What to call the audit.")],
    data: Annotated[str, typer.Argument(help="A file, folder, pattern, URL, or SQL-URL#table.")],
    *,
    baseline: Annotated[Text, typer.Option(help="Data the model was approved on.")] = None,
    labels: Annotated[Text, typer.Option(help="Outcomes in a table of their own.")] = None,
    password_env: Annotated[
        Text, typer.Option(help="Environment variable with the database's password.")
    ] = None,
    trained_on: Annotated[Text, typer.Option(help="Data the model was trained on.")] = None,
    row_id: Annotated[Text, typer.Option("--id", help="Column that names each row.")] = None,
    timestamp: Annotated[Text, typer.Option(help="Column that says when a row happened.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Day of all rows, where no column says it."),
    ] = None,
    target: Annotated[Text, typer.Option(help="Column of what really came out.")] = None,
    positive: Annotated[Text, typer.Option(help="Value of the target that is positive.")] = None,
    prediction: Annotated[Text, typer.Option(help="Column of what the model said.")] = None,
    predicted_positive: Annotated[
        list[str] | None,
        typer.Option(help="Value of the prediction that means positive, if not the target's."),
    ] = None,
    score: Annotated[Text, typer.Option(help="Column of the positive class's probability.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Protected attribute.")] = None,
    every: Annotated[Text, typer.Option(help="hour, day, week, month or year.")] = None,
    timezone: Annotated[
        Text, typer.Option(help="IANA zone of the windows, and of times without one; else UTC.")
    ] = None,
    model: Annotated[Path | None, typer.Option(help="XGBoost model, .json or .ubj.")] = None,
    owner: Annotated[Text, typer.Option(help="Who answers for the model.")] = None,
    purpose: Annotated[Text, typer.Option(help="What the model is used for.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take guesses.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over an audit file.")] = False,
    home: HomeOption = None,
) -> None:
    """Look at data and write an audit file for it: asks on a terminal, takes flags in a script."""
    from audit_pipeline.stages.proposal.propose import propose
    from audit_pipeline.stages.proposal.questions import Answers, NeedsError, ProposalError
    from audit_pipeline.stages.proposal.wishes import Wishes

    wishes = Wishes(
        name=_name(name),
        data=data,
        baseline=baseline,
        labels=labels,
        password_env=password_env,
        trained_on=trained_on,
        id=row_id,
        timestamp=timestamp,
        as_of=as_of.date() if as_of else None,
        target=target,
        positive=positive,
        prediction=prediction,
        predicted_positive=tuple(predicted_positive or ()),
        score=score,
        groups=tuple(group or ()),
        every=_every(every),
        timezone=timezone,
        model=model,
        owner=owner,
        purpose=purpose,
    )
    found = _home(home)
    asking = not yes and sys.stdin.isatty() and out.is_terminal
    answers = Answers(Asker() if asking else None, yes=yes)
    for ending in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C, so that the copied rows go
        signal.signal(ending, signal.default_int_handler)
    try:
        proposal = propose(wishes, found, answers, _tell, force=force)
    except NeedsError as error:
        lines = "\n".join(f"  {need}" for need in error.needs)
        refuse(
            f"{name}: nothing was written, for something is needed that cannot be guessed:\n{lines}"
        )
    except ProposalError as error:
        refuse(f"{name}: nothing was written: {error}")
    except (KeyboardInterrupt, EOFError):
        err.print(f"\n{name}: given up; nothing was written.", markup=False)
        raise typer.Exit(Exit.INTERRUPTED) from None
    _show(proposal, name, "" if home is None else f" --home {home}")


def _tell(said: str) -> None:
    out.print(f"  {said}", style="dim", markup=False)


def _show(proposal: "Proposal", name: str, where: str) -> None:
    """Print what was written, what to look at, and what to type next."""
    out.print(f"\nWritten: {proposal.path}", soft_wrap=True)
    if proposal.warnings:
        out.print("\n[bold]Look at this first[/] (it stands in the file too):")
    for said in proposal.warnings:
        out.print(f"  ! {said}", markup=False, soft_wrap=True)
    out.print("\n[bold]Next:[/]")
    for line in (f"check {name}", f"run {name}", f"results {name}"):
        out.print(f"  audit-pipeline {line}{where}", markup=False, soft_wrap=True)
    newest = proposal.newest
    if newest is not None:
        out.print(f"`run` audits {newest}, the newest window that has ended; -w names another.")
    else:
        out.print("No window has ended yet: `run` audits the first once it has.")


def _home(path: Path | None) -> Home:
    """Return the home, which is made with the audit file where there is none yet."""
    chosen = chosen_home(path)
    if chosen.is_dir():
        return home_at(chosen)
    new = Home(chosen.absolute())
    use_home(new)
    out.print(f"  no home folder yet: {new.path} will be made", style="dim", soft_wrap=True)
    return new


def _name(name: str) -> str:
    import re

    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
        near = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_0123456789")[:63] or "my_model"
        refuse(
            f"{name!r} cannot be an audit's name: it has up to 63 small letters, digits and _, and"
            f" begins with a letter, such as {near}"
        )
    return name


def _every(said: str | None) -> str | None:
    from audit_pipeline.domain.window import Every

    if said is not None and said not in list(Every):
        refuse(f"--every {said}: write one of {', '.join(Every)}")
    return said
