"""Sources and columns in Dagster's own words."""

from pathlib import Path
from typing import Any

import dagster as dg
import pyarrow as pa
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.build import build_definitions
from audit_pipeline.defs.columns import columns_of_baseline
from audit_pipeline.defs.jobs import assets_of
from audit_pipeline.defs.linking import code, key_of, link
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.domain.lineage import Dataset
from audit_pipeline.domain.record import StageRecord
from audit_pipeline.stages.lineage import showing
from audit_pipeline.stages.revision import StageResult
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.defs.homes import small_audit, write_audit
from audit_pipeline_tests.stages import small

SECRET = "Zzyzx"  # noqa: S105 (a value of a row, looked for in what is shown)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    (tmp_path / "audits").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return Home(tmp_path)


def repository(home: Home) -> dg.RepositoryDefinition:
    return build_definitions(home).get_repository_def()


def outside(home: Home) -> dict[str, Any]:
    """Return the assets that are read only, by their key."""
    nodes = repository(home).asset_graph.asset_nodes
    return {node.key.to_user_string(): node for node in nodes if node.is_external}


@pytest.mark.parametrize(
    ("dataset", "key"),
    [
        (Dataset("audit_pipeline", "loans.drift"), "loans/drift"),
        (
            Dataset("audit_pipeline", "loans.source.table"),
            "source/audit_pipeline/loans/source/table",
        ),
        (
            Dataset("postgres://db:5432", "main.public.loans"),
            "source/postgres_db_5432/main/public/loans",
        ),
        (Dataset("file", "/rows"), "source/file/rows"),
    ],
)
def test_a_key_says_what_it_is_of(dataset: Dataset, key: str) -> None:
    assert key_of(dataset).to_user_string() == key


def test_names_of_any_characters_have_keys_of_plain_ones_and_none_are_confused() -> None:
    names = ["/a/day=%Y-%m/p art*.parquet", "/a/day=%Y_%m/p_art*.parquet", "/b/🦆.csv", "/c/🦆.csv"]
    keys = [key_of(Dataset("file", name)) for name in names]

    assert len(set(keys)) == len(names)
    assert all(part.isascii() and part.replace("_", "").isalnum() for k in keys for part in k.path)
    hosts = [key_of(Dataset(f"postgres://{host}", "t")) for host in ("a-b", "a.b")]
    assert hosts[0] != hosts[1]


def test_markdown_shows_odd_names_as_they_are() -> None:
    assert code("a`b") == "`` a`b ``"
    assert link(Dataset("file", "/a/b_[c].csv")).startswith(
        r"[b\_\[c\].csv](/assets/source/file/a/"
    )


def test_two_audits_that_read_one_table_have_one_source_upstream(home: Home) -> None:
    for name in ("one", "two"):
        write_audit(home.path, small_audit(name))
    graph = repository(home).asset_graph
    sources = outside(home)

    (current,) = [key for key in sources if "current_parquet" in key]
    assert len(sources) == 2
    children = {key.to_user_string() for key in sources[current].child_keys}
    assert children == {"one/snapshot", "two/snapshot"}
    schema = sources[current].metadata["dagster/column_schema"]
    (weight,) = [column for column in schema.columns if column.name == "weight"]
    assert "[one / snapshot](/assets/one/snapshot)" in weight.description
    assert weight.type == "numeric"
    assert graph.get(dg.AssetKey(["one", "snapshot"])).is_partitioned


def test_no_job_and_no_click_on_all_of_it_takes_sources_along(home: Home) -> None:
    write_audit(home.path, small_audit("one"))
    for job in repository(home).get_all_jobs():
        executable = job.asset_layer.executable_asset_keys
        assert not [key for key in executable if key.path[0] in {"source", "model"}]


def test_sources_that_cannot_be_named_here_do_not_keep_audits_from_loading(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_URL", raising=False)
    asked = {"table": "orders"}, {"query": "SELECT * FROM orders o JOIN ( -- broken"}
    for n, table in enumerate(asked):
        far = {"table": {"kind": "sql", "url_env": "NO_SUCH_URL", **table}}
        write_audit(home.path, small_audit(f"far_{n}", current=far))

    sources = outside(home)

    assert "source/audit_pipeline/far_0/source/table" in sources
    assert dg.AssetKey(["far_1", "evidence"]) in repository(home).asset_graph.get_all_asset_keys()


def run(home: Home) -> dict[str, dict[str, Any]]:
    """Audit January; return what the UI shows of each asset."""
    audit = load_audit_file(home, small.NAME).audit
    job = build_definitions(home).resolve_job_def(job_name(audit))
    with dg.DagsterInstance.ephemeral() as instance:
        done = job.execute_in_process(
            instance=instance, partition_key=small.JANUARY, asset_selection=assets_of(audit)
        )
    assert done.success
    made = [event.materialization for event in done.get_asset_materialization_events()]
    return {str(m.asset_key.path[-1]): {k: v.value for k, v in m.metadata.items()} for m in made}


def test_what_a_run_made_has_the_schema_and_the_lineage_of_its_columns_and_no_value(
    home: Home,
) -> None:
    regions = pa.array([SECRET] * small.ROWS)
    small.write_home(home.path, current=small.changed(small.people(), region=regions))

    shown = run(home)

    of = {name: each["dagster/column_lineage"].deps_by_column for name, each in shown.items()
          if "dagster/column_lineage" in each}  # fmt: skip
    assert set(of) == set(showing.SHOWN) - {"explanations"}  # there is no model
    (source,) = of["snapshot"]["income"]
    assert source.column_name == "income"
    assert source.asset_key.to_user_string() in outside(home)
    assert {dep.column_name for dep in of["snapshot"]["all rows"]} == {"all rows", "day"}
    psi = of["drift"]["population_stability_index(income)"]
    assert {dep.asset_key.path[-1] for dep in psi} == {"profile", "baseline"}
    checks = {(dep.asset_key.path[-1], dep.column_name) for dep in of["verdicts"]["verdict"]}
    assert ("drift", "population_stability_index(income)") in checks
    for name, deps in of.items():
        told = {column.name for column in shown[name]["dagster/column_schema"].columns}
        assert set(deps) == told
    assert SECRET not in repr([(of, shown[n]["dagster/column_schema"]) for n, of in of.items()])


def test_columns_that_cannot_be_shown_are_said_without_a_value_and_nothing_is_raised(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError(SECRET)

    write_audit(home.path, small_audit("one"))
    monkeypatch.setattr(showing, "columns_shown", broken)
    result = StageResult(
        record=StageRecord(asset="baseline", status="done"),
        facts=dict.fromkeys(("first", "last"))
        | {"fingerprint": "f", "rows": 1, "labelled rows": 0}
        | {"columns": {}, "predictions from": "log"},
    )

    shown = columns_of_baseline(load_audit_file(home, "one").audit, result)

    assert str(shown["columns"].value).startswith("cannot be shown: ValueError")
    assert SECRET not in repr(shown) + caplog.text
    assert "cannot be shown" in caplog.text
