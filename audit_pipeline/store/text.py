"""The types of all columns of text: whatever comes to the store passes here, and can be kept.

Reasons, paths, names that other tools told, words of people: any may hold what PostgreSQL refuses,
and an audit must not lose its record by it. What is asked for is changed like what is written, so
it is found again.
"""

import sqlalchemy
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator

from audit_pipeline.domain.storable import storable


class Text(TypeDecorator[str]):
    """Text of any length, as every database can keep it: see `storable`."""

    impl = sqlalchemy.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's)
        """Return a value as it is written, or asked for."""
        return None if value is None else storable(value)


class String(TypeDecorator[str]):
    """Text of so many characters at most, as every database can keep it."""

    impl = sqlalchemy.String
    cache_ok = True
    process_bind_param = Text.process_bind_param
