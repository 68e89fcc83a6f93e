"""Starts receivers quickly: a process that has imported all, and forks one for each line it reads.

A line is JSON: the `home`, the `key` if senders must know one, the `seconds` it waits for them.
"""

import json
import os
import sys
from pathlib import Path

from audit_pipeline.audits.home import RECEIVER_KEY, Home
from audit_pipeline.lineage.receiver import app, serving
from audit_pipeline.stages.lineage.receiving import served

__all__ = ["serving"]
"""Imported before any receiver starts, which is then quick."""


def main() -> None:
    for line in sys.stdin:
        if os.fork() == 0:
            _receive(**json.loads(line))
            os._exit(0)


def _receive(home: str, key: str = "", seconds: float = 30.0) -> None:
    os.environ[RECEIVER_KEY] = key
    app.SLOWEST = seconds
    served(Home(Path(home)), "127.0.0.1", 0, _tell)


def _tell(address: str, _: object) -> None:
    sys.stdout.write(f"{os.getpid()} {address}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
