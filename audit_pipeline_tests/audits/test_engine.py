"""What an audit file may say of its engine."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from audit_pipeline.audits.engine import DuckDBEngine, Engine, PostgresEngine, SparkEngine

ENGINE: TypeAdapter[Any] = TypeAdapter(Engine)


def test_the_name_of_an_engine_alone_will_do() -> None:
    assert ENGINE.validate_python("duckdb") == DuckDBEngine()
    assert ENGINE.validate_python("postgres") == PostgresEngine(kind="postgres")
    assert ENGINE.validate_python("spark") == SparkEngine(kind="spark")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("oracle", "does not match any of the expected tags: 'duckdb', 'postgres', 'spark'"),
        (["spark"], "write duckdb, postgres or spark, or a `kind` and its settings"),
        ({"kind": "duckdb", "memory_limit": "much"}, "should match pattern"),
        ({"kind": "spark", "master": "10.0.0.1"}, "should match pattern"),
        ({"kind": "spark", "remote": "http://h"}, "should match pattern"),
        ({"kind": "spark", "master": "local", "remote": "sc://h"}, "with `remote`, not both"),
        ({"kind": "postgres", "url": "postgresql://h/d"}, "Extra inputs are not permitted"),
        (
            {"kind": "spark", "options": {"spark.hadoop.fs.s3a.secret.key": "x"}},
            "take 'spark.hadoop.fs.s3a.secret.key' out: secrets never stand in an audit file",
        ),
    ],
)
def test_what_is_no_engine_is_refused_in_words(said: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message.replace("(", "\\(")):
        ENGINE.validate_python(said)
