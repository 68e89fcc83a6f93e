"""The Titanic's passengers, as Great Expectations' own tests validate them."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_pipeline_tests.published.auditing import (
    DAY,
    THE_DAY,
    Record,
    audits,
    parquet,
    write_table,
)
from audit_pipeline_tests.published.expectations import figure_of, rule
from audit_pipeline_tests.published.figures import SHARED, Figure, Finding, figures, related, same

SET = "gx_titanic"
TITLE = "Titanic, three suites of Great Expectations' tests"
AUDITED = (
    "One audit of all 1,313 passengers; the 64 expectations of the three suites stand in it as"
    " `rules`, and so does each published quantile (both ends the published value) and each"
    " published set of values (`expect_column_distinct_values_to_equal_set`)."
)
COLUMNS = ("Unnamed: 0", "day", "Name", "PClass", "Age", "Sex", "SexCode", "Survived")
"""Of the snapshot: those of the file in the order the audit declares them, and the day."""
DECLARED = "the audit's columns: those of the file, in declared order, and the day it needs"
EXACT = "as a rule whose two ends are the published value"
NEAREST = (
    "a rule takes the first row at which the share is reached (`percentile_disc`), the publisher"
    " the nearest (pandas): one row apart, and within the suite's own range"
)
EQUAL_SET = "as a rule that the values are this set and no other"
QUANTILES = "expect_column_quantile_values_to_be_between"
ID = re.compile(r"(?P<suite>\S+?)#(?P<number>\d+) (?P<expect>\w+)\((?P<column>.*)\) (?P<what>\w+)")


@dataclass(frozen=True, kw_only=True)
class Suite:
    """One published file: how ids begin with it, and its results."""

    prefix: str
    results: list[dict[str, Any]]

    def name(self, number: int, more: str = "") -> str:
        """Return the name of the rule of one result."""
        letters = "".join(c for c in self.prefix.lower() if c.isalpha())
        return f"{letters}_{number}{more}"

    def rules(self) -> Iterator[dict[str, Any]]:
        """Yield every expectation as a rule, and what its observed values must be as more."""
        for number, result in enumerate(self.results):
            config = result["expectation_config"]
            expect = config.get("type") or config["expectation_type"]
            kwargs = dict(config["kwargs"])
            if "column_list" in kwargs:
                kwargs["column_list"] = list(COLUMNS)
            if expect == "expect_table_column_count_to_equal":
                kwargs["value"] = len(COLUMNS)
            yield rule(self.name(number), expect, kwargs)
            yield from self._observed(number, kwargs.get("column"), result["result"])

    def _observed(
        self, number: int, column: str | None, result: dict[str, Any]
    ) -> Iterator[dict[str, Any]]:
        observed = result.get("observed_value")
        if isinstance(observed, dict):
            for place, (share, value) in enumerate(
                zip(observed["quantiles"], observed["values"], strict=True)
            ):
                ranges = {"quantiles": [share], "value_ranges": [[value, value]]}
                exactly = {"column": column, "quantile_ranges": ranges}
                yield rule(self.name(number, f"_q{place}"), QUANTILES, exactly)
        if isinstance(observed, list) and column is not None:
            values = {"column": column, "value_set": observed}
            expect = "expect_column_distinct_values_to_equal_set"
            yield rule(self.name(number, "_set"), expect, values)


def account(folder: Path) -> list[Finding]:
    """Return what became of every published figure."""
    suites = {suite.prefix: suite for suite in _suites()}
    rows = write_table(
        folder / "titanic.parquet",
        f'SELECT {DAY} AS day, column0::INT AS "Unnamed: 0", column1 AS "Name",'
        ' column2 AS "PClass", column3::DOUBLE AS "Age", column4 AS "Sex",'
        ' column5::INT AS "Survived", column6::INT AS "SexCode" FROM'
        f" read_csv('{SHARED / SET}/Titanic.csv', header=false, skip=1, nullstr='NA')",
    )
    about: dict[str, Any] = {
        "current": parquet(rows),
        "baseline": parquet(rows),
        "columns": {
            "id": "Unnamed: 0",
            "timestamp": "day",
            "features": {
                "Name": "categorical",
                "PClass": "categorical",
                "Age": "numeric",
                "Sex": "categorical",
            },
            "prediction": {"label": "SexCode", "score": None},
            "target": {"column": "Survived", "positive": 1},
        },
        "rules": [rule for suite in suites.values() for rule in suite.rules()],
    }
    record = dict(audits(folder, "titanic", about, [THE_DAY]))[THE_DAY]
    seen = Counter[str]()
    found = []
    for figure in figures(SET):
        found.append(_finding(figure, suites, record, seen[figure.id]))
        seen[figure.id] += 1
    return found


def _suites() -> Iterator[Suite]:
    for path in sorted((SHARED / SET).glob("published_*.json")):
        results = json.loads(path.read_text(encoding="utf-8"))["results"]
        yield Suite(prefix=path.stem.removeprefix("published_")[:25], results=results)


def _finding(figure: Figure, suites: dict[str, Suite], record: Record, before: int) -> Finding:
    found = ID.fullmatch(figure.id)
    if found is None:
        prefix, what = figure.id.split(" ")
        return same(figure, f"suites: {what}", _whole(suites[prefix], record, what))
    suite, number, what = suites[found["suite"]], int(found["number"]), found["what"]
    outcome = record.rule(suite.name(number))
    if what == "quantile":
        exactly = record.rule(suite.name(number, f"_q{before}"))["verdict"] == "pass"
        if exactly:
            return same(figure, "quantiles", figure.number, EXACT)
        held = outcome["verdict"] == "pass"
        return related(figure, "quantiles one row apart", "in range", NEAREST, holds=held)
    if found["expect"].startswith("expect_table_column"):
        held = outcome["verdict"] == "pass"
        ours = str(held) if what == "success" else _columns(found["expect"])
        return related(figure, found["expect"], ours, DECLARED, holds=held)
    if figure.published.startswith("["):
        held = record.rule(suite.name(number, "_set"))["verdict"] == "pass"
        return same(figure, "sets of values", figure.published if held else None, EQUAL_SET)
    return same(figure, _family(what), figure_of(outcome, what))


def _columns(expect: str) -> str:
    return str(len(COLUMNS)) if expect.endswith("equal") else json.dumps(COLUMNS)


def _family(what: str) -> str:
    kinds = {"success": "verdicts", "observed_value": "observed values"}
    return kinds.get(what, "counts and shares of rows, missing and unexpected")


def _whole(suite: Suite, record: Record, what: str) -> float:
    verdicts = [record.rule(suite.name(n))["verdict"] for n in range(len(suite.results))]
    kept = verdicts.count("pass")
    return 100 * kept / len(verdicts) if what == "success_percent" else len(verdicts) - kept
