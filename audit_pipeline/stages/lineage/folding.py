"""A lineage as a tree that people can read: fields that come alike are one branch."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from audit_pipeline.domain.lineage import Dataset, Edge, Field, LineageGraph, Transformation
from audit_pipeline.stages.lineage.questions import Answer

DEEPEST = 50
"""Datasets in a row, after which a tree is cut off: no picture of that size helps anybody."""
PLAIN = Transformation()


@dataclass
class Branch:
    """Fields of one dataset that come from the branch above in one way, or lead on from it.

    `fields` are shown here, with what comes of them below; `again` were shown before. `how` says
    what becomes of them where it is not the plain course of an audit. `told` says that other tools
    told so. `cut` says that more would follow.
    """

    dataset: Dataset
    fields: tuple[Field, ...]
    again: tuple[Field, ...] = ()
    how: Transformation = PLAIN
    told: bool = False
    cut: bool = False
    branches: list["Branch"] = field(default_factory=list["Branch"])


_Way = tuple[Dataset, Transformation, bool]


def folded(answer: Answer) -> list[Branch]:
    """Return the answer as branches, one for each dataset that the question is about.

    Every field stands in full once, where it is first met. Downstream, the verdict is left out:
    every check leads there.
    """
    roots: dict[Dataset, list[Field]] = defaultdict(list)
    for at in answer.roots:
        roots[at.dataset].append(at)
    tree = _Tree(answer)
    return [tree.branch((dataset, PLAIN, False), fields, 0) for dataset, fields in roots.items()]


class _Tree:
    """The branches as they are made; remembers what was shown."""

    def __init__(self, answer: Answer) -> None:
        self.graph: LineageGraph = answer.graph
        self.downstream = answer.question.way == "downstream"
        self.theirs = frozenset(answer.recorded.theirs.edges)
        self.end = answer.end
        self.shown: set[Field] = set()

    def branch(self, way: _Way, fields: Iterable[Field], depth: int) -> Branch:
        dataset, how, told = way
        each = list(dict.fromkeys(fields))
        new = tuple(at for at in each if at not in self.shown)
        again = tuple(at for at in each if at in self.shown)
        self.shown |= set(new)
        branch = Branch(dataset, new, again, how, told)
        for onward, targets in self._onward(new).items():
            if depth >= DEEPEST:
                branch.cut = True
                break
            branch.branches.append(self.branch(onward, targets, depth + 1))
        return branch

    def _onward(self, fields: Iterable[Field]) -> Mapping[_Way, list[Field]]:
        """Return the fields that come next, by where they are and how they come about."""
        found: dict[_Way, list[Field]] = defaultdict(list)
        for at in fields:
            for edge in (
                self.graph.edges_out_of(at) if self.downstream else self.graph.edges_into(at)
            ):
                end = edge.target if self.downstream else edge.source
                if not (self.downstream and end == self.end):
                    found[self._way(edge, end)].append(end)
        return {way: found[way] for way in sorted(found, key=_aside)}

    def _way(self, edge: Edge, end: Field) -> _Way:
        plain = edge.how.masking or (edge.how.subtype == "IDENTITY" and not edge.how.description)
        how = PLAIN if plain and edge.how.type == "DIRECT" else edge.how
        return end.dataset, how, edge in self.theirs


def _aside(way: _Way) -> tuple[bool, bool]:
    """Return how far a way is from the plain course of an audit, which comes first."""
    _, how, _ = way
    return how.type == "INDIRECT", how != PLAIN
