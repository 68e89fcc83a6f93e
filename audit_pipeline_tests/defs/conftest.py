from pathlib import Path

import pytest

from audit_pipeline.audits.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home without audits that Dagster finds; the environment says nothing else."""
    home = Home(tmp_path / "home")
    home.audits.mkdir(parents=True)
    monkeypatch.setenv("DAGSTER_HOME", str(home.path))
    for name in ("AUDIT_PIPELINE_STORE_URL", "OPENLINEAGE_URL"):
        monkeypatch.delenv(name, raising=False)
    return home
