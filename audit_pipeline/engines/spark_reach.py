"""Whether somebody listens at an address: asked before Spark is, which would try for minutes."""

import socket

from audit_pipeline.engines.base import EngineError

SECONDS = 10


def need_listener(host: str, port: int, what: str) -> None:
    """Let an address pass at which somebody listens.

    Raises:
        EngineError: Nobody does, within ten seconds.
    """
    try:
        with socket.create_connection((host, port), timeout=SECONDS):
            return
    except OSError as error:
        why = "it does not answer" if isinstance(error, TimeoutError) else error.strerror
        raise EngineError(
            f"{what} cannot be reached ({why}): is it up, is the address right, and may this"
            " machine reach it?"
        ) from None
