"""What other tools told is kept once, joined by run, and forgotten in time, on each database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.store.known_edges import ASSUMED, edges_into, edges_within, other_names
from audit_pipeline.store.received import MOST_PAIRS, Heard, Kept, counts, keep, sweep
from audit_pipeline.store.store import Store

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
A, B, C = (Dataset("file", f"/{name}") for name in "abc")
HEARD = Heard(
    key="1",
    job="etl",
    run="r1",
    kind="START",
    happened=NOON,
    body=b"{}",
    edges=(),
    inputs=(),
    outputs=(),
    same=(),
)


def into(store: Store, table: Dataset) -> list[Edge]:
    with store.engine.connect() as connection:
        return [told.edge for told in edges_into(connection, [table], 1000)]


def whole(source: Dataset, target: Dataset, how: Transformation = ASSUMED) -> Edge:
    return Edge(Field(source, WHOLE), Field(target, WHOLE), how)


def test_an_event_is_kept_once(store: Store) -> None:
    assert keep(store.engine, HEARD, NOON) == Kept(new=True)
    assert keep(store.engine, HEARD) == Kept(new=False)
    assert counts(store.engine).events == 1
    assert counts(store.engine).last == NOON


def test_what_a_run_reads_and_what_it_writes_is_joined_over_its_events(store: Store) -> None:
    keep(store.engine, replace(HEARD, key="1", inputs=(A,)))
    keep(store.engine, replace(HEARD, key="2", inputs=(B,), outputs=(C,), kind="COMPLETE"))
    keep(store.engine, replace(HEARD, key="3", run="another", inputs=(B,)))

    assert set(into(store, C)) == {whole(A, C), whole(B, C)}


def test_columns_take_the_place_of_what_was_assumed(store: Store) -> None:
    edge = Edge(Field(A, "x"), Field(C, "y"))
    keep(store.engine, replace(HEARD, key="1", inputs=(A, B), outputs=(C,)))
    assert set(into(store, C)) == {whole(A, C), whole(B, C)}

    keep(store.engine, replace(HEARD, key="2", inputs=(A, B), outputs=(C,), edges=(edge,)))
    keep(store.engine, replace(HEARD, key="3", inputs=(A, B), outputs=(C,)))

    assert into(store, C) == [edge]


def test_a_job_that_is_told_of_without_a_run_is_joined_in_itself(store: Store) -> None:
    keep(store.engine, replace(HEARD, kind="JOB", run="", inputs=(A,), outputs=(B,)))
    keep(store.engine, replace(HEARD, key="2", kind="JOB", run="", inputs=(C,)))

    assert into(store, B) == [whole(A, B)]


def test_all_transformations_between_two_columns_are_kept(store: Store) -> None:
    joined = Transformation(type="INDIRECT", subtype="JOIN", description="by id", masking=True)
    edges = (Edge(Field(A, "x"), Field(B, "y")), Edge(Field(A, "x"), Field(B, "y"), joined))
    keep(store.engine, replace(HEARD, edges=edges))

    assert into(store, B) == list(edges)
    assert counts(store.engine).edges == 1


def test_a_table_with_hundreds_of_inputs_and_outputs_is_cut_and_said(store: Store) -> None:
    many = tuple(Dataset("file", f"/many/{n}") for n in range(101))
    kept = keep(store.engine, replace(HEARD, inputs=many, outputs=many))

    assert kept == Kept(new=True, left_out=101 * 101 - MOST_PAIRS)
    assert counts(store.engine).edges == MOST_PAIRS


def test_files_within_a_folder_are_found_and_case_tells_apart(store: Store) -> None:
    for key, name in enumerate(["/x/1", "/x/y/2", "/x", "/xy/3", "/X/4", "/x_/5", "/x%/6"]):
        target = Dataset("file", name)
        keep(store.engine, replace(HEARD, key=str(key), run=name, inputs=(A,), outputs=(target,)))

    with store.engine.connect() as connection:
        found = edges_within(connection, [("file", "/x/"), ("file", "/x%/")], 1000)

    assert sorted(told.edge.target.dataset.name for told in found) == ["/x%/6", "/x/1", "/x/y/2"]


def test_two_names_of_one_table_are_found_by_either(store: Store) -> None:
    keep(store.engine, replace(HEARD, same=((A, B),)))

    with store.engine.connect() as connection:
        assert list(other_names(connection, [A, B, C])) == [(A, B), (B, A)] or list(
            other_names(connection, [A, B, C])
        ) == [(B, A), (A, B)]


def test_events_are_forgotten_after_a_month_and_edges_after_a_year_unseen(store: Store) -> None:
    early = replace(HEARD, key="1", run="1", inputs=(A,), outputs=(B,))
    again = replace(HEARD, key="2", run="2", inputs=(A,), outputs=(B,))
    other = replace(HEARD, key="3", run="3", job="other", inputs=(A,), outputs=(C,))
    keep(store.engine, early, NOON)
    keep(store.engine, other, NOON)
    keep(store.engine, again, NOON + timedelta(days=300))

    sweep(store.engine, NOON + timedelta(days=29))
    assert counts(store.engine).events == 3
    sweep(store.engine, NOON + timedelta(days=399))
    assert (counts(store.engine).events, counts(store.engine).edges) == (0, 2)
    sweep(store.engine, NOON + timedelta(days=401))
    assert (into(store, B), into(store, C)) == ([whole(A, B)], [])


def test_those_who_write_the_same_edges_at_once_wait_for_each_other(store: Store) -> None:
    edges = [Edge(Field(A, f"x{n}"), Field(B, f"y{n}")) for n in range(200)]

    def write(number: int) -> Kept:
        order = edges[number * 20 :] + edges[: number * 20]
        return keep(store.engine, replace(HEARD, key=str(number % 5), edges=tuple(order)))

    with ThreadPoolExecutor(4) as pool:
        kept = list(pool.map(write, range(10)))

    assert sum(each.new for each in kept) == 5
    assert set(into(store, B)) == set(edges)
