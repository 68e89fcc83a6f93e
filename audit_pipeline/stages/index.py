"""Write the list of an audit's windows beside their evidence, whenever one of them is sealed."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC
from itertools import islice, takewhile
from pathlib import Path

from audit_pipeline import clock
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.domain.window import Window, WindowError, Windows
from audit_pipeline.report.index import IndexInput, Listed, Listing, render_index
from audit_pipeline.report.links import INDEX
from audit_pipeline.stages.missing import where
from audit_pipeline.stages.revision import AuditRun
from audit_pipeline.store.atomic import atomic_write
from audit_pipeline.store.file_lock import alone

logger = logging.getLogger(__name__)

MOST_COUNTED = 10_000
"""Windows that were not audited are counted up to this many between two that were."""


def write_index(run: AuditRun) -> None:
    """Write `evidence/<audit>/index.html` from the store; one writer at a time, the last is right.

    The audit is sealed before: a list that cannot be written is logged, and costs it nothing. The
    next one that is sealed writes it again.
    """
    folder = run.home.evidence / run.audit.name
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        with alone(run.folder / ".index.lock"):  # each reads what others write
            page = render_index(_content(run, folder))
            with atomic_write(folder / INDEX) as sink:
                sink.write(page.encode())
    except Exception as error:  # noqa: BLE001 (the audit stands: a list of audits must not cost it)
        logger.error("the list of windows was not written\n%s", where(error))  # noqa: TRY400 (its words quote values)


def _content(run: AuditRun, folder: Path) -> IndexInput:
    audit = run.audit
    revisions: dict[str, list[Listed]] = {}
    for window, revision, verdict in run.store.history(audit.name):
        present = (folder / window / f"revision-{revision}" / "report.html").is_file()
        listed = Listed(revision=revision, verdict=Verdict(verdict), present=present)
        revisions.setdefault(window, []).insert(0, listed)
    windows = audit.window.windows
    return IndexInput(
        audit=audit.name,
        title=audit.report.title or audit.name,
        purpose=audit.purpose,
        owner=audit.owner,
        windows=tuple(
            Listing(window=key, revisions=tuple(revisions[key]), unaudited=missing)
            for key, missing in _newest_first(windows, list(revisions))
        ),
    )


def _newest_first(windows: Windows, keys: Sequence[str]) -> Iterator[tuple[str, int | None]]:
    """Yield the audited windows, each with how many before it were left out.

    Windows that the audit no longer has, since its start or length was changed, come last.
    """
    known = {key: window for key in keys if (window := _window(windows, key)) is not None}
    ordered = sorted(known.values(), key=lambda window: window.start.astimezone(UTC), reverse=True)
    for newer, older in zip(ordered, [*ordered[1:], None], strict=True):
        yield newer.key, _between(windows, older, newer) if older else 0
    yield from ((key, None) for key in sorted(set(keys) - set(known), reverse=True))


def _window(windows: Windows, key: str) -> Window | None:
    try:
        return windows.window(key, clock.now())
    except WindowError:
        return None


def _between(windows: Windows, older: Window, newer: Window) -> int:
    """Return how many windows lie between two."""
    if older.end.astimezone(UTC) >= newer.start.astimezone(UTC):
        return 0
    earlier = islice(windows.ended(newer.start), MOST_COUNTED)
    return sum(1 for _ in takewhile(lambda window: window.key != older.key, earlier))
