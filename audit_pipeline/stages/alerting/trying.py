"""Try every address with a message of its own."""

import time
from dataclasses import dataclass, replace
from datetime import datetime

from audit_pipeline.alerts.forms import message_of
from audit_pipeline.alerts.message import Reports
from audit_pipeline.alerts.sending import Sender
from audit_pipeline.audits.alerting import Alerting
from audit_pipeline.audits.alerting_reader import AlertingError, read_alerting
from audit_pipeline.audits.home import Home
from audit_pipeline.domain.finding import Severity
from audit_pipeline.stages.alerting.delivered import NO_FILE
from audit_pipeline.stages.alerting.looking import routes_of
from audit_pipeline.stages.alerting.writing import notice_of_test
from audit_pipeline.stages.revision import open_store
from audit_pipeline.store.alerting import ChannelState, channel_states, note_channels


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came of a test of one address: `problem` is None if it took the message."""

    variable: str
    routes: tuple[str, ...]
    problem: str | None


def try_all(home: Home, seconds: float, now: datetime) -> list[Tried]:
    """Send a test to every address that `alerts.yml` names, and return what came of each.

    One that takes it counts as working from now on.

    Raises:
        AlertingError: There is no such file, or it is wrong.
    """
    settings = read_alerting(home)
    if settings is None:
        raise AlertingError(NO_FILE)
    answers = _send_all(settings, home, seconds, now)
    store = open_store(home.store_url)
    states = channel_states(store.engine)
    works_again = {
        name: ChannelState(delivered=now)
        for name, problem in answers.items()
        if problem is None and states.get(name, ChannelState()).failures
    }
    with store.engine.begin() as connection:
        note_channels(connection, works_again)
    return [
        Tried(variable=name, routes=routes_of(settings, name), problem=problem)
        for name, problem in answers.items()
    ]


def _send_all(
    settings: Alerting, home: Home, seconds: float, now: datetime
) -> dict[str, str | None]:
    notice = notice_of_test(settings.operator, "somebody typed audit-pipeline alerts test", now)
    message = message_of(notice, Reports(str(home.evidence)), 1)
    message = replace(message, severity=Severity.LOW.value)
    late = f"no answer within {seconds:g} seconds"
    found: dict[str, str | None] = dict.fromkeys(settings.channels, late)
    end = time.monotonic() + seconds
    with Sender() as sender:
        sent = {sender.send(name, message): name for name in settings.channels}
        while sent:
            try:
                answer = sender.next(end)
            except ChildProcessError as died:
                return found | dict.fromkeys(sent.values(), str(died))
            if answer is None:
                return found
            found[sent.pop(answer.id)] = answer.problem or answer.partly
    return found
