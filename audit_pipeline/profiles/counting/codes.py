"""Count columns of codes and names value by value, the rare ones of a long tail together."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

import ibis
import pyarrow as pa

from audit_pipeline.profiles.counting.asked import ask
from audit_pipeline.profiles.counting.exact import weighed
from audit_pipeline.profiles.counting.numbers import unpivoted
from audit_pipeline.profiles.engine import IbisTable, as_code
from audit_pipeline.profiles.moments import kish_rows
from audit_pipeline.profiles.profile import UNIT, CategoricalColumn

MOST_CATEGORIES = 10_000
"""The tail rule: so many categories are kept by name, those of most rows, ties by name; the rows of
all others are counted together. A baseline with such a tail decides for every later window."""
MOST_FOLDED = 0.5
"""A column is a key, and no category, if more of its rows than this would be folded."""

Kept = Collection[str]


class UncountableError(Exception):
    """A column cannot be counted; the text says why."""


def codes_apart(
    table: IbisTable, name: str, weight: str | None, kept: Kept | None = None
) -> CategoricalColumn:
    """Return one column, counted in a query of its own.

    Args:
        table: The rows.
        name: The column.
        weight: The column of row weights; None where each row counts once.
        kept: The categories to keep by name, of a baseline with a tail; None: the most frequent.

    Raises:
        UncountableError: It is a key rather than a category.
    """
    extra = {"w": table[weight]} if weight else {}
    rows = table.select(x=as_code(table[name]), **extra)
    cells = ask(rows, _most_frequent) if kept is None else _cells(rows, [], kept).to_pyarrow()
    return _column(name, cells, decided=kept is not None)


def _most_frequent(rows: IbisTable) -> IbisTable:
    return _cells(rows, [], None)


def codes_together(
    table: IbisTable, names: Sequence[str], weight: str | None, kept: Mapping[str, Kept]
) -> dict[str, CategoricalColumn | UncountableError]:
    """Return several columns, counted in one scan; in place of one that cannot be, why.

    Columns of which the categories to keep are given are counted apart.
    """
    found: dict[str, CategoricalColumn | UncountableError] = {}
    plain = [name for name in names if name not in kept]
    cells = None
    if plain:
        long = unpivoted(table, {n: as_code(table[n]) for n in plain}, weight)
        cells = _cells(long, ["k"], None).to_pyarrow()
    for name in names:
        try:
            if cells is None or name in kept:
                found[name] = codes_apart(table, name, weight, kept.get(name))
            else:
                own = pa.compute.equal(cells["k"], plain.index(name))
                found[name] = _column(name, cells.filter(own), decided=False)
        except UncountableError as error:
            found[name] = error
    return found


def _cells(rows: IbisTable, keys: list[str], kept: Kept | None) -> IbisTable:
    """Return rows, weights and their squares by category; what is folded has no rank.

    Of each column at most `MOST_CATEGORIES` and two more rows leave the engine: what is folded is
    summed there.
    """
    weighted = "w" in rows.columns
    groups = rows.group_by([*keys, "x"]).aggregate(**weighed(rows))
    named = _named(groups, keys, kept)
    sums = ["rows", *(["mass", "squares"] if weighted else [])]
    folded = named.group_by([*keys, "x", "what"]).aggregate(
        [named[each].sum().cast("decimal(38, 0)").name(each) for each in sums]
    )
    return folded.order_by([*keys, "what", "x"])


def _named(groups: IbisTable, keys: list[str], kept: Kept | None) -> IbisTable:
    """Return the groups with `what` they are: 0 null, 1 kept by name, 2 folded, their name gone."""
    if kept is None:
        first = [ibis.asc(groups.x.isnull()), ibis.desc("rows"), ibis.asc("x")]
        window = ibis.window(group_by=keys or None, order_by=first)
        ranked = groups.mutate(rank=ibis.row_number().over(window))
        stays = ranked["rank"] < MOST_CATEGORIES
    else:
        ranked = groups
        stays = groups.x.isin(sorted(kept)) if kept else ibis.literal(False)  # noqa: FBT003
    return ranked.mutate(
        what=ibis.cases((ranked.x.isnull(), 0), (stays, 1), else_=2),
        x=ibis.ifelse(stays & ranked.x.notnull(), ranked.x, ibis.null("string")),
    )


def _column(name: str, cells: pa.Table, *, decided: bool) -> CategoricalColumn:
    listed = cells.to_pylist()
    kept = {c["x"]: c for c in listed if c["what"] == 1}
    tail = [c for c in listed if c["what"] == 2]  # noqa: PLR2004 (folded: see _named)
    nulls = sum(int(c["rows"]) for c in listed if c["what"] == 0)
    valued = [*kept.values(), *tail]
    folded, rows = sum(int(c["rows"]) for c in tail), sum(int(c["rows"]) for c in valued)
    if not decided:
        require_categories(name, folded, rows)
    mass = {code: _mass(cell) for code, cell in kept.items()}
    return CategoricalColumn(
        name=name,
        rows=nulls + rows,
        nulls=nulls,
        counts={code: int(cell["rows"]) for code, cell in kept.items()},
        mass=mass,
        effective_rows=_kish(valued),
        folded=folded,
        folded_mass=sum(_mass(cell) for cell in tail),
    )


def require_categories(name: str, folded: int, valued: int) -> None:
    """Let a column pass of whose `valued` rows `folded` hold a category that is not kept.

    Raises:
        UncountableError: Most rows hold a rare value: it is a key.
    """
    if folded > MOST_FOLDED * valued:
        raise UncountableError(
            f"{name} has more than {MOST_CATEGORIES:,} different values, and most rows hold a rare"
            " one; declare it numeric, or leave it out if it is a key"
        )


def _mass(cell: Mapping[str, Decimal]) -> float:
    return int(cell["mass"]) / UNIT if "mass" in cell else float(int(cell["rows"]))


def _kish(cells: Sequence[Mapping[str, Decimal]]) -> float:
    if cells and "mass" in cells[0]:
        return kish_rows(sum(int(c["mass"]) for c in cells), sum(int(c["squares"]) for c in cells))
    return float(sum(int(c["rows"]) for c in cells))
