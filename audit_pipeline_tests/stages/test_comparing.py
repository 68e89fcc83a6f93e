import json

import pytest

from audit_pipeline.audits.home import Home
from audit_pipeline.domain.compared import Change
from audit_pipeline.stages.comparing import Asked, asked, compare_audits, comparison_as_json
from audit_pipeline.stages.reading import NoResultsError
from audit_pipeline_tests.stages.revised import revised
from audit_pipeline_tests.stages.small import FEBRUARY, JANUARY, NAME


@pytest.fixture(scope="module")
def home() -> Home:
    return revised()[0]


def test_two_revisions_of_a_window_are_compared(home: Home) -> None:
    compared = compare_audits(home, NAME, (FEBRUARY, 1), (FEBRUARY, 2))
    sides = compared.before, compared.after
    coverage = next(c for c in compared.checks if c.check.name == "label_coverage")

    assert [(s.revision, s.rows, s.labelled) for s in sides] == [(1, 1500, 1000), (2, 1500, 1500)]
    assert coverage.change is Change.BETTER
    assert coverage.difference == pytest.approx(1 / 3)
    assert coverage.apart is None
    assert compared.doubts == ()


def test_a_revision_left_out_is_the_last(home: Home) -> None:
    compared = compare_audits(home, NAME, (JANUARY, None), (FEBRUARY, None))

    assert (compared.before.window, compared.before.revision) == (JANUARY, 1)
    assert (compared.after.window, compared.after.revision) == (FEBRUARY, 2)
    assert sum(compared.counts.values()) == len(compared.checks) == 61
    assert all(c.apart is not None for c in compared.checks if c.check.name == "accuracy")


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (("2024-07", None), (JANUARY, None), "'2024-07' of 'loans' was not audited; audited are:"),
        ((JANUARY, 5), (FEBRUARY, None), "window 2024-01 of 'loans' has no revision 5; it has: 1"),
        ((FEBRUARY, None), (FEBRUARY, 2), "both are revision 2 of window 2024-02 of 'loans'"),
    ],
)
def test_what_there_is_not_is_refused_with_what_there_is(
    home: Home, before: Asked, after: Asked, words: str
) -> None:
    with pytest.raises(NoResultsError, match=words):
        compare_audits(home, NAME, before, after)


def test_a_window_is_asked_for_with_its_revision_or_without() -> None:
    assert asked("2024-01@2") == asked("2024-01", 2) == asked("2024-01@2", 2) == ("2024-01", 2)
    assert asked("2024-10-27T02+0200") == ("2024-10-27T02+0200", None)
    with pytest.raises(NoResultsError, match="names no revision: write it like '2024-01@1'"):
        asked("2024-01@last")
    with pytest.raises(NoResultsError, match="contradict each other"):
        asked("2024-01@1", 2)


def test_as_json_it_has_both_sides_of_every_check(home: Home) -> None:
    compared = compare_audits(home, NAME, (FEBRUARY, 1), (FEBRUARY, 2))
    told = json.loads(json.dumps(comparison_as_json(compared), allow_nan=False))
    (coverage,) = [c for c in told["checks"] if c["name"] == "label_coverage"]

    assert told["before"]["labelled"] == 1000
    assert (told["before"]["verdict"], told["after"]["verdict"]) == ("fail", "pass")
    assert sum(told["counts"].values()) == len(told["checks"]) == 61
    assert (coverage["before"]["value"], coverage["after"]["value"]) == (2 / 3, 1.0)
    assert coverage["change"] == "better"
    assert coverage["limit_changed"] is False
    assert set(coverage["before"]) >= {"low", "high", "rows", "used", "baseline", "reason"}
