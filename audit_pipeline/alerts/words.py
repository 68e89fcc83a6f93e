"""The words of messages: what happened, what to do about it, and text that is safe to show."""

import re
from collections.abc import Mapping

from audit_pipeline.alerts.notice import Item, Why
from audit_pipeline.alerts.routing import BROKEN_ALERTS
from audit_pipeline.domain.finding import Finding
from audit_pipeline.domain.prerequisite import called, is_prerequisite
from audit_pipeline.domain.verdict import Verdict

WORDS: Mapping[Why, str] = {
    Why.OPENED: "new",
    Why.WORSENED: "worse than before",
    Why.REOPENED: "came back",
    Why.EXPIRED: "its waiver ended",
    Why.RESOLVED: "resolved",
    Why.REMINDER: "still open",
    Why.OVERDUE: "overdue",
    Why.TEST: "a test",
}
BROKEN = {
    Verdict.FAIL: "failed",
    Verdict.GAP: "could not be checked",
    Verdict.WARN: "is near its limit",
    Verdict.INCONCLUSIVE: "has too little data to tell",
    Verdict.PASS: "passed",
}
THERE = BROKEN | {Verdict.GAP: "missing", Verdict.PASS: "there again"}
"""Of what checks need."""
ADVICE = {
    Verdict.FAIL: "Open the report: it shows what changed and since when. Mend the cause; the next"
    " audit that passes settles the finding.",
    Verdict.GAP: "Something promised was not measured. The report says what was missing, and why:"
    " see to that, and audit the window again with `audit-pipeline run {audit} --window {window}`.",
    Verdict.WARN: "Nothing has failed yet. Look at the trend in the report, and decide what to do"
    " before it does.",
    Verdict.INCONCLUSIVE: "There was too little data to tell. If that goes on, widen the window or"
    " bring the labels.",
    Verdict.PASS: "Nothing is to be done.",
}
# words that ring everybody's bell in a chat: names of columns are other people's choice
_BELLS = re.compile(r"@(?=everyone\b|here\b|channel\b|all\b)|<(?=[@!#&])", re.IGNORECASE)
_UNSEEN = re.compile("[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")
LONGEST = 400
ALERTS_ADVICE = (
    "Ask `audit-pipeline alerts status` what fails, mend the address or the service, and try"
    " `audit-pipeline alerts test`."
)
GONE_ADVICE = (
    "The audit's file is not there any more, so no audit settles this. Bring `{audit}.yaml` back,"
    " or have each finding waived by another than its owner: `audit-pipeline findings waive`."
)
LATE = "schedule"
"""The asset whose check is that an audit ran in time."""
NAMES = {LATE: "the audit", BROKEN_ALERTS: "delivery of alerts"}
"""What is looked at where no stage of an audit does."""
OURS = {
    LATE: ("did not run in time", "runs in time again"),
    BROKEN_ALERTS: ("failed", "works again"),
}
"""How that ends: badly, and well."""
LATE_ADVICE = (
    "Ask `audit-pipeline health` what keeps the audit from running, and mend it: what was missed is"
    " caught up by itself. By hand: `audit-pipeline run {audit} --from {since}`."
)


def plain(text: object) -> str:
    r"""Return a text on one line that neither hides anything nor rings a bell.

    >>> plain("income\n@everyone").replace("\u2060", "|")
    'income @|everyone'
    """
    told = " ".join(_UNSEEN.sub(" ", str(text)).split())
    told = _BELLS.sub(lambda found: found.group() + "\u2060", told)
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"


def what_of(finding: Finding) -> str:
    """Return what a finding is about, without the column: of a rule the name is a sentence."""
    if is_prerequisite(finding.check):
        return plain(called(finding.check))
    return NAMES.get(finding.check.asset) or plain(finding.check.name).replace("_", " ")


def how_it_ended(finding: Finding) -> str:
    """Return in words how the check of a finding ended."""
    if finding.check.asset in OURS:
        return OURS[finding.check.asset][finding.verdict is Verdict.PASS]
    return (THERE if is_prerequisite(finding.check) else BROKEN)[finding.verdict]


def advice(item: Item) -> str:
    """Return what to do about a finding, with the command that does it where there is one."""
    of = item.finding
    if item.why is Why.RESOLVED:
        return ADVICE[Verdict.PASS]
    if of.check.asset == BROKEN_ALERTS:
        return ALERTS_ADVICE
    told = LATE_ADVICE if of.check.asset == LATE else ADVICE[of.verdict]
    told = GONE_ADVICE if item.gone else told
    names = {"audit": of.audit, "window": of.window, "since": of.since}
    return told.format_map({name: plain(value) for name, value in names.items()})
