from audit_pipeline.domain.lineage import LineageGraph
from audit_pipeline.report.base import Lineage
from audit_pipeline.report.delivery import told_of_events

EMPTY = LineageGraph(())


def said(**counts: object) -> str:
    return " ".join(told_of_events(Lineage(graph=EMPTY, **counts)))  # type: ignore[arg-type] # named by the test


def test_events_that_wait_are_counted_with_their_destination() -> None:
    words = said(written=24, waiting=24, destination="http://marquez:5000")

    assert words.startswith("24 lineage events were written for this audit when this report was")
    assert "24 wait to be delivered to http://marquez:5000; that is done in the background" in words


def test_one_event_is_told_in_the_singular() -> None:
    words = said(written=1, waiting=1, destination="kafka lineage")

    assert words.startswith("1 lineage event was written")
    assert "1 waits to be delivered" in words


def test_when_all_are_delivered_none_waits() -> None:
    assert "None waits any more" in said(written=24, destination="http://marquez:5000")


def test_without_a_destination_it_says_how_long_events_stay_and_where_to_set_one() -> None:
    words = said(written=24, waiting=24)

    assert "stay here for 30 days" in words
    assert "openlineage.yml" in words
    assert "OPENLINEAGE_URL" in words


def test_refused_and_lost_events_are_counted() -> None:
    words = said(written=24, set_aside=2, lost=1)

    assert "2 events were refused by the receiver and set aside" in words
    assert "1 event was lost" in words


def test_no_event_at_all_is_said_and_nothing_else() -> None:
    assert said() == "No lineage events were written for this audit when this report was made."


def test_lineage_that_is_switched_off_is_said_with_the_switch() -> None:
    assert "switched off (<code>OPENLINEAGE_DISABLED</code>)" in said(switched_off=True)


def test_a_password_in_a_destination_is_never_shown() -> None:
    assert "secret" not in said(written=1, waiting=1, destination="http://me:secret@marquez:5000")


def test_a_destination_that_is_an_attack_is_escaped() -> None:
    words = told_of_events(Lineage(graph=EMPTY, written=1, waiting=1, destination="<script>"))

    assert not any(hasattr(word, "__html__") and "<script>" in word for word in words)


def test_events_that_could_not_be_counted_are_no_number() -> None:
    words = said(counted=False)
    assert "could not be read from the store" in words
    assert "No lineage events" not in words
