"""What belongs to one person stays in the private folder."""

from pathlib import Path

from audit_pipeline_tests.stages.small import ROWS, audit, changed, people, settings, write_home

RULES = [
    {
        "expect": "expect_column_values_to_be_in_set",
        "kwargs": {"column": "region", "value_set": ["north", "south", "west"]},
        "name": "known_region",
    },
    {
        "expect": "expect_column_values_to_be_between",
        "kwargs": {"column": "income", "min_value": 0, "max_value": 10_000},
        "name": "plausible_income",
    },
    {
        "expect": "expect_column_values_to_match_regex",
        "kwargs": {"column": "id", "regex": "^[0-9]+$"},
        "name": "id_of_digits",
    },
]
SECRETS = ("Secretperson", "Hiddenname", "31415926", "31,415,926", "27182818", "27,182,818")


def test_no_value_of_a_row_leaves_the_private_folder(tmp_path: Path) -> None:
    region = people()["region"].to_pylist()
    income = people()["income"].to_numpy().copy()
    region[3], income[3], income[4] = "Jane Secretperson", 31415926.5358, -27182818.25
    ids = [f"Hiddenname-{n}" for n in range(ROWS)]
    home = write_home(
        tmp_path,
        settings(rules=RULES),
        current=changed(people(), region=region, income=income, id=ids),
        baseline=changed(people(seed=0), id=[f"b{n}" for n in range(ROWS)]),
    )
    audited = audit(home)
    assert audited.verdict == "fail"
    assert audited.outcome("plausible_income", "income")["measurement"]["detail"]["examples"] == [
        "a number (2)"
    ]
    assert "known_region of region: 1 of 1,500 rows (0.1 %) break it" in audited.headlines
    outside = [
        path
        for path in home.path.rglob("*")
        if path.is_file() and not path.is_relative_to(home.private) and path.suffix != ".parquet"
    ]
    assert {path.name for path in outside} >= {"report.html", "results.json", "results.db"}
    told = [(s, p.name) for s in SECRETS for p in outside if s.encode() in p.read_bytes()]
    assert told == []
