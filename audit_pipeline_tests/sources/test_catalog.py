from audit_pipeline.sources.catalog import SOURCES


def test_every_kind_of_source_is_found_by_the_name_of_its_module() -> None:
    assert set(SOURCES) == {
        "csv",
        "delta",
        "http_json",
        "iceberg",
        "json_lines",
        "parquet",
        "spark_table",
        "sql",
    }
