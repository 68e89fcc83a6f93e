"""Which columns share a box of the lineage picture: trouble stands alone, what passed is folded."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.verdict import Verdict, worst
from audit_pipeline.report.numbers import count
from audit_pipeline.report.pictures.lineage_boxes import MARK, PAD, SIZE, STRONG, wide
from audit_pipeline.report.resting import Column, Resting
from audit_pipeline.report.verdicts import RANK, WORDS

MOST = 8
"""Columns that are drawn singly."""
NAMED = 2
"""Columns that a folded box calls by name."""
TOLD = 40
"""Names that a box tells when it is pointed at; the table has them all."""

COLUMN = 200
"""How wide their boxes are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One box of columns: two lines of words, the worst verdict, and all their names."""

    title: str
    words: str
    verdict: Verdict | None
    columns: tuple[Column, ...]
    checks: tuple[Outcome, ...] = ()
    """The checks of the rows as such, in the box of all rows."""

    @property
    def trouble(self) -> tuple[Outcome, ...]:
        """The checks about its columns that did not pass, each once."""
        about = (*self.checks, *(o for column in self.columns for o in column.about))
        return tuple({o.check: o for o in about if o.verdict is not Verdict.PASS}.values())

    @property
    def names(self) -> str:
        """Return the names of its columns, as many as can be read at one go."""
        if not self.columns:
            return self.title
        told = ", ".join(column.title for column in self.columns[:TOLD])
        more = len(self.columns) - TOLD
        return f"{told} and {count(more)} more" if more > 0 else told


def grouped(rests: Resting) -> list[Group]:
    """Return the boxes of columns from top to bottom: the worst alone, the rest by their role.

    Checks of the rows as such have a box of their own where they did not all pass. Where the rows
    could not be read, all columns share one box: nothing can be told of any.
    """
    if not rests.read:
        return [_unread(rests)] if rests.columns else []
    troubled = sorted((c for c in rests.columns if _troubled(c)), key=_concern)
    alone, others = troubled[:MOST], troubled[MOST:]
    if len(others) == 1:  # a box of one says no less than the column itself
        alone, others = troubled, []
    found = [_single(column) for column in alone]
    if any(o.verdict is not Verdict.PASS for o in rests.of_rows):
        found.append(_rows(rests.of_rows))
    found.sort(key=lambda group: RANK[group.verdict or Verdict.GAP])  # stable: columns come first
    if others:
        found.append(_others(others))
    return found + _folded([c for c in rests.columns if not _troubled(c)])


def _unread(rests: Resting) -> Group:
    verdict = worst(
        o.verdict for o in (*rests.of_rows, *(o for c in rests.columns for o in c.about))
    )
    return Group(
        title=_names(rests.columns) if len(rests.columns) == 1 else _many(len(rests.columns)),
        words=f"{WORDS[verdict].word}, nothing was read",
        verdict=verdict,
        columns=rests.columns,
        checks=rests.of_rows,
    )


def _many(columns: int) -> str:
    return f"{count(columns)} columns"


def _rows(checks: Sequence[Outcome]) -> Group:
    verdict = worst(o.verdict for o in checks)
    words = f"{WORDS[verdict].word}, no single column"
    return Group(title="All rows", words=words, verdict=verdict, columns=(), checks=tuple(checks))


def _troubled(column: Column) -> bool:
    return column.missing or column.verdict not in {None, Verdict.PASS}


def _concern(column: Column) -> tuple[int, int, int, str]:
    """Return what comes first: the worst, of those what matters most, of those most checks."""
    verdict = column.verdict or Verdict.GAP
    same = sum(o.verdict is verdict for o in column.about)
    matters = min((_ORDER.index(r) for r in column.roles if r in _ORDER), default=len(_ORDER))
    return RANK[verdict], matters, -same, column.title


def _single(column: Column) -> Group:
    verdict = column.verdict if column.about else Verdict.GAP
    word = WORDS[verdict or Verdict.GAP].word
    said = "not in the source" if column.missing else ", ".join(column.roles[:1])
    words = f"{word}, {said}" if said and _fits(f"{word}, {said}", MARK + 4) else word
    return Group(title=column.title, words=words, verdict=verdict, columns=(column,))


def _others(columns: Sequence[Column]) -> Group:
    verdict = worst(c.verdict or Verdict.GAP for c in columns)
    return Group(
        title=f"{count(len(columns))} more columns",
        words=f"{WORDS[verdict].word} at worst: see table",
        verdict=verdict,
        columns=tuple(columns),
    )


def _folded(columns: Sequence[Column]) -> list[Group]:
    roles: dict[str, list[Column]] = {}
    for column in columns:
        roles.setdefault(_role(column), []).append(column)
    order = [*dict.fromkeys(_ORDER), *roles]
    return [_fold(role, roles[role]) for role in dict.fromkeys(order) if role in roles]


DECIDING = "decides rows"
_ORDER = ("prediction", "score", "outcome", "protected attribute", "feature", "")
_SAME: dict[str, str] = {"score": "prediction"}


def _role(column: Column) -> str:
    if column.decides:
        return DECIDING
    role = column.roles[0] if column.roles else ""
    return _SAME.get(role, role)


def _fold(role: str, columns: Sequence[Column]) -> Group:
    asked = sum(len(c.about) for c in columns)
    words = _deciding(columns) if role == DECIDING else _passed(asked)
    few = len(columns) <= NAMED
    one = f"{words}, {role}"
    if few and role not in {"", DECIDING, columns[0].title} and _fits(one, MARK + 4):
        words = one
    verdict = Verdict.PASS if asked else None
    title = _names(columns) if few else f"{count(len(columns))} {_plural(role)}"
    return Group(title=title, words=words, verdict=verdict, columns=tuple(columns))


def _names(columns: Sequence[Column]) -> str:
    """Return the titles of columns; where there is no room for them, what the columns are."""
    names = " and ".join(column.title for column in columns)
    roles = [role for column in columns for role in column.roles[:1]]
    if len(columns) == 1 or len(roles) < len(columns) or _fits(names):
        return names
    if len(set(roles)) == 1:
        return f"{len(columns)} {_plural(roles[0])}"
    return " and ".join(roles).capitalize()


def _fits(words: str, less: float = 0.0) -> bool:
    return wide(words, SIZE if less else STRONG) <= COLUMN - 2 * PAD - less


def _plural(role: str) -> str:
    return "columns" if role in {"", DECIDING} else f"{role}s"


def _passed(checks: int) -> str:
    if not checks:
        return "no check of its own"
    return "its check passed" if checks == 1 else f"all {count(checks)} checks passed"


def _deciding(columns: Sequence[Column]) -> str:
    if all(edge.how.subtype == "JOIN" for column in columns for edge in column.deciding):
        return "joins the tables"
    return "decides which rows count" if len(columns) == 1 else "decide which rows count"
