"""Where tables of databases and of Spark's catalogue come from: one table, or those of a query."""

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.base import Origin
from audit_pipeline.sources.databases.settings import SqlTable, address_of
from audit_pipeline.sources.databases.statement import parts_of
from audit_pipeline.sources.origins.paths import origin_of_table
from audit_pipeline.sources.origins.places import Place, place_of
from audit_pipeline.sources.origins.queries import origin_of_query

PATHS = frozenset({"avro", "binaryfile", "csv", "delta", "json", "orc", "parquet", "text"})
"""What stands before a path that Spark reads as a table: ``delta.`/data/loans` ``."""


class SparkPlace(Place):
    """Spark's catalogue; and the files that Spark reads by naming their path."""

    def dataset(self, parts: tuple[str, ...]) -> Dataset:
        """Return the dataset that a table of the catalogue, or a path, is."""
        if len(parts) == 2 and parts[0].lower() in PATHS and "/" in parts[1]:  # noqa: PLR2004
            return origin_of_table(parts[1]).datasets[0]
        return Place.dataset(self, parts)


SPARK = SparkPlace(namespace="spark", above=("spark_catalog", "default"), dialect="spark")
"""OpenLineage names Spark's tables by where they are stored, which only the catalogue knows, and
nobody is asked here: so they go by their names in it, `spark_catalog.lending.loans`."""


def origin_of_sql(settings: SqlTable) -> Origin:
    """Return the table of a database, or what a query rests on. The password is not asked for.

    Raises:
        SourceError: The variable with the URL is not set, or what it holds or the table's name
            cannot be understood.
    """
    place = place_of(address_of(settings.model_copy(update={"password_env": None})))
    if settings.table is not None:
        return Origin(datasets=(place.dataset(parts_of(settings.table)),))
    return origin_of_query(str(settings.query), place)


def origin_of_spark(table: str | None, query: str | None) -> Origin:
    """Return the table of Spark's catalogue, or what a query rests on."""
    if table is not None:
        return Origin(datasets=(SPARK.dataset(tuple(table.split("."))),))
    return origin_of_query(str(query), SPARK)
