"""A disk that is full costs an audit, and nothing else."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audit_pipeline_tests.cli.commands import ROOT, dagster_home

APART = ("unshare", "--mount", "--map-root-user")
MAIN = "from audit_pipeline.cli import main; main()"
SCRIPT = """
mount -t tmpfs -o size=40m tmpfs "$1" && cp -r "$2/." "$1" && cd "$1"
python="$3"; main="$4"
audit() { "$python" -c "$main" run loans --window 2024-01; echo "exit $?"; }
head -c 39900k /dev/zero > filler
audit
rm filler
audit
find evidence -name report.html
"""


def allowed() -> bool:
    """Return whether a file system of our own can be mounted here."""
    if shutil.which("unshare") is None:
        return False
    script = "mount -t tmpfs tmpfs /mnt"
    done = subprocess.run([*APART, "sh", "-c", script], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(not allowed(), reason="no file system can be mounted here: unshare or rights")
def test_a_full_disk_is_named_and_the_same_command_audits_once_there_is_room(
    tmp_path: Path,
) -> None:
    prepared = dagster_home(tmp_path / "prepared")
    home = tmp_path / "home"
    home.mkdir()
    done = subprocess.run(
        [*APART, "bash", "-c", SCRIPT, "-", str(home), str(prepared), sys.executable, MAIN],
        env=os.environ | {"DAGSTER_HOME": str(home), "PYTHONPATH": str(ROOT), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    full, room = done.stdout.split("\nexit", maxsplit=1)
    assert room.startswith(" 4"), done.stdout + done.stderr
    assert f"The disk that holds {home} is full" in done.stderr, done.stdout + done.stderr
    assert "report.html" not in full
    assert "Traceback" not in done.stdout + done.stderr
    assert "exit 0" in room, done.stdout + done.stderr
    _, found = room.rsplit("exit 0\n", maxsplit=1)
    assert re.fullmatch(r"evidence/loans/2024-01/revision-\d/report\.html\n", found)  # one of them
