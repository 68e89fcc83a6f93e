"""The columns that play a part in an audit, under names of our own; and how many groups there are.

The audit's own names are left behind, lest a column called `w` or `target` meets ours of that name.
"""

from collections.abc import Mapping

from audit_pipeline.audits.audit import Audit
from audit_pipeline.profiles.bundles import Attributes
from audit_pipeline.profiles.engine import IbisTable, one_row
from audit_pipeline.profiles.profile import CategoricalColumn, Column


def role_rows(table: IbisTable, audit: Audit, weight: str | None) -> IbisTable:
    """Return the columns `id`, `target`, `prediction`, `score`, `w` and those of `attributes`.

    Only those that the table has: a role without a column is missing here too.
    """
    columns = audit.columns
    named = {
        "id": columns.id,
        "target": columns.target.column if columns.target else None,
        "prediction": columns.prediction.label if columns.prediction else None,
        "score": columns.prediction.score if columns.prediction else None,
        "w": weight,
    }
    named |= {own: name for name, own in attributes(table, audit).items()}
    return table.select(
        **{own: table[name] for own, name in named.items() if name in table.columns}
    )


def attributes(table: IbisTable, audit: Audit) -> Attributes:
    """Return the protected attributes that the table has, by what `role_rows` calls them."""
    known = [name for name in audit.columns.groups if name in table.columns]
    return {name: f"group_{place}" for place, name in enumerate(known)}


def group_sizes(
    rows: IbisTable, known: Attributes, columns: Mapping[str, Column]
) -> dict[str, int]:
    """Return how many groups each attribute has: as its column was counted, else asked for.

    Args:
        rows: What `role_rows` gives.
        known: The attributes.
        columns: The columns that were counted already.
    """
    sizes, asked = dict[str, int](), list[str]()
    for name in known:
        column = columns.get(name)
        if isinstance(column, CategoricalColumn):
            sizes[name] = max(1, len(column.counts) + column.folded + bool(column.nulls))
        else:
            asked.append(name)
    if asked:
        found = rows.aggregate(**{known[n]: rows[known[n]].nunique() + 1 for n in asked})
        sizes |= {name: one_row(found)[known[name]] for name in asked}
    return sizes
