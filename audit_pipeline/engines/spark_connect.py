"""A session on a Spark Connect server."""

import contextlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from audit_pipeline.engines.base import EngineError
from audit_pipeline.engines.spark_errors import condition_of
from audit_pipeline.engines.spark_reach import need_listener

# ruff: noqa: PLC0415 (Spark is imported when it is used)

Session = Any
PORT = 15002
READY_SECONDS = 20
RETRIES = 4
"""Spark's own are 15, ten minutes long: an audit would seem to hang."""


def connect(remote: str, options: Mapping[str, str]) -> Session:
    """Return a session on the server `remote`, with `options` that a session may set.

    Raises:
        EngineError: Nobody listens there, it is no Connect server, or an option is its own.
    """
    where = shown(remote)
    address = urlsplit(remote)
    need_listener(address.hostname or "", address.port or PORT, f"the Spark Connect server {where}")
    import grpc  # type: ignore[import-untyped]
    from pyspark.sql.connect.client.retries import DefaultPolicy
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(remote).create()
    session.client.set_retry_policies([DefaultPolicy(max_retries=RETRIES, max_backoff=2000)])
    try:
        grpc.channel_ready_future(session.client._channel).result(READY_SECONDS)  # noqa: SLF001 (no public way)
    except grpc.FutureTimeoutError:
        session.client.close()  # not `disconnect`, which would ask it to end the session
        raise EngineError(
            f"something listens at {where} that does not answer as a Spark Connect server does:"
            " is the port right, and is TLS (`;use_ssl=true`) meant?"
        ) from None
    _set(session, options, where)
    return session


def shown(remote: str) -> str:
    """Return a server's address without its parameters, which may hold a token.

    >>> shown("sc://host:15002/;token=abc")
    'sc://host:15002'
    """
    return remote.partition("/;")[0].rstrip("/")


def answers(session: Session) -> bool:
    """Return whether the server still knows the session."""
    try:
        session.client._analyze(method="spark_version")  # noqa: SLF001 (`version` is kept, and not asked)
    except Exception:  # noqa: BLE001 (whatever it is: it does not answer)
        return False
    return True


def disconnect(session: Session) -> None:
    """End the session, whether or not the server is still there."""
    session.client.set_retry_policies([])  # else it asks a dead server again and again
    with contextlib.suppress(Exception):
        session.stop()


def _set(session: Session, options: Mapping[str, str], where: str) -> None:
    for name, value in options.items():
        try:
            session.conf.set(name, value)
        except Exception as error:  # noqa: BLE001 (told in our words)
            disconnect(session)
            raise EngineError(
                f"{where} does not let a session set {name} ({condition_of(error)}): take it out of"
                " `options`, and set it where the server is started"
            ) from None
