"""Real engines that tests of this folder share."""

from collections.abc import Iterator

import pytest

from audit_pipeline_tests.engines import spark_servers
from audit_pipeline_tests.engines.spark_servers import Cluster


@pytest.fixture(scope="session")
def spark_cluster() -> Iterator[Cluster]:
    """Return a standalone master with two worker processes, on loopback."""
    with spark_servers.cluster() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def spark_connect() -> Iterator[str]:
    """Return the address of a Spark Connect server on loopback."""
    with spark_servers.connect_server() as (address, _):
        yield address
