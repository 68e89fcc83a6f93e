"""One audit on DuckDB, a real PostgreSQL and a real Spark cluster gives one answer."""

import math
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.engines.spark_session import forget
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages import work
from audit_pipeline.stages.revision import load_profile
from audit_pipeline_tests.engines.spark_servers import OPTIONS, Cluster
from audit_pipeline_tests.stages.loaded import in_postgres, load
from audit_pipeline_tests.stages.small import (
    JANUARY,
    NAME,
    Audited,
    audit,
    begin,
    changed,
    columns,
    judged,
    make_baseline,
    people,
    settings,
    write_home,
)

ROWS = 1500
RUNS = {"plain": 6, "weighted": 2}
"""How often each of the two audits is run; the second has weights, zoned times and latencies."""
ENGINES = ("duckdb", "postgres", "spark")
NARROW = 1e-9
"""How far apart two engines' floating-point numbers may be, as a share."""
FEATURES = {"income": "numeric", "debt": "numeric", "region": "categorical", "terms": {}}
RULES = [
    {"expect": "expect_column_values_to_not_be_null", "kwargs": {"column": "income"}},
    {"expect": "expect_column_values_to_be_between", "kwargs": {"column": "debt", "min_value": 0}},
    {
        "expect": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "region", "value_set": ["north"]},
    },
]


def odd(month: date, seed: int) -> pa.Table:
    """Return loans with what engines like to differ on: NaN, null, infinity, zeros, odd names."""
    draw = np.random.default_rng(seed)
    rows = people(ROWS, month, seed)
    income = rows["income"].to_pylist()
    income[:60] = [None] * 40 + [math.nan] * 15 + [math.inf] * 3 + [-math.inf] * 2
    region = rows["region"].to_pylist()
    region[:30] = [None] * 20 + ["Ångström", "", " north", "NORTH", "a'b", 'a"b'] + ["x" * 300] * 4
    score = rows["score"].to_pylist()
    score[100:130] = [None] * 20 + [math.nan] * 5 + [0.0, 1.0, 0.5, 1e-12, 1 - 1e-12]
    repaid = rows["repaid"].to_pylist()
    repaid[::7] = [None] * len(repaid[::7])
    debt = draw.lognormal(3, 2, ROWS) * (draw.uniform(0, 1, ROWS) < 0.3)
    return changed(
        rows,
        income=income,
        region=region,
        score=score,
        approved=None,  # made of score and threshold, by each engine
        repaid=repaid,
        debt=debt,
        terms=draw.choice([12, 24, 36, 60], ROWS),
    )


def weighted(month: date, seed: int) -> pa.Table:
    """Return the same with a weight a row, latencies, and times around midnight in Berlin."""
    draw = np.random.default_rng(seed + 10)
    start = datetime(month.year, month.month, 1, tzinfo=UTC).timestamp() - 7200
    seconds = np.concatenate([np.arange(0, 7200, 100), draw.integers(0, 30 * 86_400, ROWS)])[:ROWS]
    days = pa.array(((start + seconds) * 1_000_000).astype(np.int64), pa.timestamp("us", "UTC"))
    weights = draw.lognormal(0, 2, ROWS)
    weights[:50] = [0.0] * 40 + [1e-12] * 5 + [1e6] * 5
    latency = draw.lognormal(3, 1, ROWS)
    return changed(odd(month, seed), day=days, weight=weights, latency=latency)


@dataclass(frozen=True)
class Answer:
    """What one engine said, several times."""

    runs: tuple[Audited, ...]
    profile: Profile


@dataclass(frozen=True)
class Places:
    """Where each engine finds the tables, as an audit file says it."""

    engines: Mapping[str, Any]
    tables: Mapping[str, Mapping[str, Any]]

    def home(self, engine: str, case: str, folder: Path) -> Home:
        """Return a folder with the audit of one case on one engine."""
        where = self.tables[engine]
        sides = {
            "current": {"table": where[f"{case}_loans"]},
            "baseline": {"table": where[f"{case}_approved_on"]},
        }
        changes: dict[str, Any] = {"features": FEATURES, "groups": ["sex", "region"]}
        window = {"every": "month", "start": "2024-01-01"}
        if case == "weighted":
            changes |= {"weight": "weight", "latency": "latency"}
            window["timezone"] = "Europe/Berlin"
        said = settings(columns=columns(**changes), rules=RULES, window=window, **sides)
        return write_home(folder, said | {"engine": self.engines[engine]})


@pytest.fixture(scope="module")
def places(
    postgres_url: str, spark_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    made = {"plain": odd, "weighted": weighted}
    tables = {f"{case}_loans": rows(date(2024, 1, 1), 1) for case, rows in made.items()}
    tables |= {f"{case}_approved_on": rows(date(2023, 12, 1), 0) for case, rows in made.items()}
    folder = tmp_path_factory.mktemp("files")
    for name, table in tables.items():
        pq.write_table(table, folder / f"{name}.parquet")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        load(connection, tables)
    files = {name: {"kind": "parquet", "path": str(folder / f"{name}.parquet")} for name in tables}
    options = OPTIONS | {"spark.sql.shuffle.partitions": "2"}  # for one of 200 it is too small
    spark = {"kind": "spark", "master": spark_cluster.master, "options": options}
    yield Places(
        engines={"duckdb": "duckdb", "postgres": "postgres", "spark": spark},
        tables={
            "duckdb": files,
            "postgres": in_postgres(postgres_url, *tables),
            "spark": files,
        },
    )
    forget()


Answers = Mapping[str, Mapping[str, Answer]]


@pytest.fixture(scope="module")
def answers(
    places: Places, spark_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Answers:
    """Return what each engine answers in each case; once an executor is killed in the middle."""
    found: dict[str, dict[str, Answer]] = {case: {} for case in RUNS}
    for engine, case in product(ENGINES, RUNS):
        home = places.home(engine, case, tmp_path_factory.mktemp(f"{engine}-{case}"))
        killed = (engine, case) == ("spark", "plain")
        runs = [audit(home, again=bool(n)) for n in range(RUNS[case] - killed)]
        if killed:
            runs.append(broken(home, spark_cluster))
        profile = load_profile(home.private / NAME / "windows" / JANUARY / "1")
        assert profile is not None
        found[case][engine] = Answer(runs=tuple(runs), profile=profile)
    return found


def broken(home: Home, cluster: Cluster) -> Audited:
    """Audit again, and kill an executor while the rows are counted."""
    run = begin(home, again=True)
    make_baseline(home, run.file)
    taken = work.snapshot(run)
    with one_killed(cluster):
        work.profile(run)
    return judged(run, taken)


@contextmanager
def one_killed(cluster: Cluster) -> Iterator[None]:
    """Kill an executor shortly after the block began."""
    killed = threading.Event()

    def kill() -> None:
        time.sleep(0.5)
        os.kill(cluster.executors()[0], signal.SIGKILL)
        killed.set()

    killer = threading.Thread(target=kill)
    killer.start()
    yield
    assert killed.is_set(), "it was counted before an executor could be killed"
    killer.join()


@pytest.mark.parametrize("case", RUNS)
def test_all_runs_give_the_same_measurements_byte_for_byte_on_each_engine(
    answers: Answers, case: str
) -> None:
    for engine in ENGINES:
        runs = answers[case][engine].runs
        assert [run.red for run in runs] == [None] * RUNS[case]
        assert len({run.measurements for run in runs}) == 1, engine
        assert {run.record["snapshot"]["engine"].split()[0] for run in runs} == {engine}


def integers(of: object, path: str = "") -> Iterator[tuple[str, int]]:
    """Yield every whole number of a profile, and where it stands."""
    if isinstance(of, bool):
        return
    if isinstance(of, int):
        yield path, of
    elif isinstance(of, Mapping):
        for name, each in of.items():
            yield from integers(each, f"{path}/{name}")
    elif isinstance(of, list | tuple):
        for number, each in enumerate(of):
            yield from integers(each, f"{path}/{number}")


def test_the_weighted_audit_is_of_a_month_in_berlin(answers: Answers) -> None:
    found = answers["weighted"]["duckdb"].profile
    times = weighted(date(2024, 1, 1), 1)["day"].to_numpy()
    within = int((times >= np.datetime64("2023-12-31T23:00")).sum())
    assert within < ROWS
    assert found.rows + found.zero_weight == within
    assert found.zero_weight
    assert found.volume is not None
    assert min(found.volume) == "2023-12-31T23"
    assert "latency" in found.columns


@pytest.mark.parametrize("case", RUNS)
def test_all_counts_are_equal_on_all_engines(answers: Answers, case: str) -> None:
    counts = {name: dict(integers(asdict(answers[case][name].profile))) for name in ENGINES}
    assert counts["duckdb"]["/rows"] > ROWS - 100
    for engine in ENGINES[1:]:
        differing = {
            path: (counts["duckdb"].get(path), counts[engine].get(path))
            for path in counts["duckdb"] | counts[engine]
            if counts["duckdb"].get(path) != counts[engine].get(path)
        }
        assert not differing, (engine, len(differing), dict(list(differing.items())[:10]))


@pytest.mark.parametrize("case", RUNS)
@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_measured_value_is_within_the_stated_bounds(
    answers: Answers, engine: str, case: str
) -> None:
    of = answers[case]
    ours, theirs = of["duckdb"].runs[0].outcomes, of[engine].runs[0].outcomes
    assert [o["check"] for o in ours] == [o["check"] for o in theirs]
    for one, other in zip(ours, theirs, strict=True):
        about = one["check"]["name"], one["check"]["subject"]
        assert (one["verdict"], bool(one["measurement"])) == (
            other["verdict"],
            bool(other["measurement"]),
        ), (about, one["reason"], other["reason"])
        if one["measurement"] is None:
            continue
        first, second = one["measurement"], other["measurement"]
        for count in ("rows", "used", "left_out"):
            assert first["coverage"][count] == second["coverage"][count], about
        bound = first["coverage"]["error_bound"] + second["coverage"]["error_bound"]
        near = bound + NARROW * max(1.0, abs(first["value"]))
        assert abs(first["value"] - second["value"]) <= near, about
