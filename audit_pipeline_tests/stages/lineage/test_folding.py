"""How a lineage is folded into a tree, on small ones and on one that is very long."""

from collections.abc import Iterator

from audit_pipeline.domain.lineage import WHOLE, Dataset, Edge, Field, Transformation
from audit_pipeline.stages.lineage.columns import find_columns
from audit_pipeline.stages.lineage.folding import DEEPEST, Branch, folded
from audit_pipeline.stages.lineage.questions import Question, ask
from audit_pipeline_tests.stages.lineage.audits import MODEL, audit, passed, record, recorded
from audit_pipeline_tests.stages.small import columns

CHECKS = [passed("population_stability_index", name) for name in ("income", "region")]
KNOWN = recorded(made=record(*CHECKS))


def lines(branches: list[Branch], depth: int = 0) -> Iterator[str]:
    """Yield one short line for each branch, indented."""
    for branch in branches:
        place = branch.dataset.name.removeprefix("loans.").rsplit("/", 1)[-1]
        names = ",".join(at.name or "*" for at in branch.fields)
        again = f" again {','.join(at.name or '*' for at in branch.again)}" if branch.again else ""
        yield f"{'  ' * depth}{place}: {names}{again}"
        yield from lines(branch.branches, depth + 1)


def test_a_column_is_followed_through_each_stage_once_and_then_referred_to() -> None:
    branches = folded(ask(KNOWN, Question(about="column", name="income")))

    assert list(lines(branches)) == [
        "rows.parquet: income",
        "  snapshot: income",
        "    profile: income",
        "      drift: population_stability_index(income)",
        "before.parquet: income",
        "  baseline: income",
        "    drift:  again population_stability_index(income)",
    ]


def test_columns_that_come_alike_are_one_branch() -> None:
    branches = folded(ask(KNOWN, Question(about="metric", name="population_stability_index")))

    assert list(lines(branches)) == [
        "drift: population_stability_index(income),population_stability_index(region)",
        "  profile: income,region",
        "    snapshot: income,*,region",
        "      rows.parquet: income,*,region",
        "      rows.parquet: day",
        "  baseline: income,region",
        "    before.parquet: income,*,region",
    ]


def test_what_only_decides_on_rows_is_a_branch_of_its_own_after_the_others() -> None:
    (root,) = folded(ask(KNOWN, Question(about="metric", name="population_stability_index")))

    direct, side = root.branches[0].branches[0].branches
    assert direct.how.type == "DIRECT"
    assert side.how.subtype == "FILTER"


def test_a_way_that_is_not_the_plain_one_is_a_branch_of_its_own() -> None:
    known = recorded(audit(model=MODEL))

    (window, before) = folded(ask(known, Question(about="column", name="income")))

    plain, scored = window.branches
    assert [at.name for at in plain.fields] == ["income"]
    assert sorted(at.name for at in scored.fields) == ["approved", "score"]
    assert scored.how.description == "scored by the model"
    assert len(before.branches) == 2


def test_two_hundred_columns_are_as_many_branches_as_one() -> None:
    wide = audit(columns=columns(features={f"x{n}": "numeric" for n in range(200)}))
    narrow = audit(columns=columns(features={"x0": "numeric"}))

    folds = [list(lines(folded(ask(recorded(of), Question())))) for of in (wide, narrow)]

    assert len(folds[0]) == len(folds[1])


def test_what_other_tools_told_is_marked() -> None:
    (ours, _) = find_columns(KNOWN, "income").sources
    known = recorded(audit(), KNOWN.record, Edge(Field(Dataset("dbt", "raw"), "gross"), ours))

    branches = folded(ask(known, Question(about="column", name="income", direction="upstream")))

    told = [branch for branch in _all(branches) if branch.told]
    assert [branch.dataset.name for branch in told] == ["raw"]


def test_a_circle_is_drawn_once() -> None:
    (ours, _) = find_columns(KNOWN, "income").sources
    theirs = Field(Dataset("dbt", "raw"), "gross")
    known = recorded(audit(), KNOWN.record, Edge(theirs, ours), Edge(ours, theirs))

    branches = folded(ask(known, Question()))

    shown = [at for branch in _all(branches) for at in branch.fields]
    assert len(shown) == len(set(shown))


def test_a_history_without_end_is_cut_off() -> None:
    (ours, _) = find_columns(KNOWN, "income").sources
    chain = [Field(Dataset("dbt", f"t{n}"), "gross") for n in range(5000)]
    how = Transformation(subtype="TRANSFORMATION")
    edges = [Edge(a, b, how) for a, b in zip([*chain[1:]], chain, strict=False)]
    known = recorded(audit(), KNOWN.record, Edge(chain[0], ours), *edges)

    branches = list(_all(folded(ask(known, Question()))))

    assert any(branch.cut for branch in branches)
    assert len(branches) < DEEPEST + 20


def test_rows_as_such_are_a_field_too() -> None:
    made = record(passed("row_count", "all rows", "rule_results"))

    branches = folded(ask(recorded(made=made), Question()))

    assert Field(branches[0].branches[0].branches[0].dataset, WHOLE) in {
        at for branch in _all(branches) for at in branch.fields
    }


def _all(branches: list[Branch]) -> Iterator[Branch]:
    for branch in branches:
        yield branch
        yield from _all(branch.branches)
