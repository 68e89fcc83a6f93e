"""The only module that imports Great Expectations. It takes seconds: import this one late.

What the import would do to the rest of the process is undone here.
"""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

# read at import; releases before 1.24 reported how they were used
os.environ["GX_ANALYTICS_ENABLED"] = "false"  # noqa: TID251 (written, not read)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports modules that Python deprecates
    import great_expectations as gx
    from great_expectations.compatibility.pydantic import PrivateAttr
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.data_context.types.base import ProgressBarsConfig
    from great_expectations.datasource.fluent.interfaces import Batch
    from great_expectations.datasource.fluent.spark_datasource import SparkDatasource
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource, TableAsset
    from great_expectations.exceptions.exceptions import MetricProviderError, MetricResolutionError
    from great_expectations.execution_engine.execution_engine import ExecutionEngine
    from great_expectations.execution_engine.sparkdf_execution_engine import SparkDFExecutionEngine
    from great_expectations.execution_engine.sqlalchemy_execution_engine import (
        SqlAlchemyExecutionEngine,
    )
    from great_expectations.expectations.expectation import (
        ColumnMapExpectation,
        ColumnPairMapExpectation,
        Expectation,
        MulticolumnMapExpectation,
    )
    from great_expectations.expectations.registry import (
        get_expectation_impl,
        get_metric_provider,
        list_registered_expectation_implementations,
    )

    # it sends every Python warning of the process to the log, where nobody sees them
    logging.captureWarnings(capture=False)

# what it logs may hold values from the rows; a failure comes back as the reason of a gap
logging.getLogger("great_expectations").addHandler(logging.NullHandler())
logging.getLogger("great_expectations").propagate = False


@contextmanager
def quiet() -> Iterator[None]:
    """Silence that row conditions as text are deprecated: YAML has no other short form."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


__all__ = [
    "Batch",
    "ColumnMapExpectation",
    "ColumnPairMapExpectation",
    "ExecutionEngine",
    "Expectation",
    "ExpectationSuite",
    "ExpectationValidationResult",
    "MetricProviderError",
    "MetricResolutionError",
    "MulticolumnMapExpectation",
    "PrivateAttr",
    "ProgressBarsConfig",
    "SQLDatasource",
    "SparkDFExecutionEngine",
    "SparkDatasource",
    "SqlAlchemyExecutionEngine",
    "TableAsset",
    "get_expectation_impl",
    "get_metric_provider",
    "gx",
    "list_registered_expectation_implementations",
    "quiet",
]
