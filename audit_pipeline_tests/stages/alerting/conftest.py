"""A home of its own for each test, and a way to say who is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline.store.store import Store


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.delenv("AUDIT_PIPELINE_STORE_URL", raising=False)
    return Home(tmp_path)


@pytest.fixture
def store(home: Home) -> Iterator[Store]:
    opened = Store(home.store_url)
    yield opened
    opened.close()


@pytest.fixture
def to(home: Home, monkeypatch: pytest.MonkeyPatch) -> "To":
    return To(home, monkeypatch)


class To:
    """Says who is told: writes `alerts.yml` and sets addresses."""

    def __init__(self, home: Home, patch: pytest.MonkeyPatch) -> None:
        self.home, self.patch = home, patch

    def route(self, name: str, *variables: str, **more: object) -> dict[str, Any]:
        return {"name": name, "to_env": list(variables), **more}

    def file(self, *routes: dict[str, Any], **more: object) -> None:
        said = {"routes": list(routes), "remind_after_days": None} | more
        (self.home.path / "alerts.yml").write_text(yaml.safe_dump(said))

    def one(self, url: str, **more: object) -> None:
        self.patch.setenv("ALERTS_ONE", url)
        self.file(self.route("duty", "ALERTS_ONE"), **more)
