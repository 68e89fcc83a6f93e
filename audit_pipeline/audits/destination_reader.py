"""Read where lineage events go: `openlineage.yml` in the home folder, or else the environment."""

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from audit_pipeline.audits.destination import (
    TYPES,
    ApiKey,
    FileTransport,
    HttpTransport,
    Transport,
)
from audit_pipeline.audits.home import OPENLINEAGE_API_KEY, Home, openlineage_environment
from audit_pipeline.audits.lines import LinedYaml, Location
from audit_pipeline.audits.reader import AuditFileError, Problem, read_document
from audit_pipeline.audits.sentences import close_match, sentence

FILE_NAME = "openlineage.yml"


class DestinationError(Exception):
    """Where lineage is to go cannot be told; lists every problem with its line."""


def read_destination(home: Home) -> Transport | None:
    """Return where lineage events go: what the home's file says, else the environment, else None.

    Raises:
        DestinationError: The file or the environment is wrong; the message lists every problem.
    """
    path = home.path / FILE_NAME
    if path.exists():
        return _in_file(path, home.path)
    return _in_environment()


def _in_file(path: Path, folder: Path) -> Transport:
    try:
        return _Reading(path, read_document(path, path.read_bytes())).transport(folder)
    except OSError as error:
        raise DestinationError(f"{path.name}: cannot be read: {error.strerror}") from None
    except AuditFileError as error:
        raise DestinationError(str(error)) from None


def _in_environment() -> HttpTransport | None:
    url, endpoint, has_key = openlineage_environment()
    if not url:
        return None
    said: dict[str, Any] = {"url": url} | ({"endpoint": endpoint} if endpoint else {})
    if has_key:
        said["auth"] = {"type": "api_key", "api_key_env": OPENLINEAGE_API_KEY}
    try:
        return HttpTransport.model_validate(said)
    except ValidationError as error:
        told = "; ".join(sentence(item, ()) for item in error.errors(include_url=False))
        raise DestinationError(f"OPENLINEAGE_URL {told}") from None


class _Reading:
    """The file on its way to a destination."""

    def __init__(self, path: Path, document: LinedYaml) -> None:
        self.path, self.document = path, document

    def transport(self, folder: Path) -> Transport:
        """Return what the file says, its paths made absolute."""
        said = self.document.data
        if not isinstance(said, dict) or not isinstance(said.get("transport"), dict):
            raise self._wrong({("transport",): "is missing; write transport: {type: http, url: …}"})
        unknown = [str(key) for key in said if key != "transport"]
        problems: dict[Location, str] = {
            (key,): f"unknown key {key!r}; only 'transport' is read here, take it out"
            for key in unknown
        }
        settings = {str(key): value for key, value in said["transport"].items()}
        kind = settings.pop("type", None)
        model = TYPES.get(str(kind))
        if model is None:
            hint = close_match(str(kind), TYPES)
            found = "is missing" if kind is None else f"found {kind!r}"
            what = f"{found}; write one of {', '.join(TYPES)}{hint if kind else ''}"
            raise self._wrong(problems | {("transport", "type"): what})
        try:
            read = model.model_validate(settings)
        except ValidationError as error:
            raise self._wrong(problems | self._told(error, model)) from None
        if problems:
            raise self._wrong(problems)
        return _absolute(read, folder)

    def _told(self, error: ValidationError, model: type[Transport]) -> dict[Location, str]:
        told: dict[Location, str] = {}
        for item in error.errors(include_url=False):
            place = self.document.present(("transport", *item["loc"]))
            if item["type"] == "missing":
                place = (*place, item["loc"][-1])
            known = ApiKey if "auth" in item["loc"][:-1] else model
            told.setdefault(place, sentence(_without_secrets(item), known.model_fields))
        return told

    def _wrong(self, problems: dict[Location, str]) -> AuditFileError:
        return AuditFileError(
            self.path,
            [
                Problem(self.document.line(place), ".".join(map(str, place)), what)
                for place, what in problems.items()
            ],
        )


class _Hidden:
    """A value that may be a secret in the wrong place: it is not repeated."""

    def __init__(self, value: object) -> None:
        self.type = type(value).__name__

    def __repr__(self) -> str:
        return f"something else ({self.type})"


def _without_secrets(item: Any) -> dict[str, Any]:  # noqa: ANN401 (pydantic's own mapping)
    plain = item["loc"][0] not in {"auth", "config", "url"}
    return dict(item) if plain else {**item, "input": _Hidden(item["input"])}


def _absolute(read: Transport, folder: Path) -> Transport:
    if isinstance(read, FileTransport):
        return read.model_copy(update={"log_file_path": str(folder / read.log_file_path)})
    if isinstance(read, HttpTransport) and isinstance(read.verify, str):
        return read.model_copy(update={"verify": str(folder / read.verify)})
    return read
