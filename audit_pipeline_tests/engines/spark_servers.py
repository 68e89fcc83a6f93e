"""Real servers of Spark on loopback: a standalone master with two workers, and a Connect server."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from audit_pipeline.engines.java import find_java
from audit_pipeline_tests.servers import free_port

START_SECONDS = 180
EXECUTOR = "org.apache.spark.executor.CoarseGrainedExecutorBackend"
MASTER = "org.apache.spark.deploy.master.Master"
WORKER = "org.apache.spark.deploy.worker.Worker"
CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""What makes a Java that lives for seconds start sooner."""
OPTIONS = {
    "spark.executor.memory": "512m",
    "spark.cores.max": "2",
    "spark.driver.extraJavaOptions": QUICK,
}
"""What an audit asks of a cluster as small as this one."""


@dataclass(frozen=True)
class Cluster:
    """A standalone cluster."""

    master: str
    workers: tuple[int, ...]
    """Their process ids."""

    def executors(self) -> list[int]:
        """Return the process ids of the executors that work at this moment."""
        found = []
        for worker in self.workers:
            for child in psutil.Process(worker).children():
                with suppress(psutil.NoSuchProcess):
                    if EXECUTOR in child.cmdline():
                        found.append(child.pid)
        return found


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Run a master and two workers of one core each; end them afterwards."""
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="spark-")))
        here = ["--host", "127.0.0.1", "--webui-port", "0"]
        stack.enter_context(spark_class(folder / "master", [MASTER, *here, "--port", str(port)]))
        listening(port)
        workers = []
        for name in ("one", "two"):
            own = folder / name
            spare = ["--cores", "1", "--memory", "900m", "--work-dir", str(own / "work")]
            process = spark_class(own, [WORKER, *here, *spare, master])
            workers.append(stack.enter_context(process))
        yield Cluster(master=master, workers=tuple(workers))


@contextmanager
def connect_server(port: int | None = None) -> Iterator[tuple[str, int]]:
    """Run a Spark Connect server; yield its address and its process id."""
    port = port or free_port()
    settings = {
        "spark.connect.grpc.binding.port": str(port),
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
    }
    said = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    command = ["org.apache.spark.deploy.SparkSubmit", "--master", "local[2]", *said]
    with tempfile.TemporaryDirectory(prefix="spark-") as folder:
        words = [*command, "--class", CONNECT, "spark-internal"]
        with spark_class(Path(folder), words, memory=600) as process:
            listening(port)
            yield f"sc://127.0.0.1:{port}", process


@contextmanager
def spark_class(folder: Path, words: Sequence[str], memory: int = 200) -> Iterator[int]:
    """Run a class of Spark's; yield its process id, and end that process."""
    import pyspark  # noqa: PLC0415 (only who asks for Spark pays)

    folder.mkdir(parents=True, exist_ok=True)
    program = Path(pyspark.__file__).parent / "bin" / "spark-class"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(program), *words],
            env=os.environ
            | {
                "JAVA_HOME": str(find_java()),
                "JAVA_TOOL_OPTIONS": QUICK,
                "SPARK_DAEMON_MEMORY": f"{memory}m",
                "SPARK_LOCAL_IP": "127.0.0.1",
            },
            cwd=folder,
            stdout=log,
            stderr=log,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def listening(port: int) -> None:
    """Wait until somebody listens on a port of loopback."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nobody listens on {port}")
