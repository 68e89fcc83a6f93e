from audit_pipeline.domain.record import VersionRecord
from audit_pipeline.report.sections.model_and_baseline import write_model_and_baseline
from audit_pipeline_tests.report.hand_made import report, snapshot, words

OLD = VersionRecord(rows=700, place=1, first="2018-01-01", last="2018-06-30")
NEW = VersionRecord(rows=800, place=2, first="2018-07-01", last="2018-12-31")


def test_where_only_the_data_changed_there_is_no_section() -> None:
    assert write_model_and_baseline(report()) is None
    assert write_model_and_baseline(report(snapshot=snapshot(versions={"v1": OLD}))) is None
    assert write_model_and_baseline(report(snapshot=None)) is None


def test_what_changed_is_said_in_sentences_without_markup() -> None:
    html = write_model_and_baseline(report(changes=("the model <changed>", "a new baseline")))

    assert html is not None
    assert "<li>The model &lt;changed&gt;.</li>\n<li>A new baseline.</li>" in html
    assert "<table" not in html


def test_versions_stand_in_the_order_they_appeared() -> None:
    html = words(write_model_and_baseline(report(snapshot=snapshot(versions={"a": NEW, "b": OLD}))))

    assert html.index('<th scope="row">b</th>') < html.index('<th scope="row">a</th>')
    assert '<td class="n">700</td>\n<td>2018-01-01</td>\n<td>2018-06-30</td>' in html


def test_a_version_of_few_rows_is_counted_as_few() -> None:
    few = VersionRecord(rows=3, place=2)
    html = words(
        write_model_and_baseline(report(snapshot=snapshot(versions={"v1": OLD, "v2": few})))
    )

    assert '<td class="n">&lt; 10</td>' in html
    assert '<td class="n">withheld</td>' in html
