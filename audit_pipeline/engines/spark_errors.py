"""What Spark's errors mean, in words that quote nothing of the rows.

Spark puts the very value it stumbles over into its messages. Passed on are only the names that it
gives to its kinds of error, such as `CAST_OVERFLOW`.
"""

import logging
import re
from collections.abc import Mapping

from audit_pipeline.engines.base import DroppedError, EngineError

# ruff: noqa: PLC0415 (Spark is imported when it is used)

QUOTING = "SQLQueryContextLogger", "DataFrameQueryContextLogger"
"""Loggers that would write every message, values and all, to the terminal."""
OF_SPARK = ("pyspark", "py4j", "grpc")
CONDITION = re.compile(r"\[([A-Z][A-Z0-9_]*(?:\.[A-Z][A-Z0-9_]*)*)\]")
JAVA = re.compile(r"\b(?:[a-z]\w*\.)+([A-Z]\w*(?:Exception|Error))\b")
GONE = re.compile(
    r"INVALID_HANDLE\.SESSION|SESSION_CLOSED|stopped SparkContext|SparkContext was shut down"
    r"|SparkContext has been shutdown|Answer from Java side is empty|StatusCode\.UNAVAILABLE"
    r"|Connection refused|Socket closed"
)
MEANINGS: Mapping[str, str] = {
    "PATH_NOT_FOUND": "a file is not where Spark looks: must its workers see the same folders?",
    "FAILED_READ_FILE": "a file cannot be read: is it damaged, gone, or of other types?",
    "CANNOT_READ_FILE_FOOTER": "a file is damaged, or cut short: is it still being written?",
    "TABLE_OR_VIEW_NOT_FOUND": "there is no such table or view in its catalogue",
    "UNRESOLVED_COLUMN": "a column is not there",
    "PARSE_SYNTAX_ERROR": "the query is no SQL as Spark knows it",
    "CAST_INVALID_INPUT": "a text in a column is not of the type it is wanted as",
    "CAST_OVERFLOW": "a number is too large for the type it is wanted as",
    "ARITHMETIC_OVERFLOW": "a number became too large",
    "NUMERIC_VALUE_OUT_OF_RANGE": "a number became too large",
    "OutOfMemoryError": "its memory does not suffice: raise `spark.driver.memory` or"
    " `spark.executor.memory` in the engine's `options`",
    "ExecutorLostFailure": "its workers were lost again and again: see the cluster's logs",
}


def keep_values_in() -> None:
    """Switch off what Spark logs in this process: it quotes rows."""
    from pyspark.logger import PySparkLogger

    for name in QUOTING:
        PySparkLogger.getLogger(name).disabled = True
    for name in ("py4j", "py4j.clientserver", "py4j.java_gateway"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def is_of_spark(error: BaseException) -> bool:
    """Return whether an error is Spark's, or of the way to it."""
    root = type(error).__module__.partition(".")[0]
    return root in OF_SPARK or isinstance(error, ConnectionError)


def is_lost(error: BaseException) -> bool:
    """Return whether an error says that the session is no more."""
    if isinstance(error, ConnectionError) or type(error).__name__ == "Py4JNetworkError":
        return True
    return GONE.search(str(error)) is not None


def in_our_words(error: BaseException, *, lost: bool) -> EngineError | DroppedError:
    """Return an error of Spark as one of ours; where the session is lost, it is worth a retry."""
    if lost:
        return DroppedError("the session of Spark ended while it was used")
    text = str(error)
    meant = next((ours for theirs, ours in MEANINGS.items() if theirs in text), None)
    name = condition_of(error)
    if meant is None:
        return EngineError(f"Spark failed with {name}: its own log says more")
    return EngineError(f"Spark failed ({name}): {meant}")


def condition_of(error: BaseException) -> str:
    """Return what Spark calls a kind of error, such as `CAST_OVERFLOW`."""
    named = getattr(error, "getCondition", lambda: None)()
    if named:
        return str(named)
    text = str(error)
    if found := CONDITION.search(text):
        return found[1]
    raised = JAVA.findall(text)
    return raised[-1] if raised else type(error).__name__
