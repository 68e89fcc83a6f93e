"""What OpenLineage calls databases and their tables, by the database's URL: it is never asked.

The rules know no SQLite. As dbt calls a file of DuckDB, one is a data source of its own,
`sqlite:///folder/loans.db`, and a table in it goes by its bare name. It does not go by `file`: all
tables of a database would be one dataset then.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.sources.databases.address import FILE, Address

SEARCH_PATH = re.compile(r"search_path\s*=\s*\"?([^\s,\"]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What holds tables: its namespace, and what a table's name leaves out there.

    `above` are the database and schema of a name that says neither, empty where they are not known;
    `dialect` is sqlglot's name of its SQL.
    """

    namespace: str
    above: tuple[str, ...] = ()
    dialect: str = ""

    def dataset(self, parts: tuple[str, ...]) -> Dataset:
        """Return the dataset that a table is, by the parts of its name.

        >>> bank = Place(namespace="postgres://db:5432", above=("bank", "public"))
        >>> bank.dataset(("loans",)).name, bank.dataset(("lending", "loans")).name
        ('bank.public.loans', 'bank.lending.loans')
        """
        missing = self.above[: max(0, len(self.above) + 1 - len(parts))]
        return Dataset(self.namespace, ".".join(part for part in (*missing, *parts) if part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How places of a kind are named: OpenLineage's scheme, the usual port, what is left out."""

    scheme: str
    port: int | None = None
    dialect: str = ""
    above: Callable[[SplitResult], tuple[str, ...]]
    host: Callable[[SplitResult], str] | None = None


def _levels(*usual: str) -> Callable[[SplitResult], tuple[str, ...]]:
    """Return what reads as many levels from a URL's path, `usual` standing for those not there."""

    def above(url: SplitResult) -> tuple[str, ...]:
        said = [unquote(part) for part in url.path.split("/") if part][: len(usual)]
        return (*said, *usual[len(said) :])

    return above


def _postgres(url: SplitResult) -> tuple[str, ...]:
    options = dict(parse_qsl(url.query))
    path = unquote(url.path.strip("/")) or options.get("dbname", "")
    first = SEARCH_PATH.search(options.get("options", ""))
    return (path, first[1] if first else "public")


def _named(*levels: tuple[str, str]) -> Callable[[SplitResult], tuple[str, ...]]:
    """Return what reads levels from a URL's options: each is one's name, and the usual value."""

    def above(url: SplitResult) -> tuple[str, ...]:
        options = dict(parse_qsl(url.query))
        return tuple(options.get(name, usual) for name, usual in levels)

    return above


def _bigquery(url: SplitResult) -> tuple[str, ...]:
    return (_host(url), unquote(url.path.strip("/")))


def _redshift(url: SplitResult) -> str:
    """Return cluster and region of a host of Amazon's, as the rule has it; else the host."""
    host = _host(url)
    found = re.fullmatch(r"([^.]+)\.[^.]+\.([^.]+)\.redshift\.amazonaws\.com(\.cn)?", host)
    return f"{found[1]}.{found[2]}" if found else host


def _snowflake(url: SplitResult) -> str:
    return _host(url).removesuffix(".snowflakecomputing.com")


def _athena(url: SplitResult) -> str:
    region = _option(url, "region_name") or _host(url)
    return f"athena.{region}.amazonaws.com"


KINDS: Mapping[str, Kind] = {
    "postgresql": Kind(scheme="postgres", port=5432, dialect="postgres", above=_postgres),
    "redshift": Kind(
        scheme="redshift", port=5439, dialect="redshift", above=_postgres, host=_redshift
    ),
    "materialize": Kind(
        scheme="materialize", port=6875, dialect="materialize", above=_levels("", "public")
    ),
    "risingwave": Kind(
        scheme="risingwave", port=4566, dialect="risingwave", above=_levels("", "public")
    ),
    "mysql": Kind(scheme="mysql", port=3306, dialect="mysql", above=_levels("")),
    "singlestoredb": Kind(
        scheme="singlestore", port=3306, dialect="singlestore", above=_levels("")
    ),
    "clickhouse": Kind(
        scheme="clickhouse", port=8123, dialect="clickhouse", above=_levels("default")
    ),
    "mssql": Kind(scheme="sqlserver", port=1433, dialect="tsql", above=_levels("", "dbo")),
    "oracle": Kind(scheme="oracle", port=1521, dialect="oracle", above=_levels("", "")),
    "snowflake": Kind(
        scheme="snowflake", dialect="snowflake", above=_levels("", "PUBLIC"), host=_snowflake
    ),
    "trino": Kind(scheme="trino", port=8080, dialect="trino", above=_levels("", "default")),
    "databricks": Kind(
        scheme="databricks",
        dialect="databricks",
        above=_named(("catalog", ""), ("schema", "default")),
    ),
    "athena": Kind(
        scheme="awsathena",
        dialect="athena",
        above=_named(("catalog_name", "AwsDataCatalog"), ("schema_name", "default")),
        host=_athena,
    ),
}
"""The rules, by the scheme of Ibis's URLs. Those of Materialize, RisingWave, SingleStore and
ClickHouse are ours, made as their next of kin's; SQL Server's is that of Spark's JDBC."""
BIGQUERY = "bigquery"
OTHER = Kind(scheme="", above=_levels("", ""))


def place_of(address: Address) -> Place:
    """Return what OpenLineage calls a database: without user, password and options.

    >>> place_of(Address(scheme="postgresql", url="postgresql://reader@DB.example.org/bank"))
    Place(namespace='postgres://db.example.org:5432', above=('bank', 'public'), dialect='postgres')
    """
    if address.scheme == FILE:
        file = quote(str(Path.cwd() / address.file))  # without a folder, from where we stand
        return Place(namespace=f"sqlite://{file}", dialect="sqlite")
    url = urlsplit(address.url)
    if address.scheme == BIGQUERY:
        return Place(namespace=BIGQUERY, above=_bigquery(url), dialect=BIGQUERY)
    kind = KINDS.get(address.scheme, OTHER)
    scheme, port = kind.scheme or address.scheme, _port(url) or kind.port
    host = kind.host(url) if kind.host is not None else _host(url)
    host = host or _option(url, "host") or "localhost"
    ended = f":{port}" if port else ""
    return Place(
        namespace=f"{scheme}://{host}{ended}",
        above=kind.above(url),
        dialect=kind.dialect or address.scheme,
    )


def _host(url: SplitResult) -> str:
    """Return the host, the first where there are several; IPv6 in brackets."""
    first = url.netloc.rpartition("@")[2].partition(",")[0]
    if first.startswith("["):
        return first[: first.find("]") + 1].lower()
    return unquote(first.partition(":")[0]).lower()


def _port(url: SplitResult) -> str:
    first = url.netloc.rpartition("@")[2].partition(",")[0].rpartition("]")[2]
    port = first.partition(":")[2] or _option(url, "port")
    return port if port.isdecimal() else ""  # whatever else it is, it is not to be shown


def _option(url: SplitResult, name: str) -> str:
    """Return what an option says, if it is no folder: a socket of this machine has no address."""
    said = dict(parse_qsl(url.query)).get(name, "").partition(",")[0]
    return "" if "/" in said else said.lower()
