"""Oracle: the windows of the core are the partitions that Dagster makes of the same audit."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.reader import read_audit
from audit_pipeline.audits.timing import WindowSettings
from audit_pipeline.defs.partitions import partitions_of
from audit_pipeline.domain.window import Every
from audit_pipeline.stages.vocabulary import VOCABULARY

EXAMPLE = Path(__file__).parents[2] / "dagster_home/audits/employment_ma.yaml"
SPANS = [
    ("2015-10-20T05:30", None, "2015-11-05T07:15"),  # both autumn changes, no end
    ("2016-03-05", "2016-03-29T03:00", "2017-01-01"),  # both spring changes
    ("2015-10-01", "2015-11-01T01:00", "2017-01-01"),  # ends in New York's doubled hour
    ("2015-10-01", "2015-10-25T02:00", "2017-01-01"),  # ends in Berlin's doubled hour
    ("2016-03-13T02:00", None, "2016-03-15"),  # begins in New York's missing hour
    ("2016-03-27T02:00", None, "2016-03-28"),  # begins in Berlin's missing hour
    ("2015-11-01T01:00", None, "2015-11-02"),  # begins in New York's doubled hour
]
YEARS = [("2013-07-03", "2017-07-03", "2018-01-01"), ("2014-01-01", None, "2018-06-01")]


def audit_of(every: Every, start: str, end: str | None, timezone: str) -> Audit:
    example = read_audit(EXAMPLE, VOCABULARY).audit
    window = WindowSettings(
        every=every,
        start=datetime.fromisoformat(start),
        end=None if end is None else datetime.fromisoformat(end),
        timezone=timezone,
    )
    return example.model_copy(update={"window": window})


@pytest.mark.parametrize("timezone", ["America/New_York", "Europe/Berlin", "UTC", "Asia/Kolkata"])
@pytest.mark.parametrize(
    ("every", "span"),
    [
        *((every, span) for every in (Every.HOUR, Every.DAY, Every.WEEK) for span in SPANS),
        *((every, span) for every in (Every.DAY, Every.WEEK, *list(Every)[3:]) for span in YEARS),
    ],
)
def test_the_keys_are_those_of_dagster(
    every: Every, span: tuple[str, str | None, str], timezone: str
) -> None:
    start, end, at = span
    now = datetime.fromisoformat(at).replace(tzinfo=UTC)
    audit = audit_of(every, start, end, timezone)
    theirs = set(partitions_of(audit).get_partition_keys(current_time=now))
    assert {window.key for window in audit.window.windows.ended(now)} == theirs
