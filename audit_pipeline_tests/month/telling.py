"""What must be true of what was told in a month: every change once, to whom it was to be told."""

from collections import Counter
from collections.abc import Iterator

from audit_pipeline.alerts.notice import Why
from audit_pipeline.domain.finding import LOUD, Happened
from audit_pipeline.stages.alerting.writing import NOBODY
from audit_pipeline.store.findings import all_findings, history_of
from audit_pipeline.store.outbox import ALERTS, LINEAGE, tally
from audit_pipeline_tests.month.books import Item
from audit_pipeline_tests.month.endpoints import DUTY, ENDED
from audit_pipeline_tests.month.month import Month

NEWS = {change.value for change in LOUD}


def news(month: Month) -> list[Item]:
    """Return all that happened to findings and is to be heard, in order."""
    engine = month.store.engine
    return [
        (found.number, line.change.value, line.at.isoformat())
        for found in all_findings(engine)
        for line in _loud(history_of(engine, found.number))
    ]


def _loud(history: list[Happened]) -> list[Happened]:
    """Return what is to be heard: not what was settled in the moment in which it was found.

    An audit of an earlier window that is made up for finds what a later one had passed before.
    """
    at_once = Counter(line.at for line in history)
    return [line for line in history if line.change in LOUD and at_once[line.at] == 1]


def repeated(month: Month) -> int:
    """Return how often something was told in rounds that were killed before they noted it."""
    killed = month.happened.killed_rounds
    return sum(each.counts.total() for each in month.there.got if each.round in killed)


def alerts_told_once(month: Month) -> Iterator[str]:
    """Hold alerts to the history of findings: each change written once, and told once."""
    left = tally(month.store.engine, ALERTS)
    if left.waiting or left.set_aside:
        yield f"{left.waiting} alerts wait, {left.set_aside} are set aside"
    expected = Counter(news(month))
    yield from _differences("written down", expected, _written(month, NOBODY))
    duty = _written(month, DUTY)
    yield from _differences("addressed", expected, duty)
    yield from _heard(month)


def _written(month: Month, stream: str) -> Counter[Item]:
    alerts = month.books.alerts.values()
    return Counter(item for alert in alerts if alert.stream == stream for item in alert.items)


def _differences(what: str, expected: Counter[Item], found: Counter[Item]) -> Iterator[str]:
    for item in sorted(expected.keys() | found.keys()):
        if expected[item] != found[item]:
            number, why, at = item
            told = f"{found[item]} times, not {expected[item]}"
            yield f"finding {number} {why} at {at} was {what} {told}"


def _heard(month: Month) -> Iterator[str]:
    """Hold what arrived in each round to what was noted as told in it.

    A round that was killed before it noted anything tells all of it again in another. Of what
    happened to one finding, the last may have been told for all.
    """
    told: dict[tuple[str, int], Counter[str]] = {}
    for message in month.there.got:
        if message.round not in month.happened.killed_rounds:
            told.setdefault((message.channel, message.round), Counter()).update(message.counts)
    noted: dict[tuple[str, int], list[Item]] = {}
    for _, alert in sorted(month.books.alerts.items()):
        if alert.round is not None and alert.stream != NOBODY:
            noted.setdefault((alert.stream, alert.round), []).extend(alert.items)
    for at in sorted(told.keys() | noted.keys()):
        was, items = told.get(at, Counter()), noted.get(at, [])
        every = Counter(why for _, why, _ in items)
        last = Counter({number: why for number, why, _ in items}.values())
        if not last <= was <= every:
            yield f"{at[0]} heard {dict(was)} in round {at[1]}, which noted {dict(every)}"


def lineage_whole(month: Month) -> Iterator[str]:
    """Hold lineage to the outbox: every event arrived, twice only after a kill; every run ended."""
    left = tally(month.store.engine, LINEAGE)
    if left.waiting or left.set_aside:
        yield f"{left.waiting} events wait, {left.set_aside} are set aside"
    catalogue = month.there.catalogue
    lost = month.books.events - set(catalogue.keys)
    if lost:
        yield f"{len(lost)} events never arrived"
    if strange := set(catalogue.keys) - month.books.events:
        yield f"{len(strange)} events arrived that nobody wrote"
    again = [key for key, many in catalogue.keys.items() if many > 1 + catalogue.excused[key]]
    if again:
        yield f"{len(again)} events arrived again, and no delivery of them was killed"
    running = [run for run, told in catalogue.runs.items() if not told & ENDED]
    if running:
        yield f"{len(running)} runs never ended: {running[0]}"
    many = [run for run, told in catalogue.runs.items() if len(told & ENDED) > 1]
    if many:
        yield f"{len(many)} runs ended in two ways: {many[0]}"


assert {why.value for why in Why} >= NEWS  # one word for one thing
