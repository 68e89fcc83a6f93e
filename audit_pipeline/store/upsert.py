"""Write rows whose key says what they are: there once, however often they are written."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def put(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], *changing: str
) -> int:
    """Write rows; of one whose `key` is there, the columns `changing`; return how many of one row.

    They are written in the order of their keys: two who write the same ones at once would else
    each wait for the other, for ever.
    """
    if not rows:
        return 0
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    query: Any = dialect.insert(table)
    changes = {name: query.excluded[name] for name in changing}
    if changes:
        query = query.on_conflict_do_update(index_elements=[table.c.key], set_=changes)
    else:
        query = query.on_conflict_do_nothing(index_elements=[table.c.key])
    by_key = {row["key"]: dict(row) for row in rows}
    ordered = [by_key[key] for key in sorted(by_key)]
    return int(connection.execute(query, ordered if len(ordered) > 1 else ordered[0]).rowcount)


def digest(*parts: str) -> str:
    """Return a key that is the same for the same texts: their SHA-256, 64 characters."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
