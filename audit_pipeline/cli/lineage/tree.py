"""A lineage as a tree on the terminal: readable with a thousand columns, and without colour."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from audit_pipeline.cli.lineage.verdicts import (
    Folds,
    check_lines,
    counted,
    ended,
    listed,
    shown,
    worded,
)
from audit_pipeline.domain.lineage import WHOLE, Field

if TYPE_CHECKING:
    from audit_pipeline.stages.lineage.folding import Branch
    from audit_pipeline.stages.lineage.questions import Answer

QUESTIONS = {
    ("column", "downstream"): "What rests on the column {name}",
    ("column", "upstream"): "What the column {name} rests on",
    ("model", "downstream"): "What rests on the model",
    ("model", "upstream"): "What is known of where the model comes from",
    ("metric", "downstream"): "What rests on {name}",
    ("metric", "upstream"): "What {name} rests on",
    ("verdict", "downstream"): "What rests on the tables and the model",
    ("verdict", "upstream"): "What the verdict rests on",
}
ALL_ROWS = "all rows"
SIDE = ("only decides which rows count", "only decides which rows belong together")
"""What an indirect edge means; the second of joins."""


def show_lineage(
    console: Console, answer: "Answer", branches: Iterable["Branch"], *, unfolded: bool
) -> None:
    """Print what was asked, the tree, and what it means for the verdict."""
    console.print(_heading(answer))
    for note in answer.notes:
        console.print(Text(f"note: {shown(note)}"))
    console.print()
    drawn = _Drawn(answer, Folds(unfolded=unfolded))
    for branch in branches:
        console.print(drawn.tree(branch))
    for line in _conclusion(answer):
        console.print(line)


def _heading(answer: "Answer") -> Text:
    record, question = answer.recorded.record, answer.question
    text = Text(answer.recorded.audit.name, style="bold")
    if record is not None:
        text.append(f" {record.window.key}, revision {record.revision}: ", style="not bold")
        text.append_text(worded(record.verdict))
    else:
        text.append(": planned", style="not bold")
    asked = QUESTIONS[question.about, question.way].format(name=shown(question.name))
    return text.append(f"\n{asked}:", style="not bold")


def _conclusion(answer: "Answer") -> Iterator[Text]:
    """Yield what the checks that were met mean for the verdict, to which they all lead."""
    if answer.question.way == "upstream":
        if not answer.graph.edges:
            yield Text("Nothing is known of what comes before it.")
        return
    resting, of = len(answer.fields & answer.checks.keys()), counted(len(answer.checks), "check")
    if not resting:
        yield Text("No check rests on it: it plays no part in the verdict.")
    elif answer.verdict is None:
        yield Text(f"{resting:,} of {of} will rest on it.")
    else:
        text = Text("verdict: ", style="bold").append_text(worded(answer.verdict))
        word = "rests" if resting == 1 else "rest"
        yield text.append(f"  {resting:,} of its {of} {word} on this", style="not bold")


class _Drawn:
    """The branches of one answer, as trees; remembers of which places the address was told."""

    def __init__(self, answer: "Answer", folds: Folds) -> None:
        self.answer, self.folds = answer, folds
        self.titles, self.told = answer.recorded.ours.titles, answer.recorded.theirs.titles
        self.named: set[str] = set()

    def tree(self, branch: "Branch") -> Tree:
        tree = Tree(self._label(branch), guide_style="dim")
        self._grow(tree, branch)
        return tree

    def _grow(self, tree: Tree, branch: "Branch") -> None:
        for line in check_lines(self.answer, branch.fields, self.folds):
            tree.add(line)
        for each in branch.branches:
            self._grow(tree.add(self._label(each)), each)
        if branch.cut:
            tree.add(Text("… more lies beyond; --json has all of it"))

    def _label(self, branch: "Branch") -> Text:
        if self.answer.end in branch.fields:
            return self._end()
        text = Text(f"{shown(self.titles.get(branch.dataset, branch.dataset.name))}: ")
        text.stylize("bold")
        text.append(self._fields(branch.fields, branch.again), style="not bold")
        text.append_text(ended(self.answer, branch.fields))
        text.append("".join(_remarks(branch)), style="not bold")
        return text.append_text(self._place(branch))

    def _end(self) -> Text:
        text = Text("verdict: ", style="bold")
        if self.answer.verdict is not None:
            text.append_text(worded(self.answer.verdict)).append(", ")
        of = counted(len(self.answer.checks), "check")
        return text.append(f"made from {of}, of which the worst counts", style="not bold")

    def _fields(self, fields: tuple[Field, ...], again: tuple[Field, ...]) -> str:
        if not fields:
            return f"{self._names(again)}, shown above"
        more = f", and {len(again):,} shown above" if again else ""
        return f"{self._names(fields)}{more}"

    def _names(self, fields: tuple[Field, ...]) -> str:
        if fields[0] in self.answer.checks:
            return counted(len(fields), "check")
        names = [at.name for at in fields if at.name != WHOLE]
        if names:
            return listed(names, self.folds.names, "column")
        return "the file" if self.titles.get(fields[0].dataset) == "model" else ALL_ROWS

    def _place(self, branch: "Branch") -> Text:
        """Return where a table or a file is, the first time that it is met."""
        place, ours = str(branch.dataset), self.answer.end.dataset.namespace
        if branch.dataset.namespace == ours or place in self.named:
            return Text()
        self.named.add(place)
        told = self.told.get(branch.dataset)
        text = f"{shown(place)}, {shown(told)}" if told else shown(place)
        return Text(f"\n{text}", style="dim not bold")


def _remarks(branch: "Branch") -> Iterator[str]:
    """Yield how the fields of a branch come about, where it is not the plain course."""
    how = branch.how
    if how.type == "INDIRECT":
        what = f": {how.description}" if how.description else ""
        yield f"  [{shown(how.subtype.lower() + what)}; {SIDE[how.subtype == 'JOIN']}]"
    elif how.description:
        yield f"  [{shown(how.description)}]"
    if branch.told:
        yield "  [told by another tool]"
