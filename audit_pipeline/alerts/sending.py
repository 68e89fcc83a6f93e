"""Send messages through the child that holds Apprise, and hear what became of them in time."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self, cast
from uuid import uuid4

from audit_pipeline.alerts.message import Message
from audit_pipeline.audits.home import child_environment

ROOT = Path(__file__).parents[2]
DIED = "the process that sends ended by itself"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a message: `problem` is None once it was taken.

    `incident` tells that its service holds an incident open, until it is told of the end; `partly`
    why some recipients of an address that has several did not take it.
    """

    id: str
    problem: str | None
    incident: bool = False
    partly: str | None = None


@dataclass(slots=True)
class Sender:
    """A child that sends; it lives as long as the `with` does, whatever hangs in it."""

    _process: "subprocess.Popen[bytes] | None" = None
    _answers: "queue.Queue[Answer | None]" = field(
        default_factory=lambda: cast("queue.Queue[Answer | None]", queue.Queue())
    )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                cast("IO[bytes]", pipe).close()

    def send(self, channel: str, message: Message, *, key: str = "", closes: str = "") -> str:
        """Begin to send a message to the address that a variable holds; return its id.

        A service that holds incidents open opens one by the `key`, or ends that which it `closes`.
        """
        begun = uuid4().hex
        about = {"id": begun, "channel": channel, "key": key or begun, "closes": closes}
        line = json.dumps(about | message.as_json()) + "\n"
        try:
            requests = cast("IO[bytes]", self._started().stdin)
            requests.write(line.encode())
            requests.flush()
        except OSError:  # it ended: `next` says so
            self._answers.put(Answer(begun, DIED))
        return begun

    def next(self, until: float) -> Answer | None:
        """Return the next answer; None if there is none until a monotonic time.

        Raises:
            ChildProcessError: The child ended by itself; what it sent last is not known.
        """
        try:
            answer = self._answers.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            return None
        if answer is None:
            raise ChildProcessError(DIED)
        return answer

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            known = child_environment()
            path = os.pathsep.join(filter(None, (str(ROOT), known.get("PYTHONPATH"))))
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-W", "ignore", "-m", "audit_pipeline.alerts.door"],
                env=known | {"PYTHONPATH": path},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the parent, which ends it
            )
            threading.Thread(target=self._listen, args=(self._process,), daemon=True).start()
        return self._process

    def _listen(self, process: "subprocess.Popen[bytes]") -> None:
        try:
            for line in cast("IO[bytes]", process.stdout):
                said: dict[str, Any] = json.loads(line)
                self._answers.put(Answer(**said))
        except ValueError:  # closed under it, or torn: it ended
            pass
        self._answers.put(None)
