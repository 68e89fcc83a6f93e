import pytest
from pydantic import ValidationError

from audit_pipeline.sources.kinds.parquet import ParquetFiles


@pytest.mark.parametrize("key", ["secret_key", "aws_access_key_id", "password", "key", "token"])
def test_a_secret_in_an_audit_file_is_refused_without_its_value(key: str) -> None:
    with pytest.raises(ValidationError, match=f"take '{key}' out: credentials come from") as caught:
        ParquetFiles.model_validate({"path": "s3://b/x", "storage": {key: "hush"}})
    assert "hush" not in caught.value.errors(include_input=False)[0]["msg"]


@pytest.mark.parametrize(
    "path",
    [
        "https://anna:hush@example.org/x.parquet",
        "https://example.org/x.parquet?X-Amz-Signature=hush",
        "abfs://c@a/x?sig=hush",
    ],
)
def test_an_address_with_a_password_or_signature_is_refused(path: str) -> None:
    with pytest.raises(ValidationError, match="take it out; credentials come from"):
        ParquetFiles(path=path)


def test_storage_without_a_store_is_refused() -> None:
    with pytest.raises(ValidationError, match="`storage` is for a path in an object store"):
        ParquetFiles.model_validate({"path": "rows.parquet", "storage": {"region": "eu-west-1"}})


@pytest.mark.parametrize("url", ["minio:9000", "https://anna:hush@minio:9000"])
def test_an_endpoint_that_is_no_address_or_holds_a_password_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match=r"begins with http|holds a password"):
        ParquetFiles.model_validate({"path": "s3://b/x", "storage": {"endpoint_url": url}})
