"""Where lineage events may go, with the keys of OpenLineage's own client.

Secrets are named here and stand in the environment.
"""

from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from audit_pipeline.audits.home import OPENLINEAGE_API_KEY
from audit_pipeline.audits.settings import Settings

VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
SECRET_WORDS = ("password", "secret", ".pem", "oauthbearer.config")
"""A setting of librdkafka with one of these in its name may hold a secret."""


class ApiKey(Settings):
    """How the backend knows us: `Authorization: Bearer <key>`."""

    type: Literal["api_key"]
    """`api_key`, the only kind."""
    api_key_env: VariableName
    """The variable of the environment that holds the key."""

    @model_validator(mode="before")
    @classmethod
    def _no_key_here(cls, said: Any) -> Any:  # noqa: ANN401 (whatever the file says)
        if isinstance(said, dict) and {"apiKey", "apikey", "api_key"} & set(map(str, said)):
            raise ValueError(
                "a key of the backend never stands in this file; put it into the environment and"
                f" name the variable: api_key_env: {OPENLINEAGE_API_KEY}"
            )
        return said


class HttpTransport(Settings):
    """A backend that speaks HTTP: Marquez, and what takes the same events."""

    url: str
    """The backend's address, without user or password: `https://marquez.example.com`."""
    endpoint: Annotated[str, Field(pattern=r"^[!-~]*$")] = "api/v1/lineage"
    """The path below `url` that takes events."""
    timeout: float = Field(default=5.0, gt=0, le=15)
    """Seconds to connect in, and to wait for each piece of the answer; all of it has twice that."""
    verify: Literal[True] | str = True
    """`true`: this machine's certificate authorities; or the path of a file of others (PEM)."""
    auth: ApiKey | None = None
    """How the backend knows us."""
    compression: Literal["gzip"] | None = None
    """`gzip` where the backend takes it; Marquez does."""

    @field_validator("url")
    @classmethod
    def _is_plain(cls, url: str) -> str:
        try:
            parts = urlsplit(url)
            port_is_right = parts.port is None or parts.port > 0
        except ValueError:
            raise ValueError("is no address; write one like http://localhost:5000") from None
        if parts.username or parts.password:
            raise ValueError(
                "holds a user or a password; write the address without, and the key's variable"
                " under auth: {type: api_key, api_key_env: NAME}"
            )
        if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_right:
            raise ValueError("is no address of HTTP; write one like http://localhost:5000")
        if parts.query or parts.fragment or not (url.isascii() and url.isprintable()) or " " in url:
            raise ValueError("has a space, an accent, ? or # in it; write the plain address")
        return url.rstrip("/")

    @property
    def place(self) -> str:
        """Where to, for people."""
        return f"{self.url}/{self.endpoint.strip('/')}".rstrip("/")


class KafkaTransport(Settings):
    """A topic of Kafka."""

    topic: Annotated[str, Field(min_length=1)]
    """The topic that events are written to."""
    config: dict[str, str | int | float | bool]
    """Settings of librdkafka; a secret by the variable that holds it: `sasl.password_env: NAME`."""

    @field_validator("config")
    @classmethod
    def _is_whole(cls, config: dict[str, Any]) -> dict[str, Any]:
        if not config.get("bootstrap.servers"):
            raise ValueError("the setting 'bootstrap.servers' is missing; add host:port")
        for key in config:
            if not key.endswith("_env") and any(word in key for word in SECRET_WORDS):
                raise ValueError(
                    f"{key} may hold a secret, which never stands in this file; put it into the"
                    f" environment and name the variable: {key}_env: NAME"
                )
        return config

    @property
    def place(self) -> str:
        """Where to, for people."""
        return f"topic {self.topic} of Kafka at {self.config['bootstrap.servers']}"


class FileTransport(Settings):
    """A file that gets one line for each event."""

    log_file_path: Annotated[str, Field(min_length=1)]
    """The file; one that is not absolute stands in the home folder."""
    append: Literal[True] = True
    """`true`, for only that is done: one file gets all events."""

    @property
    def place(self) -> str:
        """Where to, for people."""
        return f"the file {self.log_file_path}"


Transport = HttpTransport | KafkaTransport | FileTransport
TYPES: dict[str, type[Transport]] = {
    "http": HttpTransport,
    "kafka": KafkaTransport,
    "file": FileTransport,
}
