"""Compare sealed audits: two that a person names, or one with those before it."""

import logging
from typing import Any

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.check import Outcome
from audit_pipeline.domain.compared import Compared
from audit_pipeline.domain.comparison import Comparison, Side, compare
from audit_pipeline.domain.masking import few
from audit_pipeline.domain.record import AuditRecord, PastVerdict
from audit_pipeline.report.base import Before
from audit_pipeline.stages.reading import (
    NoResultsError,
    UnreadableRecordError,
    read_results,
    understood,
)
from audit_pipeline.store.store import Sealed, Store

logger = logging.getLogger(__name__)

Asked = tuple[str, int | None]
"""A window, and which of its revisions; None for the last."""


def asked(words: str, revision: int | None = None) -> Asked:
    """Return the window and revision of `WINDOW` or `WINDOW@REVISION`.

    Raises:
        NoResultsError: The revision is no number, or was given twice and differently.

    >>> asked("2024-01@2"), asked("2024-01")
    (('2024-01', 2), ('2024-01', None))
    """
    window, at, number = words.partition("@")
    if not at:
        return window, revision
    if not number.isdecimal():
        raise NoResultsError(f"{words!r} names no revision: write it like '{window}@1'")
    if revision not in {None, int(number)}:
        raise NoResultsError(f"{words!r} and revision {revision} contradict each other")
    return window, int(number)


def compare_audits(home: Home, name: str, before: Asked, after: Asked) -> Comparison:
    """Return what changed between two sealed audits; a revision left out is a window's last.

    Raises:
        NoResultsError: One of them does not exist, or both are the same; the message says which
            there are.
        UnreadableRecordError: One was made by another version, or changed by hand.
    """
    first, second = (read_results(home, name, *side) for side in (before, after))
    sides = [(record["window"]["key"], record["revision"]) for record in (first, second)]
    if sides[0] == sides[1]:
        window, revision = sides[0]
        raise NoResultsError(
            f"both are revision {revision} of window {window} of {name!r}: name two windows, or two"
            f" revisions of one like '{window}@1' '{window}@2'"
        )
    return compare(understood(first), understood(second))


def what_was_before(store: Store, record: AuditRecord) -> Before:
    """Return an audit compared with its own last sealed revision and with the window before it.

    A record that cannot be read costs no report: it is said in its place.
    """
    window, revision = record.window.key, record.revision
    own = [each for each in store.sealed(record.audit, window) if each.revision < revision]
    previous = record.history[-1] if record.history else None
    unread: list[str] = []
    return Before(
        since_revision=_compared(own[-1], record, unread) if own else None,
        since_window=_since_window(store, previous, record, unread) if previous else None,
        previous=previous,
        unread=tuple(unread),
    )


def _since_window(
    store: Store, previous: PastVerdict, record: AuditRecord, unread: list[str]
) -> Comparison | None:
    found = store.sealed(record.audit, previous.window)
    found = [each for each in found if each.revision == previous.revision]
    return _compared(found[-1], record, unread) if found else None


def _compared(before: Sealed, record: AuditRecord, unread: list[str]) -> Comparison | None:
    try:
        return compare(understood(before.record), record)
    except UnreadableRecordError as error:
        of = f"Revision {before.revision} of window {before.window}"
        logger.error("%s of %s could not be compared: %s", of, before.audit, error)  # noqa: TRY400 (the reader needs no trace)
        unread.append(f"{of} could not be compared: {error}.")
        return None


def comparison_as_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON can say it: the two sides, the doubts, one object per check."""
    return {
        "audit": comparison.audit,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "doubts": list(comparison.doubts),
        "counts": {change.value: many for change, many in comparison.counts.items()},
        "checks": [_check(each) for each in comparison.checks],
    }


def _side(side: Side) -> dict[str, Any]:
    names = ("window", "revision", "created", "checks", "answered")
    rows = {"rows": _count(side.rows), "labelled": _count(side.labelled)}
    return {name: getattr(side, name) for name in names} | rows | {"verdict": side.verdict.value}


def _count(rows: int | None) -> int | None:
    """Return a count, or None where it is of fewer people than may be told."""
    return None if few(rows) else rows


def _check(each: Compared) -> dict[str, Any]:
    return {
        "asset": each.check.asset,
        "name": each.check.name,
        "subject": each.check.subject,
        "change": each.change.value,
        "before": _outcome(each.before),
        "after": _outcome(each.after),
        "difference": each.difference,
        "comparable": each.comparable,
        "intervals_apart": each.apart,
        "limit_changed": each.limit_changed,
    }


def _outcome(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    told: dict[str, Any] = {"verdict": outcome.verdict.value, "reason": outcome.reason}
    measured = outcome.measurement
    if measured is None:
        return told | dict.fromkeys(("value", "low", "high", "baseline", "rows", "used"))
    return told | {
        "value": measured.value,
        "low": measured.interval.low if measured.interval else None,
        "high": measured.interval.high if measured.interval else None,
        "baseline": measured.baseline_value,
        "rows": measured.coverage.rows,
        "used": measured.coverage.used,
    }
