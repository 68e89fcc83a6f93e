"""What became of the events that tell a data catalogue what an audit rests on."""

from markupsafe import Markup

from audit_pipeline.report.addresses import without_credentials
from audit_pipeline.report.base import Lineage
from audit_pipeline.report.numbers import count

WHAT = (
    "A lineage event tells a data catalogue, in the open format OpenLineage, what this page shows."
)


def told_of_events(lineage: Lineage) -> list[str | Markup]:
    """Return in sentences how many events there are, where they go, and what hindered them."""
    said: list[str | Markup] = [_written(lineage)]
    if lineage.written:
        said += [_on_the_way(lineage), WHAT]
    if lineage.set_aside:
        said.append(
            Markup(
                "{} refused by the receiver and set aside;"
                " <code>audit-pipeline lineage status</code> shows which and why."
            ).format(_events(lineage.set_aside))
        )
    if lineage.lost:
        said.append(
            f"{_events(lineage.lost)} lost, because no place was left to keep them or it could not"
            " be written: a catalogue will not show all of this audit. This report and its evidence"
            " are whole."
        )
    return said


def _written(lineage: Lineage) -> str | Markup:
    if lineage.switched_off:
        return Markup(
            "Lineage events are switched off (<code>OPENLINEAGE_DISABLED</code>): no catalogue is"
            " told of this audit."
        )
    if not lineage.counted:
        return Markup(
            "How many lineage events were written could not be read from the store when this report"
            " was made: <code>audit-pipeline lineage status</code> tells."
        )
    if not lineage.written:
        return "No lineage events were written for this audit when this report was made."
    return f"{_lineage_events(lineage.written)} written for this audit when this report was made."


def _on_the_way(lineage: Lineage) -> str | Markup:
    where = without_credentials(lineage.destination)
    if not where:
        return Markup(
            "No destination is set, so they stay here for 30 days: name one in"
            " <code>openlineage.yml</code> in the home folder, or in the environment as"
            " <code>OPENLINEAGE_URL</code>, and they are delivered."
        )
    if not lineage.waiting:
        return f"None waits any more to be delivered to {where}."
    verb = "waits" if lineage.waiting == 1 else "wait"
    return (
        f"{count(lineage.waiting)} {verb} to be delivered to {where}; that is done in the"
        " background, again and again until it succeeds, and no audit waits for it."
    )


def _lineage_events(many: int) -> str:
    return "1 lineage event was" if many == 1 else f"{count(many)} lineage events were"


def _events(many: int) -> str:
    return "1 event was" if many == 1 else f"{count(many)} events were"
