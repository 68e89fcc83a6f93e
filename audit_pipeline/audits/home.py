"""Where everything lives, and the only place that reads the environment."""

import functools
import os
from dataclasses import dataclass
from pathlib import Path

QUIET = {
    "GX_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "DAGSTER_DISABLE_TELEMETRY": "yes",
    "NML_DISABLE_USAGE_LOGGING": "1",
}
"""What keeps the libraries from phoning home; each must be set before the library is imported."""


PATIENT = "DAGSTER_BACKFILL_RETRY_DEFINITION_CHANGED_ERROR"
"""Lets a back-fill wait where no definitions can be loaded: without it, a database that is away for
a minute ends the back-fill, and what it did not come to is never run."""
AUDITS = "AUDIT_PIPELINE_AUDITS"
"""Names the folder of audit files where it is not in the home: a checkout of their own, mostly."""


class HomeError(Exception):
    """There is no usable home folder."""


class SecretError(Exception):
    """A secret that an audit file names is not in the environment."""


@dataclass(frozen=True, slots=True)
class Home:
    """The home folder (`DAGSTER_HOME`, else `./dagster_home`) and what stands in it."""

    path: Path

    @property
    def audits(self) -> Path:
        """Audit files, one per audit: in the folder that the environment names, or in the home."""
        named = os.environ.get(AUDITS)
        return Path(named).absolute() if named else self.path / "audits"

    @property
    def private(self) -> Path:
        """Snapshots and profiles: rows of people. Nothing here leaves the house."""
        return self.path / "private"

    @property
    def evidence(self) -> Path:
        """Reports and manifests: what may be handed on."""
        return self.path / "evidence"

    @property
    def store_url(self) -> str:
        """SQLAlchemy URL of the results store."""
        return os.environ.get("AUDIT_PIPELINE_STORE_URL") or f"sqlite:///{self.path}/results.db"

    def audit_paths(self) -> list[Path]:
        """Return all audit files, by name."""
        return sorted(p for p in self.audits.glob("*.yaml") if not p.name.startswith("."))

    def audit_names(self) -> list[str]:
        """Return the names of all audits, as their files have them; no file is opened."""
        return [path.stem for path in self.audit_paths()]


def chosen_home(path: Path | None = None) -> Path:
    """Return `path`, else the folder the environment names, else `./dagster_home`; made or not."""
    named = os.environ.get("DAGSTER_HOME")
    return path or (Path(named) if named else Path("dagster_home"))


def find_home(path: Path | None = None) -> Home:
    """Return the home at `path`, or the one the environment names, or `./dagster_home`.

    Raises:
        HomeError: The folder does not exist, or a folder of audits is named and does not.
    """
    chosen = chosen_home(path)
    if not chosen.is_dir():
        named = os.environ.get("DAGSTER_HOME")
        source = "--home" if path else "DAGSTER_HOME" if named else "the current folder"
        raise HomeError(
            f"no home folder at {chosen.absolute()} (from {source}): run this where"
            " dagster_home/ stands, or set DAGSTER_HOME to it"
        )
    home = Home(chosen.absolute())
    if os.environ.get(AUDITS) and not home.audits.is_dir():
        raise HomeError(
            f"no folder of audits at {home.audits} (from {AUDITS}): correct or unset it"
        )
    return home


def secret(name: str) -> str:
    """Return the secret that the environment holds under `name`: a password or a token.

    Audit files name secrets, and never hold them.

    Raises:
        SecretError: It is not set, or empty.
    """
    value = os.environ.get(name, "")
    if not value:
        raise SecretError(
            f"the environment has no {name}: set it where audits run (the service's environment"
            " file, or `export` in a shell), and never write it into a file of settings"
        )
    return value


LINEAGE_NAMESPACE = "audit_pipeline"


@functools.cache
def lineage_namespace() -> str:
    """Return the namespace of our jobs and of what they make, in OpenLineage's events.

    `OPENLINEAGE_NAMESPACE` tells two deployments apart that share one catalogue. It is asked for
    once a process: a wide audit names its datasets a hundred thousand times.
    """
    return os.environ.get("OPENLINEAGE_NAMESPACE") or LINEAGE_NAMESPACE


OPENLINEAGE_API_KEY = "OPENLINEAGE_API_KEY"


def openlineage_environment() -> tuple[str, str, bool]:
    """Return what OpenLineage's variables say of a backend: URL, endpoint, whether a key is set.

    Each is empty where it is not set; `openlineage.yml` in the home goes before all of them.
    """
    url = os.environ.get("OPENLINEAGE_URL", "")
    endpoint = os.environ.get("OPENLINEAGE_ENDPOINT", "")
    return url, endpoint, bool(os.environ.get(OPENLINEAGE_API_KEY))


def lineage_is_off() -> bool:
    """Return whether lineage is switched off, by the variable that OpenLineage has for that."""
    return os.environ.get("OPENLINEAGE_DISABLED", "").strip().lower() in {"1", "true", "yes"}


RECEIVER_KEY = "OPENLINEAGE_RECEIVER_KEY"


def receiver_key() -> str | None:
    """Return what senders of lineage events must know; None lets in whoever reaches us."""
    return os.environ.get(RECEIVER_KEY) or None


PROGRESS_PIPE = "AUDIT_PIPELINE_PROGRESS_PIPE"


def progress_pipe() -> int | None:
    """Return the file descriptor on which a run tells its progress, if somebody listens."""
    number = os.environ.get(PROGRESS_PIPE, "")
    return int(number) if number.isdigit() else None


def keep_quiet() -> None:
    """Switch off every library's telemetry. Call before anything heavy is imported."""
    for name, value in QUIET.items():
        os.environ[name] = value


def use_home(home: Home) -> None:
    """Make `home` the one that Dagster and child processes find."""
    os.environ["DAGSTER_HOME"] = str(home.path)
    os.environ[PATIENT] = os.environ.get(PATIENT) or "1"


def java_home() -> str | None:
    """Return where the environment says that Java is."""
    return os.environ.get("JAVA_HOME") or None


def use_java(folder: Path) -> None:
    """Make the Java in `folder` the one that Spark finds."""
    os.environ["JAVA_HOME"] = str(folder)


def child_environment() -> dict[str, str]:
    """Return the environment for a process of ours: this one's, and telemetry off."""
    return dict(os.environ) | QUIET
