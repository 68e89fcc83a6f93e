"""Pagers: each message is one incident, ended by its key when all that it told of is settled."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from audit_pipeline.alerts.forms import message_of
from audit_pipeline.alerts.incidents import BY_KEY
from audit_pipeline.alerts.message import Reports
from audit_pipeline.alerts.notice import Item, Notice, Why
from audit_pipeline.alerts.sending import ROOT
from audit_pipeline_tests.alerts.made import NOON, finding

ADDRESSES = {
    "NotifyFireHydrant": "firehydrant://0123456789abcdef0123456789abcdef",
    "NotifyGoAlert": "goalerts://goalert.example.org/01234567-aaaa-4bbb-8ccc-0123456789ab",
    "NotifyILert": "ilert://il1apikey0123456789",
    "NotifyIncidentIO": "incidentio://0123456789ABCDEFGHJKMNPQRS/token-abcdef",
    "NotifyPagerDuty": "pagerduty://integration-key-0123@api-key-4567",
    "NotifyPagerTree": "pagertree://int_0123456789",
    "NotifySIGNL4": "signl4://secret0123",
    "NotifySplunk": "splunk://routing@01234567-aaaa-bbbb-cccc-0123456789ab",
    "NotifySquadcast": "squadcast://0123456789abcdef0123456789abcdef01234567",
    "NotifyOpsgenie": "opsgenie://01234567-aaaa-bbbb-cccc-0123456789ab",
    "NotifyJSON": "jsons://hooks.example.org",
}

# the door as it is, and what it would say to services that are far away
OVERHEARD = """
import json, sys
import requests
heard = []
def send(self, request, **more):
    body = request.body
    heard.append(request.url + " " + (body.decode() if isinstance(body, bytes) else str(body)))
    answer = requests.Response()
    answer.status_code, answer._content, answer.url = 200, b'{"requestId": "r"}', request.url
    return answer
requests.Session.send = send
from audit_pipeline.alerts.door import send as door
for line in sys.stdin:
    heard.clear()
    print(json.dumps([door(json.loads(line)), heard]))
"""

Said = tuple[dict[str, Any], list[str]]


def message(service: str, why: Why, closes: str = "") -> dict[str, Any]:
    notice = Notice(items=(Item(why=why, finding=finding(), at=NOON),), closes=closes)
    forms = message_of(notice, Reports("/evidence"), 10).as_json()
    return forms | {"id": "1", "channel": service, "key": "k-1", "closes": closes}


@pytest.fixture(scope="module")
def overheard() -> dict[str, list[Said]]:
    """Return what each service is told, and answers: of a new finding, its end, an incident's."""
    asked = [
        message(service, *told)
        for service in ADDRESSES
        for told in ((Why.OPENED,), (Why.RESOLVED,), (Why.RESOLVED, "k-1"))
    ]
    low = message("NotifyOpsgenie", Why.TEST) | {"severity": "low"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", OVERHEARD],
        input="".join(json.dumps(each) + "\n" for each in (*asked, low)),
        env=os.environ | ADDRESSES | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    said = iter([json.loads(line) for line in done.stdout.splitlines()])
    found = {service: [next(said), next(said), next(said)] for service in ADDRESSES}
    return found | {"low": [next(said)]}


@pytest.mark.parametrize("service", BY_KEY)
def test_a_pager_hears_the_key_at_the_begin_and_at_the_end(
    overheard: dict[str, list[Said]], service: str
) -> None:
    (opened, begun), (resolved, nothing), (closed, ended) = overheard[service]
    assert (opened["problem"], resolved["problem"], closed["problem"]) == (None, None, None)
    assert opened["incident"]
    assert not closed["incident"]
    assert nothing == []  # that one finding is over would ring
    (first,), (last,) = begun, ended
    assert "k-1" in first
    assert "k-1" in last
    words = ("resolve", "close", "recovery")
    assert any(word in last.lower() for word in words)
    assert not any(f'"{word}' in first.lower() for word in words)


def test_opsgenie_hears_all_as_an_alert_of_its_own(overheard: dict[str, list[Said]]) -> None:
    (opened, begun), (_, over), (_, ended) = overheard["NotifyOpsgenie"]
    assert not opened["incident"]
    assert (len(begun), len(over), len(ended)) == (1, 1, 0)
    assert len(overheard["low"][0][1]) == 1  # by itself, Apprise sends it nowhere


def test_what_is_no_pager_hears_that_it_is_over_and_of_no_incident(
    overheard: dict[str, list[Said]],
) -> None:
    (opened, begun), (_, over), (closed, ended) = overheard["NotifyJSON"]
    assert not opened["incident"]
    assert (len(begun), len(over), len(ended)) == (1, 1, 0)
    assert closed["problem"] is None
