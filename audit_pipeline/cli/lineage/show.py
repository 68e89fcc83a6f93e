"""Show what rests on what in an audit: from the columns of its tables to its verdict."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from audit_pipeline.audits.home import Home
from audit_pipeline.cli.audits import home_at
from audit_pipeline.cli.console import out, print_json, refuse
from audit_pipeline.cli.options import HomeOption, NameArgument, RevisionOption, WindowOption

if TYPE_CHECKING:
    from audit_pipeline.stages.lineage.questions import About, Answer, Question

# ruff: noqa: PLC0415 (imports what it alone needs, so that every other command starts fast)


def command(  # noqa: PLR0913 (each is an argument or option of the command)
    name: NameArgument,
    column: Annotated[
        str | None,
        typer.Option(help="Which verdicts rest on this column? `labels.id`: that of one table."),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(help="What does this metric or rule rest on? `METRIC(COLUMN)` is one check."),
    ] = None,
    window: WindowOption = None,
    revision: RevisionOption = None,
    *,
    model: Annotated[
        bool, typer.Option("--model", help="Which verdicts rest on the model?")
    ] = False,
    upstream: Annotated[
        bool, typer.Option("--upstream", help="What it rests on, back to the tables.")
    ] = False,
    downstream: Annotated[
        bool, typer.Option("--downstream", help="What rests on it, on to the verdict.")
    ] = False,
    unfolded: Annotated[
        bool, typer.Option("--all", help="Every column and every check by name.")
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="The same as JSON: see docs/reference/lineage.md.")
    ] = False,
    home: HomeOption = None,
) -> None:
    """Show what a verdict rests on, or which verdicts rest on a column, the model or a metric."""
    asked: dict[About, bool] = {
        "column": column is not None,
        "model": model,
        "metric": metric is not None,
    }
    _one_of(asked, "ask about one of them")
    _one_of({"upstream": upstream, "downstream": downstream}, "ask for one way at a time")
    from audit_pipeline.stages.lineage.questions import Question

    question = Question(
        about=next((about for about, given in asked.items() if given), "verdict"),
        name=column or metric or "",
        direction="upstream" if upstream else "downstream" if downstream else None,
    )
    answer = _answer(home_at(home), name, question, (window, revision))
    _show(answer, as_json=as_json, unfolded=unfolded)


def _one_of(given: Mapping[Any, bool], to_do: str) -> None:
    said = [f"--{option}" for option, is_given in given.items() if is_given]
    if len(said) > 1:
        refuse(f"{' and '.join(said)} were given together; {to_do}")


def _answer(
    home: Home, name: str, question: "Question", window: tuple[str | None, int | None]
) -> "Answer":
    from audit_pipeline.audits.reader import AuditFileError
    from audit_pipeline.stages.lineage.columns import LineageQuestionError
    from audit_pipeline.stages.lineage.questions import ask
    from audit_pipeline.stages.lineage.recorded import recorded_lineage
    from audit_pipeline.stages.reading import NoResultsError, UnreadableRecordError
    from audit_pipeline.stages.vocabulary import UnknownAuditError
    from audit_pipeline.store.engine import StoreError

    try:
        return ask(recorded_lineage(home, name, *window), question)
    except (
        AuditFileError,
        LineageQuestionError,
        NoResultsError,
        StoreError,
        UnknownAuditError,
        UnreadableRecordError,
    ) as error:
        refuse(str(error))


def _show(answer: "Answer", *, as_json: bool, unfolded: bool) -> None:
    from audit_pipeline.cli.lineage.tree import show_lineage
    from audit_pipeline.stages.lineage.folding import folded
    from audit_pipeline.stages.lineage.form import form_of

    if as_json:
        print_json(form_of(answer), allow_nan=False)
    else:
        show_lineage(out, answer, folded(answer), unfolded=unfolded)
