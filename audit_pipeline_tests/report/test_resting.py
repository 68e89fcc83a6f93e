from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.base import ReportInput
from audit_pipeline.report.resting import Column, Resting, resting
from audit_pipeline_tests.report.hand_made import outcome
from audit_pipeline_tests.report.lineages import (
    BEFORE,
    MODEL,
    PEOPLE,
    needed,
    ours,
    resting_on,
    small,
    taken,
)


def rests(report: ReportInput) -> Resting:
    assert report.lineage is not None
    return resting(report, report.lineage)


def column(report: ReportInput, name: str) -> Column:
    return next(c for c in rests(report).columns if c.name == name)


def test_a_check_is_about_the_column_that_its_subject_names_and_needs_the_others() -> None:
    said, sex = column(small(), "said"), column(small(), "SEX")

    assert [o.check.name for o in sex.about] == ["parity", "population_stability_index"]
    assert [o.check.name for o in said.also] == ["parity"]


def test_a_check_of_all_rows_is_about_every_column_that_it_needs() -> None:
    assert [o.check.name for o in column(small(), "came").about] == ["accuracy"]


def test_a_check_of_the_model_is_about_no_column() -> None:
    age = column(small(), "AGEP")

    assert [o.check.name for o in age.about] == ["population_stability_index"]
    assert [o.check.name for o in age.also] == ["shap_additivity"]


def test_a_column_bears_its_worst_verdict_or_none_where_nothing_asks_about_it() -> None:
    assert column(small(), "AGEP").verdict is Verdict.FAIL
    assert column(small(), "year").verdict is None


def test_the_time_column_decides_which_rows_count() -> None:
    assert column(small(), "year").decides == "rows of the window"
    assert column(small(), "AGEP").decides == ""


def test_a_field_that_a_query_filters_by_is_listed_though_it_is_no_column_of_the_audit() -> None:
    where = Transformation(type="INDIRECT", subtype="FILTER")
    filtered = Edge(Field(PEOPLE, "is_test"), Field(ours("snapshot"), WHOLE), where)
    found = column(small(filtered), "is_test")

    assert (found.decides, found.missing) == ("filter", False)


def test_a_column_that_a_check_asks_for_and_no_source_has_is_missing() -> None:
    asked = outcome(subject="MIG", verdict=Verdict.GAP, value=None)
    found = rests(resting_on([*taken("AGEP"), *needed(asked, "MIG")], [asked])).columns

    assert {c.name: c.missing for c in found} == {"AGEP": False, "MIG": True}


def test_sources_baseline_and_model_are_told_apart() -> None:
    found = rests(small())

    assert [(p.title, p.name) for p in found.sources] == [("Table", "people.parquet")]
    assert [p.dataset for p in found.baselines] == [BEFORE]
    assert found.model is not None
    assert found.model.dataset == MODEL


def test_tables_that_other_tools_told_of_stand_before_the_source_nearest_first() -> None:
    near, far = Dataset("postgres://db", "bank.people"), Dataset("s3://lake", "crm.csv")
    told = Edge(Field(near, "age"), Field(PEOPLE, "AGEP"))
    found = rests(small(told, Edge(Field(far, "a"), Field(near, "age"))))

    assert [p.dataset for p in found.before] == [near]
    assert [p.dataset for p in found.further] == [far]


def test_a_circle_of_tables_before_the_source_ends() -> None:
    near = Dataset("postgres://db", "bank.people")
    circle = (
        Edge(Field(near, "a"), Field(PEOPLE, "AGEP")),
        Edge(Field(PEOPLE, "a"), Field(near, "a")),
    )

    assert [p.dataset for p in rests(small(*circle)).before] == [near]


def test_a_source_that_bears_the_name_of_ours_is_a_source() -> None:
    like_ours = Dataset("postgres://db", "employment_ma.snapshot")
    asked = outcome()
    found = rests(resting_on([*taken("AGEP", of=like_ours), *needed(asked, "AGEP")], [asked]))

    assert [p.dataset for p in found.sources] == [like_ours]


def test_the_kinds_of_checks_say_what_they_are_made_from() -> None:
    reads = {kind.asset: kind.reads for kind in rests(small()).kinds}

    assert reads["drift"] == {"profile", "baseline"}
    assert reads["explanations"] == {"snapshot", "model"}


def test_an_empty_lineage_rests_on_nothing_and_breaks_nothing() -> None:
    found = rests(resting_on([], []))

    assert (found.columns, found.kinds, found.sources) == ((), (), ())
