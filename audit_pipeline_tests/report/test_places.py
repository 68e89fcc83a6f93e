from audit_pipeline.domain.lineage import Dataset, Edge, Field, LineageGraph
from audit_pipeline.report.places import Place, sorted_by_end
from audit_pipeline_tests.report.lineages import PEOPLE, by_time, ours


def test_a_place_goes_by_the_last_part_of_its_name() -> None:
    names = ("/a/b.parquet", "/a/folder/", "db.schema.table", "/")

    found = [Place(dataset=Dataset("file", name), title="").name for name in names]

    assert found == ["b.parquet", "folder", "db.schema.table", "/"]


def test_a_column_that_decides_goes_by_its_name_in_the_audit() -> None:
    renamed = Edge(Field(PEOPLE, "yr"), Field(ours("snapshot"), "year"))
    ends = sorted_by_end(LineageGraph((renamed, by_time("yr"))), "employment_ma")

    assert list(ends.by_column) == ["year"]
