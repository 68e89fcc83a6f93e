"""Walks through what rests on what, on graphs small enough to draw."""

import time
from itertools import pairwise

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, LineageGraph, Transformation

RAW, ROWS, SNAPSHOT = (Dataset("file", name) for name in ("/raw", "/rows", "snapshot"))
FILTER = Transformation(type="INDIRECT", subtype="FILTER")


def edge(source: Field, target: Field, how: Transformation = Transformation()) -> Edge:  # noqa: B008 (frozen)
    return Edge(source, target, how)


INCOME = edge(Field(ROWS, "income"), Field(SNAPSHOT, "income"))
AGE = edge(Field(ROWS, "age"), Field(SNAPSHOT, "age"))
DAY = edge(Field(ROWS, "day"), Field(SNAPSHOT, WHOLE), FILTER)
GRAPH = LineageGraph((INCOME, AGE, DAY), {ROWS: "table"})


def test_a_column_rests_on_its_source_and_on_what_decides_on_the_rows() -> None:
    assert GRAPH.upstream([Field(SNAPSHOT, "income")]).edges == (INCOME, DAY)


def test_all_columns_rest_on_what_decides_on_the_rows() -> None:
    further = edge(Field(SNAPSHOT, "age"), Field(Dataset("a", "check"), "psi"))

    graph = LineageGraph((INCOME, AGE, DAY, further))

    assert graph.downstream([Field(ROWS, "day")]).edges == (DAY, further)


def test_the_rows_as_such_rest_on_no_single_column() -> None:
    assert GRAPH.upstream([Field(SNAPSHOT, WHOLE)]).edges == (DAY,)


def test_a_field_that_is_not_there_rests_on_nothing() -> None:
    nowhere = Field(RAW, "nothing")

    assert GRAPH.upstream([nowhere]).edges == ()
    assert GRAPH.downstream([nowhere]).edges == ()
    assert LineageGraph(()).upstream([nowhere]).fields == frozenset()


def test_a_circle_is_walked_once() -> None:
    back = edge(Field(SNAPSHOT, "income"), Field(ROWS, "income"))
    itself = edge(Field(ROWS, "income"), Field(ROWS, "income"))

    graph = LineageGraph((INCOME, back, itself))

    assert set(graph.upstream([Field(SNAPSHOT, "income")]).edges) == {INCOME, back, itself}
    assert set(graph.downstream([Field(SNAPSHOT, "income")]).edges) == {INCOME, back, itself}


def test_circles_of_whole_tables_are_walked_once() -> None:
    there, back = (
        edge(Field(one, WHOLE), Field(other, WHOLE)) for one, other in ((RAW, ROWS), (ROWS, RAW))
    )

    assert set(LineageGraph((there, back)).downstream([Field(RAW, WHOLE)]).edges) == {there, back}


def test_joining_keeps_each_edge_once_and_our_titles() -> None:
    before = edge(Field(RAW, "income"), Field(ROWS, "income"))
    theirs = LineageGraph((before, INCOME), {ROWS: "theirs", RAW: "raw"})

    both = GRAPH.joined(theirs)

    assert both.edges == (INCOME, AGE, DAY, before)
    assert both.titles == {ROWS: "table", RAW: "raw"}
    assert before in both.upstream([Field(SNAPSHOT, "income")]).edges


def test_two_ways_between_the_same_fields_are_two_edges() -> None:
    other = edge(INCOME.source, INCOME.target, FILTER)

    assert LineageGraph((INCOME, other)).joined(LineageGraph((INCOME,))).edges == (INCOME, other)


def test_a_long_chain_and_many_datasets_are_walked_in_no_time() -> None:
    places = [Dataset("file", f"/{n}") for n in range(5000)]
    chain = tuple(edge(Field(one, WHOLE), Field(other, WHOLE)) for one, other in pairwise(places))
    begun = time.process_time()

    reached = LineageGraph(chain).downstream([Field(places[0], WHOLE)])

    assert len(reached.edges) == 4999
    assert time.process_time() - begun < 1
