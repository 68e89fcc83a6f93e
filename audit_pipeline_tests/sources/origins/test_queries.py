"""What a query rests on. Worked by hand, and held against what real SQLite does with each."""

import logging
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit_pipeline.domain.lineage import WHOLE, Dataset, Field, Transformation
from audit_pipeline.sources.base import SAME, Origin, Origins
from audit_pipeline.sources.origins.places import Place
from audit_pipeline.sources.origins.queries import origin_of_query
from audit_pipeline.sources.origins.tables import SPARK

BANK = Place(namespace="postgres://db:5432", above=("bank", "public"), dialect="postgres")
LITE = Place(namespace="sqlite:///bank.db", dialect="sqlite")


def told(origins: Origins) -> list[str]:
    """Return origins as `table.column HOW`; all rows as `table HOW`."""
    return [
        f"{of.dataset.name.removeprefix('bank.public.')}{'.' * bool(of.name)}{of.name}"
        f" {how.subtype}"
        for of, how in origins
    ]


def columns(query: str, place: Place = BANK) -> dict[str, list[str]]:
    return {name: told(of) for name, of in origin_of_query(query, place).fields.items()}


def rows(query: str, place: Place = BANK) -> list[str]:
    found = origin_of_query(query, place).rows
    assert all(how.type == "INDIRECT" for _, how in found)
    return told(found)


def tables(query: str, place: Place = BANK) -> list[str]:
    return [at.name for at in origin_of_query(query, place).datasets]


def test_a_column_is_itself_also_by_another_name() -> None:
    assert columns("SELECT id, income AS pay FROM loans") == {
        "id": ["loans.id IDENTITY"],
        "pay": ["loans.income IDENTITY"],
    }


def test_an_expression_transforms_and_an_aggregate_aggregates() -> None:
    query = """
        SELECT lower(name) AS n, a + b AS c, sum(a * b) AS s, count(*) AS k,
               count(DISTINCT id) AS d,
               CASE WHEN sex = 'Jane' THEN a ELSE b END AS x, 1 AS one, cast(a AS text) AS t
        FROM loans"""

    assert columns(query) == {
        "n": ["loans.name TRANSFORMATION"],
        "c": ["loans.a TRANSFORMATION", "loans.b TRANSFORMATION"],
        "s": ["loans.a AGGREGATION", "loans.b AGGREGATION"],
        "k": ["loans AGGREGATION"],
        "d": ["loans.id AGGREGATION"],
        "x": ["loans.sex CONDITIONAL", "loans.a TRANSFORMATION", "loans.b TRANSFORMATION"],
        "one": [],
        "t": ["loans.a TRANSFORMATION"],
    }
    found = origin_of_query(query, BANK).fields
    assert [how.masking for of in ("k", "d", "s") for _, how in found[of]] == [
        True, True, False, False,
    ]  # fmt: skip


def test_a_window_decides_by_its_parts() -> None:
    assert columns(
        "SELECT row_number() OVER (PARTITION BY g ORDER BY d) AS n, sum(x) OVER (ORDER BY d) AS s,"
        " lag(x) OVER (ORDER BY d) AS l, avg(x) FILTER (WHERE k > 1) AS f,"
        " percentile_cont(0.5) WITHIN GROUP (ORDER BY x) AS p FROM t"
    ) == {
        "n": ["t.g WINDOW", "t.d WINDOW"],
        "s": ["t.x AGGREGATION", "t.d WINDOW"],
        "l": ["t.x TRANSFORMATION", "t.d WINDOW"],
        "f": ["t.x AGGREGATION", "t.k FILTER"],
        "p": ["t.x AGGREGATION"],
    }


def test_rows_rest_on_what_they_are_joined_filtered_grouped_and_sorted_by() -> None:
    query = """
        SELECT l.region, sum(l.amount) AS total FROM loans AS l
        JOIN customers AS c ON c.id = l.customer AND c.kind = 'private'
        WHERE l.day >= DATE '2024-01-01' GROUP BY 1 HAVING avg(l.score) > 0.5 ORDER BY total"""

    assert rows(query) == [
        "loans.day FILTER",
        "loans.region GROUP_BY",
        "loans.score FILTER",
        "loans.amount SORT",
        "customers.id JOIN",
        "loans.customer JOIN",
        "customers.kind JOIN",
    ]
    assert tables(query) == ["bank.public.loans", "bank.public.customers"]


def test_using_joins_both_tables_by_the_column() -> None:
    assert rows("SELECT l.a FROM l JOIN p USING (id)") == ["l.id JOIN", "p.id JOIN"]


def test_a_star_hands_on_what_has_no_origin_of_its_own() -> None:
    found = origin_of_query("SELECT *, a + b AS c FROM loans", BANK)

    assert told(found.of("c")) == ["loans.a TRANSFORMATION", "loans.b TRANSFORMATION"]
    assert told(found.of("income")) == ["loans.income IDENTITY"]


def test_a_star_of_one_of_several_tables_is_that_tables() -> None:
    found = origin_of_query("SELECT l.*, p.score FROM loans l JOIN p ON l.id = p.id", BANK)

    assert told(found.of("income")) == ["loans.income IDENTITY"]
    assert told(found.of("score")) == ["p.score IDENTITY"]


def test_a_column_of_one_of_several_tables_rests_on_all_rows_of_each() -> None:
    """Which table has it, the query does not tell."""
    star = origin_of_query("SELECT * FROM loans JOIN p ON loans.id = p.id", BANK)
    bare = origin_of_query("SELECT income FROM loans JOIN p ON loans.id = p.id", BANK)

    assert told(star.of("income")) == ["loans TRANSFORMATION", "p TRANSFORMATION"]
    assert star.of("income") == bare.of("income")


def test_a_common_table_and_a_subquery_are_seen_through() -> None:
    query = """
        WITH good AS (SELECT *, upper(name) AS big FROM lending.loans WHERE day > '2024-01-01')
        SELECT g.big, g.income, s.total FROM good AS g
        JOIN (SELECT id, sum(paid) AS total FROM payments GROUP BY id) AS s ON s.id = g.id"""

    assert columns(query) == {
        "big": ["bank.lending.loans.name TRANSFORMATION"],
        "income": ["bank.lending.loans.income IDENTITY"],
        "total": ["payments.paid AGGREGATION"],
    }
    assert rows(query) == [
        "payments.id JOIN",
        "bank.lending.loans.id JOIN",
        "bank.lending.loans.day FILTER",
        "payments.id GROUP_BY",
    ]


def test_a_common_table_that_nobody_reads_is_not_rested_on() -> None:
    assert tables("WITH x AS (SELECT a FROM other) SELECT b FROM loans") == ["bank.public.loans"]


def test_a_union_rests_on_both_by_position() -> None:
    query = "SELECT a, b FROM x UNION ALL SELECT c, d FROM y ORDER BY a"

    assert columns(query) == {
        "a": ["x.a IDENTITY", "y.c IDENTITY"],
        "b": ["x.b IDENTITY", "y.d IDENTITY"],
    }
    assert rows(query) == ["x.a SORT", "y.c SORT"]
    stars = origin_of_query("SELECT * FROM (SELECT * FROM x UNION SELECT * FROM y) AS z", BANK)
    assert told(stars.of("a")) == ["x.a IDENTITY", "y.a IDENTITY"]


def test_what_is_taken_away_only_decides_on_rows() -> None:
    assert columns("SELECT a FROM x EXCEPT SELECT b FROM y") == {"a": ["x.a IDENTITY"]}
    assert rows("SELECT a FROM x EXCEPT SELECT b FROM y") == ["x.a FILTER", "y.b FILTER"]
    assert rows("SELECT a FROM x INTERSECT SELECT * FROM y") == ["x.a FILTER", "y FILTER"]


def test_a_condition_that_asks_another_table_rests_on_it() -> None:
    query = "SELECT id FROM loans AS l WHERE id IN (SELECT id FROM p WHERE p.of = l.bank)"

    assert tables(query) == ["bank.public.loans", "bank.public.p"]
    assert rows(query) == ["loans.id FILTER", "p.id FILTER", "p.of FILTER", "loans.bank FILTER"]


def test_distinct_rows_rest_on_all_that_is_chosen() -> None:
    assert rows("SELECT DISTINCT a, b FROM t") == ["t.a GROUP_BY", "t.b GROUP_BY"]
    assert rows("SELECT DISTINCT ON (a) b FROM t ORDER BY a, c") == [
        "t.a GROUP_BY",
        "t.a SORT",
        "t.c SORT",
    ]


def test_a_query_that_reads_itself_comes_to_an_end() -> None:
    query = """
        WITH RECURSIVE r AS (SELECT id AS n FROM t UNION ALL SELECT n + 1 FROM r WHERE n < 5)
        SELECT n FROM r"""

    assert columns(query) == {"n": ["t.id IDENTITY", "t.id TRANSFORMATION"]}


def test_names_are_folded_as_the_database_folds_them() -> None:
    query = 'SELECT Income, "Pay" FROM Loans JOIN "Big Table" AS b ON b.ID = Loans.Id'
    snow = Place(namespace="snowflake://a", above=("B", "PUBLIC"), dialect="snowflake")

    assert tables(query) == ["bank.public.loans", "bank.public.Big Table"]
    assert list(columns(query)) == ["income", "Pay"]
    assert tables(query, snow) == ["B.PUBLIC.LOANS", "B.PUBLIC.Big Table"]
    assert list(columns("SELECT Id AS Number, income FROM Loans", LITE)) == ["Number", "income"]
    assert tables("SELECT Id FROM Loans", LITE) == ["Loans"]


def test_a_text_in_the_quotes_of_a_name_is_not_told() -> None:
    """SQLite takes one for a text where there is no such column."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE t AS SELECT 1 AS id, 'Jane' AS name")
    query = 'SELECT id, "name" FROM t WHERE name = "Jane"'

    assert base.execute(query).fetchall() == [(1, "Jane")]
    assert rows(query, LITE) == ["t.name FILTER", "t FILTER"]
    assert columns(query, LITE)["name"] == ["t.name IDENTITY"]


@pytest.mark.parametrize("name", ["a/b c", "🐈", "100%", "a#b?", "a.b", "it''s"])
def test_names_may_hold_anything(name: str) -> None:
    found = origin_of_query(f'SELECT "{name}" FROM "{name}"', BANK)

    assert found.datasets == (Dataset(BANK.namespace, f"bank.public.{name}"),)
    assert found.of(name) == ((Field(found.datasets[0], name), Transformation()),)


def test_lists_that_become_rows_are_seen_through() -> None:
    assert columns("SELECT x.v FROM t, unnest(t.tags) AS x(v)") == {"v": ["t.tags TRANSFORMATION"]}
    exploded = origin_of_query("SELECT tag, y FROM t LATERAL VIEW explode(tags) e AS tag", SPARK)
    assert {name: of[0][0].name for name, of in exploded.fields.items()} == {
        "tag": "tags",
        "y": "y",
    }


def test_a_part_of_a_structure_rests_on_all_of_it() -> None:
    found = origin_of_query("SELECT payload.income AS i FROM t", SPARK)

    assert [of.name for of, _ in found.of("i")] == ["payload"]


def test_the_columns_of_a_pivot_rest_on_all_rows() -> None:
    """Their names are values: of none is it known what it is made from."""
    snow = Place(namespace="snowflake://a", above=("B", "PUBLIC"), dialect="snowflake")
    found = origin_of_query("SELECT * FROM t PIVOT (sum(a) FOR b IN ('x', 'y'))", snow)

    assert [of.name for of, _ in found.of("x")] == [WHOLE]


UNREADABLE = [
    "this is no SQL, 'Jane",
    "DELETE FROM loans",
    "SELECT FROM WHERE 'Jane'",
    "SELECT a FROM t WHERE " + "(" * 3000 + "x" + ")" * 3000,
    "SELECT a FROM t WHERE " + " OR ".join(f"x = {n}" for n in range(4000)),
    "SELECT a FROM t WHERE x IN (" + ", ".join(f"{n}" for n in range(30_000)) + ")",
    "SELECT 1",
    "SELECT * FROM generate_series(1, 10)",
    "",
]


@pytest.mark.parametrize("query", UNREADABLE)
def test_a_query_that_cannot_be_read_is_a_dataset_of_its_own(
    query: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = origin_of_query(query, BANK)

    [at] = found.datasets
    assert at.namespace == BANK.namespace
    assert at.name.startswith("query ")
    assert "Jane" not in str(found)
    assert found.of("income") == ((Field(at, "income"), Transformation()),)
    assert found == origin_of_query(f" {query}\n", BANK)
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")


@given(st.text(max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    for query in (text, f"SELECT {text} FROM t", f"SELECT a FROM t WHERE {text}"):
        assert origin_of_query(query, BANK).datasets


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=6))
def test_no_value_of_a_query_is_told(value: str) -> None:
    literal = "secret " + value.replace("'", "''").replace("\\", "")
    query = f"SELECT CASE n WHEN '{literal}' THEN a END AS c FROM t WHERE b LIKE '{literal}'"

    assert "secret" not in repr(origin_of_query(query, LITE))


def test_a_thousand_conditions_are_read() -> None:
    query = "SELECT a FROM t WHERE " + " OR ".join(f"x{n} = 'Jane'" for n in range(1000))

    assert len(rows(query)) == 1000


def test_a_thousand_columns_take_a_moment_once() -> None:
    query = f"SELECT {', '.join(f'coalesce(c{n}, 0) AS e{n}' for n in range(1000))} FROM t"

    assert len(origin_of_query(query, BANK).fields) == 1000
    assert origin_of_query(query, BANK) is origin_of_query(query, BANK)


# ---------------------------------------------------------------- held against a database

COLUMNS = {"t": ("id", "a", "b", "day"), "u": ("id", "k", "v")}
STEPS = "SELECT id, a FROM t UNION SELECT n + 1, l FROM r WHERE n < 7"
QUERIES = [
    "SELECT * FROM t",
    "SELECT id, a + b AS c, b FROM t WHERE day > 2 ORDER BY a LIMIT 3",
    "SELECT day, sum(a) AS s, count(*) AS n FROM t GROUP BY 1 HAVING max(b) > 2",
    "SELECT DISTINCT day, a % 2 AS odd FROM t",
    "SELECT t.id, u.v FROM t JOIN u ON u.id = t.id AND u.k > 1",
    "SELECT t.id, u.v FROM t LEFT JOIN u USING (id) WHERE t.a > 1",
    "SELECT *, (SELECT max(v) FROM u WHERE u.id = t.id AND k > 1) AS m FROM t",
    "SELECT id FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.id = t.id AND u.v > 3)",
    "SELECT id, a FROM t WHERE id NOT IN (SELECT id FROM u WHERE k = 2)",
    "WITH x AS (SELECT id, a * 2 AS d, day FROM t) SELECT x.d, u.v FROM x, u WHERE x.id = u.k",
    "SELECT id, b FROM t UNION ALL SELECT k, v FROM u",
    "SELECT day, a FROM t UNION SELECT k, v FROM u",
    "SELECT day FROM t EXCEPT SELECT k FROM u",
    "SELECT id, day FROM t EXCEPT SELECT k, v FROM u",
    "SELECT id FROM t INTERSECT SELECT k FROM u WHERE v > 2",
    "SELECT id, row_number() OVER (PARTITION BY day ORDER BY b DESC) AS r FROM t",
    "SELECT id, sum(a) OVER (ORDER BY day, id) AS s, lag(b) OVER (ORDER BY a) AS l FROM t",
    "SELECT id, CASE WHEN a > 2 THEN b ELSE day END AS c, iif(b > 3, 1, 0) AS i FROM t",
    "SELECT n, count(*) AS k FROM (SELECT a / 2 AS n, b FROM t WHERE b > 1) AS z GROUP BY n",
    "SELECT sum(a) FILTER (WHERE b > 2) AS s, total(day) AS d FROM t",
    "SELECT z.* FROM (SELECT id, b AS w FROM t UNION SELECT id, v FROM u) AS z WHERE z.w > 2",
    f"WITH RECURSIVE r(n, l) AS ({STEPS}) SELECT n, l FROM r",
    "SELECT ID AS Number, A FROM T AS Q WHERE q.DAY >= 2",
]


def _filled(changed: tuple[str, str] | None) -> sqlite3.Connection:
    """Return a database; one column has other values in it, which stand in another order."""
    base = sqlite3.connect(":memory:")
    for number, (table, names) in enumerate(COLUMNS.items()):
        base.execute(f"CREATE TABLE {table} ({', '.join(names)})")
        for row in range(1, 7):
            values = [row, *((row * (number + n + 2)) % 5 + 1 for n in range(1, len(names)))]
            if changed is not None and changed[0] == table:
                at = names.index(changed[1])
                values[at] = (values[at] * 3 + row) % 7 + 1
            marks = ", ".join("?" * len(names))
            base.execute(f"INSERT INTO {table} VALUES ({marks})", values)
    return base


def _run(query: str, changed: tuple[str, str] | None) -> dict[str, list[str]]:
    cursor = _filled(changed).execute(query)
    names = [each[0] for each in cursor.description]
    found = cursor.fetchall()
    return {name: sorted(repr(row[n]) for row in found) for n, name in enumerate(names)}


def _rested_on(origin: Origin, column: str) -> Iterator[tuple[str, str]]:
    for of, _ in (*origin.of(column), *origin.rows):
        assert of.name != SAME
        table = of.dataset.name.lower()
        whole = COLUMNS[table] if of.name == WHOLE else (of.name.lower(),)
        yield from ((table, name) for name in whole)


@pytest.mark.parametrize("query", QUERIES)
def test_whatever_changes_a_column_of_the_result_is_in_its_lineage(query: str) -> None:
    """Real SQLite tells: each column of each table is changed in turn."""
    origin, before = origin_of_query(query, LITE), _run(query, None)
    changes = [(table, name) for table, names in COLUMNS.items() for name in names]
    seen = {changed: _run(query, changed) for changed in changes}

    missed = [
        (column, changed)
        for column in before
        for changed in changes
        if seen[changed][column] != before[column] and changed not in _rested_on(origin, column)
    ]
    assert missed == []
    assert any(found != before for found in seen.values())
