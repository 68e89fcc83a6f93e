"""A process that ships a home's events in forks of itself, which can be killed.

Argument: the home. For each line it reads, it forks one that ships until nothing waits, and says
its process id. It ends when its input does.
"""

import os
import signal
import sys
import time
from pathlib import Path

from audit_pipeline.audits.home import Home
from audit_pipeline.lineage.destinations import http  # noqa: F401 (once, and not in each fork)
from audit_pipeline.lineage.shipper import Patience
from audit_pipeline.stages.lineage.shipping import ship

PATIENCE = Patience(batch=20, lease=0.15, first=0.01, longest=0.01)


def main() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    home = Home(Path(sys.argv[1]))
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            while ship(home, 10, at_once=True, patience=PATIENCE).waiting:
                time.sleep(0.02)
            os._exit(0)
        print(pid, flush=True)  # noqa: T201 (to the test)


if __name__ == "__main__":
    main()
