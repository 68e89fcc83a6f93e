import re
import time
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from audit_pipeline.domain.lineage import Dataset, Edge, Field
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.pictures.lineage import lineage_picture
from audit_pipeline.report.resting import resting
from audit_pipeline_tests.report.hand_made import outcome
from audit_pipeline_tests.report.lineages import PEOPLE, many, named, resting_on, small, taken

SVG = "{http://www.w3.org/2000/svg}"
ODD = ["<script>alert('x')</script>", 'a/b "c" & d', "income 💶", "所得", " ", "x" * 400]


def drawn(report: ReportInput) -> str:
    assert report.lineage is not None
    rests = resting(report, report.lineage)
    return str(lineage_picture(rests, report.record.verdict, report.record.window.key))


def read(report: ReportInput) -> ET.Element:
    return ET.fromstring(drawn(report))  # noqa: S314 (our own text)


def words(report: ReportInput) -> list[str]:
    return [element.text or "" for element in read(report).iter(f"{SVG}text")]


def lines(report: ReportInput, class_: str) -> list[str]:
    found = [e for e in read(report).iter(f"{SVG}g") if (p := e.find(f"{SVG}path")) is not None]
    return [
        e.findtext(f"{SVG}title") or ""
        for e in found
        if class_ in (p.get("class", "") if (p := e.find(f"{SVG}path")) is not None else "")
    ]


def test_the_layers_stand_from_left_to_right() -> None:
    heads = [e for e in read(small()).iter(f"{SVG}text") if "head" in e.get("class", "")]
    places = [float(e.get("x", "nan")) for e in heads]

    assert [e.text for e in heads] == ["Source", "Columns", "Profile", "Checks", "Verdict"]
    assert places == sorted(places)


def test_tables_that_other_tools_told_of_are_a_layer_further_left() -> None:
    told = Edge(Field(Dataset("postgres://db", "bank.people"), "age"), Field(PEOPLE, "AGEP"))

    assert "Before" in words(small(told))
    assert "people.parquet is made from" in " ".join(lines(small(told), "flow"))
    assert "Before" not in words(small())


def test_trouble_is_one_line_from_its_column_to_its_kind_of_checks_to_the_verdict() -> None:
    assert lines(small(), "judged v-fail") == ["AGEP, Drift: 1 fail", "Drift: 1 fail, 1 pass"]


def test_when_all_pass_no_line_stands_out() -> None:
    assert lines(many(3), "judged") == []
    assert "Pass" in words(many(3))


def test_a_failure_of_no_column_has_its_line_from_all_rows() -> None:
    few = outcome(asset="rule_results", name="row_count", subject="table", verdict=Verdict.FAIL)
    found = resting_on(taken("AGEP"), [few])

    assert "All rows, Data rules: 1 fail" in lines(found, "judged")
    assert "Fail, no single column" in words(found)


def test_rows_that_could_not_be_read_are_not_said_to_be() -> None:
    found = small()
    unread = replace(found, record=replace(found.record, snapshot=None))

    assert "could not be read" in words(unread)
    assert not [word for word in words(unread) if word.endswith("read") and "column" in word]


def test_what_decides_rows_is_dashed_and_the_baseline_and_the_model_are_told_apart() -> None:
    assert lines(small(), "decides") == ["year: rows of the window"]
    assert lines(small(), "of-model") == [
        "said: made by the model",
        "Explanations: the model itself is asked",
    ]
    assert len(lines(small(), "of-baseline")) == 2  # into its profile, and on to drift


def test_every_verdict_has_a_word_and_a_shape_beside_its_colour() -> None:
    html = drawn(small())

    assert 'href="#v-fail"' in html
    assert "1 fail" in words(small())
    assert words(small())[-2:] == ["Fail", "2018"]


def test_a_screen_reader_hears_the_whole_picture() -> None:
    root = read(small())
    heard = root.findtext(f"{SVG}desc") or ""

    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "What the verdict rests on"
    for part in ("people.parquet", "AGEP: Fail, feature", "Drift: 1 fail, 1 pass", "Verdict: Fail"):
        assert part in heard


def test_odd_names_are_escaped_and_told_in_full_when_pointed_at() -> None:
    html = drawn(named(ODD, bad=6))
    hovers = [e.text for e in read(named(ODD, bad=6)).iter(f"{SVG}title")]

    assert "<script" not in html
    assert f"{'x' * 400}: Fail" in hovers


@pytest.mark.parametrize("bad", [0, 400])
def test_a_thousand_columns_make_a_small_picture(bad: int) -> None:
    html = drawn(many(1000, bad))

    assert len(html.encode()) < 30_000
    assert float(re.findall(r'viewBox="0 0 \d+ ([\d.]+)"', html)[0]) < 700


def test_a_hundred_columns_are_drawn_at_once() -> None:
    report = many(100, 30)
    drawn(report)
    start = time.process_time()
    drawn(report)

    assert time.process_time() - start < 0.1


def test_without_columns_or_checks_there_still_is_a_verdict() -> None:
    assert "Gap" in words(resting_on([], []))
