"""Services that hold an incident open until it is ended: each message is one incident of its own.

Apprise by itself gives some of them one key for all messages, so that any finding's end would end
what others rang for, and others none, so that nothing is ever ended.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apprise import NotifyBase

BY_KEY = {
    "NotifyFireHydrant": ("dedup", "trigger", "resolve"),
    "NotifyGoAlert": ("dedup", "trigger", "close"),
    "NotifyILert": ("dedup", "trigger", "resolve"),
    "NotifyIncidentIO": ("dedup", "trigger", "resolve"),
    "NotifyPagerDuty": ("dedup", "trigger", "resolve"),
    "NotifyPagerTree": ("thirdparty", "create", "resolve"),
    "NotifySIGNL4": ("external_id", "trigger", "resolve"),
    "NotifySplunk": ("entity_id", "map", "recovery"),
    "NotifySquadcast": ("dedup", "trigger", "resolve"),
}
"""What Apprise calls the key of an incident, and the words that begin and end one."""
RESOLVED = "resolved"


def is_of_incidents(service: "NotifyBase") -> bool:
    """Return whether a service ends an incident when it is told to by its key."""
    return type(service).__name__ in BY_KEY


def is_silent(service: "NotifyBase", message: dict[str, Any]) -> bool:
    """Return whether a service is not to hear a message.

    An end is for who holds an incident open, and that something is resolved would ring there.
    """
    ends = message["severity"] == RESOLVED
    return ends and is_of_incidents(service) != bool(message["closes"])


def prepare(service: "NotifyBase", message: dict[str, Any]) -> None:
    """Let a service begin, or end, the incident of a message."""
    known: Any = service
    if type(service).__name__ == "NotifyOpsgenie" and known.action == "map":
        known.action = "new"  # else Apprise sends less than a warning nowhere, and says it did
    if is_of_incidents(service):
        name, begin, end = BY_KEY[type(service).__name__]
        setattr(service, name, message["closes"] or message["key"])
        known.action = end if message["closes"] else begin
