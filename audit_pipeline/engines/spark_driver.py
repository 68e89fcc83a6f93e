"""Spark's driver: a Java process of ours, working alone or with a cluster."""

import contextlib
import os
import subprocess
import tempfile
import time
import traceback
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from audit_pipeline.audits.home import use_java
from audit_pipeline.engines.base import DroppedError, EngineError
from audit_pipeline.engines.java import find_java
from audit_pipeline.engines.spark_errors import condition_of
from audit_pipeline.engines.spark_reach import need_listener

# ruff: noqa: PLC0415 (Spark is imported when it is used)
# ruff: noqa: SLF001 (pyspark has no public way to start, watch and end its Java process)

Session = Any
PORT = 7077
WAREHOUSE = "audit-pipeline-spark-warehouse"
"""The one folder, always empty, for tables that nobody makes: else Spark makes it where it runs."""
EXECUTOR_SECONDS = 60
END_SECONDS = 10
MOMENT = 2.0
TAIL = 20_000
SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",  # it would be drawn into our own output
    "spark.log.level": "ERROR",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
}
ENDED = "Spark's Java process ended while it was started (has it the memory?)"
BUSY = "this process has a Spark session of its own; stop it, or audit in another process"
LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}


def start_driver(master: str, options: Mapping[str, str]) -> Session:
    """Return a session of a new driver, whose executors are there.

    Raises:
        EngineError: There is no Java, nobody listens at the master, or it gives no executor.
        DroppedError: Its Java process ran, and ended before there was a session.
    """
    local = master.startswith("local")
    if master.startswith("spark://"):
        _need_master(master)
    settings = SETTINGS | (_alone() if local else {})
    if local or "//127.0.0.1" in master or "//localhost" in master:
        settings |= LOOPBACK
    use_java(find_java())
    settings |= {"spark.sql.warehouse.dir": str(Path(tempfile.gettempdir()) / WAREHOUSE)}
    session = _started(master, settings | dict(options))
    if not local:
        try:
            _need_executor(session, master)
        except EngineError:
            raise
        except Exception:  # noqa: BLE001 (whatever it is: Spark is no more)
            end_driver(session)
            raise DroppedError(ENDED) from None
    return session


def runs(session: Session) -> bool:
    """Return whether a driver is alive and has not been stopped."""
    from pyspark import SparkContext

    context, gateway = session.sparkContext, SparkContext._gateway
    try:
        alive = gateway is not None and gateway.proc.poll() is None and context._jsc is not None
        return bool(alive and not context._jsc.sc().isStopped())
    except Exception:  # noqa: BLE001 (whatever it is: it does not answer)
        return False


def end_driver(session: Session | None) -> None:
    """End the session and its Java process, which may be dead already."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    if session is not None and runs(session):
        with contextlib.suppress(Exception):
            session.stop()
    gateway = SparkContext._gateway
    SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
    SparkSession._instantiatedSession = None
    if gateway is not None:
        with contextlib.suppress(Exception):
            gateway.shutdown()
        _end(gateway.proc)


def _end(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(OSError):
        process.stdin.close()  # type: ignore[union-attr]  # the sign to end
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _started(master: str, settings: Mapping[str, str]) -> Session:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    if SparkContext._active_spark_context is not None:
        raise EngineError(BUSY)
    end_driver(None)  # of a session that was stopped: its Java process would be taken for ours
    conf = SparkConf(loadDefaults=False).setMaster(master).setAppName("audit-pipeline")
    conf.setAll(list(settings.items()))
    with tempfile.TemporaryFile() as log:
        gateway = None
        try:
            gateway = launch_gateway(conf, {"stdout": log, "stderr": log})  # type: ignore[no-untyped-call]
            context = SparkContext(conf=conf, gateway=gateway)
        except Exception as error:  # noqa: BLE001 (told in our words)
            ended = gateway is not None and _has_ended(gateway.proc, error)
            end_driver(None)
            _let_go(gateway, error)
            if ended:
                raise DroppedError(ENDED) from None
            raise EngineError(_why(error, log, master)) from None
    return SparkSession(context)


def _let_go(gateway: Any, error: Exception) -> None:  # noqa: ANN401 (PySpark ships no types)
    """End a Java process that came to no session; of one that ended itself, close the pipe."""
    if gateway is not None:
        _end(gateway.proc)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # PySpark leaves it open in its frames
        traceback.clear_frames(error.__traceback__)


def _has_ended(process: "subprocess.Popen[bytes]", error: Exception) -> bool:
    kind = type(error).__name__
    if kind == "Py4JError":  # it gave no answer: that it was killed takes a moment to be seen
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(MOMENT)
    lost = isinstance(error, ConnectionError) or kind == "Py4JNetworkError"
    return lost or process.poll() is not None


def _why(error: Exception, log: IO[bytes], master: str) -> str:
    log.seek(max(0, log.seek(0, os.SEEK_END) - TAIL))
    said = log.read().decode(errors="replace")
    name = condition_of(error)
    if name == "JAVA_GATEWAY_EXITED":
        found = condition_of(Exception(said))
        return (
            f"Spark's Java process ended at its start ({found}): are the engine's `options` right,"
            " and is there memory for it?"
        )
    return f"Spark could not be started on {master} ({name}): are the engine's `options` right?"


def _alone() -> dict[str, str]:
    return {"spark.sql.shuffle.partitions": str(max(2, os.cpu_count() or 2))}


def _need_master(master: str) -> None:
    """Let a standalone cluster pass of which one master can be reached."""
    refused: EngineError | None = None
    for each in master.removeprefix("spark://").split(","):
        host, _, port = each.rpartition(":")
        try:
            need_listener(
                host or each, int(port) if port.isdigit() else PORT, f"the Spark master {master}"
            )
        except EngineError as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def _need_executor(session: Session, master: str) -> None:
    """Wait for the first executor: without one, Spark would wait for ever."""
    until = time.monotonic() + EXECUTOR_SECONDS
    status = session.sparkContext._jsc.sc()
    while status.getExecutorMemoryStatus().size() < 2:  # noqa: PLR2004 (the driver counts as one)
        if time.monotonic() > until:
            end_driver(session)
            raise EngineError(
                f"{master} gave no executor within {EXECUTOR_SECONDS} seconds: are its workers up,"
                " and have they cores and memory to spare (`spark.executor.memory` and"
                " `spark.cores.max` in the engine's `options`)?"
            )
        time.sleep(0.1)
