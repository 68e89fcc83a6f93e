"""What an expression of SQL does to what it is made from, in OpenLineage's words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlglot import exp

from audit_pipeline.domain.lineage import WHOLE, Field, Transformation
from audit_pipeline.sources.base import SAME, Origins

STRENGTH = ("IDENTITY", "TRANSFORMATION", "AGGREGATION")
ONE_OF = Transformation(subtype="TRANSFORMATION", description="of one of these tables")
PASSED_ON = (exp.Alias, exp.Distinct, exp.Order, exp.Ordered, exp.Paren, exp.Tuple)
"""What leaves a value as it is."""
DECIDED = (exp.Filter, exp.Window)
"""What leaves a value as it is, and has parts that decide which rows it is made of."""
DECIDING: Mapping[type[exp.Expr], tuple[frozenset[str], str]] = {
    exp.Window: (frozenset({"partition_by", "order", "spec"}), "WINDOW"),
    exp.Filter: (frozenset({"expression"}), "FILTER"),
    exp.If: (frozenset({"this"}), "CONDITIONAL"),
    exp.Case: (frozenset({"this"}), "CONDITIONAL"),
}
"""Which parts of an expression decide, and of what OpenLineage calls that."""
ROWS_VALUE = (exp.FirstValue, exp.Lag, exp.LastValue, exp.Lead, exp.NthValue)
"""Functions that take the value of one row among many: sqlglot counts them as aggregates."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to a value on its way up; with an `indirect` one it only decides."""

    subtype: str = "IDENTITY"
    description: str = ""
    masking: bool = False
    indirect: bool = False

    def then(self, inner: "Change") -> "Change":
        """Return this change of what another has made already."""
        if self.indirect:
            return self
        if inner.indirect:
            return inner
        stronger = inner if STRENGTH.index(inner.subtype) > STRENGTH.index(self.subtype) else self
        return replace(stronger, masking=self.masking or inner.masking)


def changed(of: tuple[Field, Transformation], change: Change) -> tuple[Field, Transformation]:
    """Return a field and what was done to it, a further change included."""
    field, how = of
    inner = Change(how.subtype, how.description, how.masking, indirect=how.type == "INDIRECT")
    both = change.then(inner)
    return field, Transformation(
        type="INDIRECT" if both.indirect else "DIRECT",
        subtype=both.subtype,
        description=both.description,
        masking=both.masking,
    )


def changes(node: exp.Expr, change: Change) -> Iterator[tuple[exp.Expr, Change]]:
    """Yield the parts of an expression, each with what becomes of it.

    The descriptions are names of functions and of parts of SQL, never what a query compares with.
    """
    for key, value in node.args.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, exp.Expr) and not isinstance(part, exp.Identifier):
                yield part, change.then(_of_part(node, key))


def _of_part(node: exp.Expr, key: str) -> Change:
    if isinstance(node, (*PASSED_ON, *DECIDED)) and key == "this":
        return Change()
    for kind, (parts, subtype) in DECIDING.items():
        if isinstance(node, kind) and key in parts:
            return decides(subtype, subtype.lower())
    if isinstance(node, exp.WithinGroup):
        return Change("AGGREGATION", node.this.key)
    if isinstance(node, PASSED_ON):
        return Change()
    made_of_many = isinstance(node, exp.AggFunc) and not isinstance(node, ROWS_VALUE)
    subtype = "AGGREGATION" if made_of_many else "TRANSFORMATION"
    return Change(subtype, word_for(node), masking=isinstance(node, exp.Count))


def word_for(node: exp.Expr) -> str:
    """Return what an operation is called: the name of a function, or of a part of SQL."""
    if isinstance(node, (exp.Anonymous, exp.AnonymousAggFunc)):
        return str(node.name).lower()
    return "case" if isinstance(node, exp.If) else str(node.key)


def decides(subtype: str, description: str) -> Change:
    """Return the change of what only decides: which rows there are, or which value is taken."""
    return Change(subtype, description, indirect=True)


def one_of(several: Sequence[Origins]) -> Origins:
    """Return what a column rests on that is of one of several tables: which, nobody told."""
    fields = (
        Field(of.dataset, WHOLE if of.name == SAME else of.name)
        for origins in several
        for of, _ in origins
    )
    return tuple((Field(of.dataset, WHOLE), ONE_OF) for of in dict.fromkeys(fields))


def counts_rows(node: exp.Expr) -> bool:
    """Return whether an expression is made of rows, whatever is in them: `count(*)`."""
    made_of_many = isinstance(node, exp.AggFunc) and not node.find(exp.Column)
    return made_of_many and not isinstance(node.parent, exp.WithinGroup)


def may_be_text(column: exp.Column, dialect: str) -> bool:
    """Return whether SQLite may take a quoted name for a text, as it does if there is no such name.

    Then it is a value, maybe of a person, and not to be told.
    """
    compared = not isinstance(column.parent, (exp.Alias, exp.Select))
    return dialect == "sqlite" and compared and bool(column.this.args.get("quoted"))
