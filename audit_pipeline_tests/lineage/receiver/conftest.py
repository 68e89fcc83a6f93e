"""One receiver for the tests that do not mind what others sent to it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from audit_pipeline_tests.cli.commands import ROOT
from audit_pipeline_tests.lineage.receiver.running import Nursery, Running


@pytest.fixture(scope="package")
def nursery() -> Iterator[Nursery]:
    """A process that starts receivers quickly."""
    process = subprocess.Popen(
        [sys.executable, "-m", "audit_pipeline_tests.lineage.receiver.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    nursery = Nursery(process)
    yield nursery
    for pid in nursery.started:  # its children, ended or not: none is anybody else's meanwhile
        os.kill(pid, signal.SIGKILL)
    process.communicate(timeout=60)


@pytest.fixture(scope="package")
def receiver(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A receiver on loopback that asks for no key."""
    running = nursery.start(tmp_path_factory.mktemp("receiver"))
    yield running
    running.kill(signal.SIGTERM)
