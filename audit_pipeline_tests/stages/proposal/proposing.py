"""Propose an audit file in this process, for tables small enough to be worked out by hand."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from audit_pipeline.audits.home import Home
from audit_pipeline.stages.proposal.homes import make_home
from audit_pipeline.stages.proposal.propose import Proposal, propose
from audit_pipeline.stages.proposal.questions import Answers, Ask
from audit_pipeline.stages.proposal.wishes import Wishes


def proposed(
    folder: Path,
    data: Path | str,
    ask: Ask | None = None,
    *,
    yes: bool = False,
    **wishes: Any,  # noqa: ANN401 (as `Wishes` has them)
) -> tuple[dict[str, Any], Proposal, Home]:
    """Return the proposed audit file, what was said of it, and its home."""
    home = make_home(folder / "dagster_home")
    said = Wishes(name="loans", data=str(data), **wishes)
    proposal = propose(said, home, Answers(ask, yes=yes), lambda _: None)
    return yaml.safe_load(proposal.path.read_text()), proposal, home


def written(table: pa.Table, path: Path) -> Path:
    """Write a table and return where."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return path
