"""Which versions of the model the log names, in the order they appeared."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

import ibis

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.comparability import TOLD
from audit_pipeline.domain.masking import FEWEST, few
from audit_pipeline.domain.record import VersionRecord
from audit_pipeline.profiles.engine import IbisTable, IbisValue, as_code, one_row, try_strptime
from audit_pipeline.stages.gathered import counted
from audit_pipeline.stages.timing import NO_FORMAT

MOST = 20
"""Versions that are listed by name: those of the most rows."""
LONGEST = 60
"""Characters of a version's name that are kept: a column named by mistake may hold anything."""
NOT_LOGGED = "not logged"

Named = Sequence[tuple[str, VersionRecord]]


def versions_of(rows: IbisTable, audit: Audit) -> dict[str, VersionRecord]:
    """Return rows, first and last time of each version of the model, in the order they appeared.

    Rows without a version are counted as `not logged`. Beyond `MOST` versions those of the fewest
    rows are counted together, in a last entry without times, and so are those of fewer than
    `FEWEST`: a column named by mistake may name people. Empty where no version is logged.
    """
    name = audit.columns.version
    if name is None or name not in rows.columns:
        return {}
    named = as_code(rows[name]).left(LONGEST).coalesce(NOT_LOGGED)
    try:
        return _counted(rows, named, _time(rows, audit))
    except Exception as error:
        if type(error).__name__ != NO_FORMAT:
            raise
        return _counted(rows, named, ibis.null("date"))  # its own message is the window's to give


def notes_of(versions: Mapping[str, VersionRecord]) -> Iterator[str]:
    """Yield what a reader must know of the versions of one window: that there are several.

    >>> old = VersionRecord(rows=7, place=1, first="2024-01-01", last="2024-01-14")
    >>> new = VersionRecord(rows=9, place=2, first="2024-01-15", last="2024-01-31")
    >>> list(notes_of({"v1": old, "v2": new}))
    ["the model changed within this window: 'v1' until 2024-01-14, 'v2' from 2024-01-15"]
    """
    if NOT_LOGGED in versions:
        unnamed = versions[NOT_LOGGED].rows or 0
        many = f"fewer than {FEWEST} rows" if few(unnamed) else counted(unnamed, "row")
        yield f"{many} without a version of the model"
    names = in_order({name: of for name, of in versions.items() if of.together is None})
    total = len(names) + sum(version.together or 0 for version in versions.values())
    if total > 1 and (total > TOLD or total > len(names)):
        yield f"the model changed within this window: {total:,} versions are logged"
    elif len(names) > 1 and _one_after_another(names):
        told = ", ".join(_after_another(names))
        yield f"the model changed within this window: {told}"
    elif len(names) > 1:
        told = ", ".join(f"{name!r} from {of.first} until {of.last}" for name, of in names)
        yield f"several versions of the model were at work in this window: {told}"


def in_order(versions: Mapping[str, VersionRecord]) -> list[tuple[str, VersionRecord]]:
    """Return versions with their names, in the order they appeared."""
    return sorted(versions.items(), key=lambda item: item[1].place)


def _one_after_another(names: Named) -> bool:
    return all(
        old.last is None or new.first is None or old.last <= new.first
        for (_, old), (_, new) in pairwise(names)
    )


def _after_another(names: Named) -> Iterator[str]:
    """Yield each version and its time: the first needs no beginning, the last no end."""
    for name, version in names:
        begun = f" from {version.first}" if name != names[0][0] and version.first else ""
        ended = f" until {version.last}" if name != names[-1][0] and version.last else ""
        yield f"{name!r}{begun}{ended}"


def _counted(rows: IbisTable, named: IbisValue, time: IbisValue) -> dict[str, VersionRecord]:
    """Return the versions, which must be counted in the engine: there may be one per row."""
    table = rows.select(version=named, time=time)
    logged = table.filter(table.version != NOT_LOGGED)
    groups = logged.group_by("version").aggregate(
        rows=logged.count(), first=logged.time.min(), last=logged.time.max()
    )
    largest = groups.filter(groups.rows >= FEWEST)
    largest = largest.order_by([largest.rows.desc(), largest.version]).limit(MOST)
    ordered = largest.order_by([largest.first, largest.version])
    listed = ordered.mutate(first=ordered.first.cast("string"), last=ordered.last.cast("string"))
    found = {
        row.pop("version"): VersionRecord(**row, place=place)
        for place, row in enumerate(listed.to_pyarrow().to_pylist(), start=1)
    }
    told = sum(version.rows or 0 for version in found.values())
    is_named = table.version != NOT_LOGGED
    sizes = one_row(
        table.aggregate(
            rows=table.count(),
            named=table.count(where=is_named),
            versions=table.version.nunique(where=is_named),
        )
    )
    further, unlogged = sizes["versions"] - len(found), sizes["rows"] - sizes["named"]
    if further:
        name, rest = counted(further, "further version"), sizes["named"] - told
        found[name] = VersionRecord(rows=rest, place=len(found) + 1, together=further)
    if unlogged:
        found[NOT_LOGGED] = VersionRecord(rows=unlogged, place=len(found) + 1, together=0)
    return found


def _time(rows: IbisTable, audit: Audit) -> IbisValue:
    """Return when a row happened, as something that is in the order of time."""
    name, form = audit.columns.timestamp.column, audit.columns.timestamp.format
    if name not in rows.columns:
        return ibis.null("date")
    if not rows[name].type().is_string():
        return rows[name]
    return ibis.null("date") if form in {"timestamp", "year"} else try_strptime(rows[name], form)
