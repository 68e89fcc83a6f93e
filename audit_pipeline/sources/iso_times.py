"""Text that is a date or a time, as ISO 8601 writes them; for 01/02/2024 may be two days."""

from collections.abc import Mapping, Sequence

from audit_pipeline.sources.base import IbisTable, SourceError

DATE = r"\d{4}-\d{2}-\d{2}"
TIME = DATE + r"[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?"
ZONE = r" ?(Z|[+-]\d{2}(:?\d{2})?)"
FORMS = {"date": DATE, "timestamp": f"{TIME}|{DATE}", "timestamp('UTC')": TIME + ZONE}
LOOK = 1000


def iso_times(table: IbisTable, texts: Sequence[str], path: str) -> Mapping[str, str]:
    """Return the type of each text column whose values are all dates, or all times.

    Raises:
        SourceError: Some times of a column have a zone, and some have none.
    """
    likely = _counted(table.limit(LOOK), texts)
    counts = _counted(table, [name for name, found in likely.items() if any(found.values())])
    return {name: kind for name, found in counts.items() if (kind := _kind(name, found, path))}


def _counted(table: IbisTable, names: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return how many values a column has, and how many of each form."""
    if not names:
        return {}
    asked = {
        f"{number} {kind}": table[name].re_search(f"^({form})$").sum()
        for number, name in enumerate(names)
        for kind, form in FORMS.items()
    } | {f"{number} all": table[name].count() for number, name in enumerate(names)}
    counts = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    return {
        name: {kind: counts[f"{number} {kind}"] or 0 for kind in (*FORMS, "all")}
        for number, name in enumerate(names)
    }


def _kind(name: str, counts: Mapping[str, int], path: str) -> str | None:
    every = counts["all"]
    kind = next((kind for kind in FORMS if every and counts[kind] == every), None)
    local = counts["timestamp"]
    if kind is None and local and local + counts["timestamp('UTC')"] == every:
        raise SourceError(
            f"{path}: {local:,} of the times in {name!r} have no zone, and the others have: write"
            " all with one (as in 2024-01-31T08:00:00Z), or none"
        )
    return kind
