"""Nothing phones home: an audit needs no network, and asks for none."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline_tests.defs.homes import EXAMPLE, ROOT, example_home
from audit_pipeline_tests.defs.processes import CLI, environment

RUN = ("run", EXAMPLE, "--window", "2017", "--home")
FAILED = 1
"""The exit code of the example: audited to the end, and the verdict is `fail`."""
OFFLINE = ("unshare", "--net", "--map-root-user")
ADDRESS = re.compile(
    r"sin6?_addr=inet_(?:addr\(|pton\(AF_INET6, )\"([^\"]+)\"|\"([0-9a-f:]+)\", &sin6"
)
HERE = re.compile(r"127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$")


def allowed(*command: str) -> bool:
    """Return whether a command may be run on this machine at all."""
    if shutil.which(command[0]) is None:
        return False
    done = subprocess.run([*command, "true"], capture_output=True, check=False)
    return done.returncode == 0


def audit(home: Home, *before: str) -> "subprocess.CompletedProcess[str]":
    """Audit one window of the example by the command line, by way of another program."""
    command = [*before, sys.executable, *CLI, *RUN, str(home.path)]
    env = environment(home, HOME=str(home.path))  # nothing that an earlier run may have kept there
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return example_home(tmp_path / "home", every=8)


@pytest.mark.skipif(
    not allowed(*OFFLINE), reason="no network namespaces here: unshare is absent or not permitted"
)
def test_a_whole_audit_works_where_there_is_no_network_at_all(home: Home) -> None:
    done = audit(home, *OFFLINE)

    assert done.returncode == FAILED, done.stdout + done.stderr
    assert (home.evidence / EXAMPLE / "2017" / "revision-1" / "report.html").is_file()


@pytest.mark.skipif(
    not allowed("strace", "-o", "/dev/null"), reason="strace is absent or not permitted"
)
def test_no_process_of_a_whole_audit_asks_for_a_place_beyond_this_machine(
    home: Home, tmp_path: Path
) -> None:
    """Every connect and every packet sent, of every process: a name server would be seen too."""
    log = tmp_path / "calls"
    calls = "connect,sendto,sendmsg,sendmmsg"
    done = audit(home, "strace", "-f", "-qq", "-s", "0", "-e", f"trace={calls}", "-o", str(log))

    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    beyond = [line for line in lines if "AF_INET" in line and not _stays_here(line)]
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert beyond == []


@pytest.mark.skipif(
    not allowed("strace", "-o", "/dev/null"), reason="strace is absent or not permitted"
)
def test_strace_would_have_seen_it(tmp_path: Path) -> None:
    log = tmp_path / "calls"
    # a documentation address (RFC 5737), where nobody is; a datagram socket sends nothing by this
    code = "import socket; socket.socket(type=socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    command = ["strace", "-f", "-e", "trace=connect", "-o", str(log), sys.executable, "-c", code]

    subprocess.run(command, check=False, capture_output=True)

    seen = [line for line in log.read_text(encoding="utf-8").splitlines() if "AF_INET" in line]
    assert len(seen) == 1
    assert not _stays_here(seen[0])


def _stays_here(line: str) -> bool:
    """Return whether the addresses in a line of strace's are all this machine's own."""
    found = ["".join(each) for each in ADDRESS.findall(line)]
    return bool(found) and all(HERE.match(address) for address in found)
