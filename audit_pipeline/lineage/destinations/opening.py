"""Open the destination that the settings name."""

from audit_pipeline.audits.destination import FileTransport, HttpTransport, Transport
from audit_pipeline.audits.home import secret
from audit_pipeline.lineage.destinations.base import Destination

# ruff: noqa: PLC0415 (each imports a library that the others can do without)


def open_destination(transport: Transport) -> Destination:
    """Return the destination, its secrets taken from the environment.

    Raises:
        SecretError: A secret is not in the environment.
        Unreachable: It cannot even be tried: a library, a file of certificates is missing.
    """
    if isinstance(transport, HttpTransport):
        from audit_pipeline.lineage.destinations.http import Http

        return Http(transport, secret(transport.auth.api_key_env) if transport.auth else None)
    if isinstance(transport, FileTransport):
        from audit_pipeline.lineage.destinations.file import LineFile

        return LineFile(transport)
    from audit_pipeline.lineage.destinations.kafka import Kafka

    return Kafka(transport, _with_secrets(transport.config))


def _with_secrets(config: dict[str, str | int | float | bool]) -> dict[str, str | int | float]:
    named = {key: value for key, value in config.items() if key.endswith("_env")}
    plain = {key: value for key, value in config.items() if key not in named}
    return plain | {key.removesuffix("_env"): secret(str(name)) for key, name in named.items()}
