"""A month of three audits in which everything that can die does, and nothing is lost or doubled."""

from pathlib import Path

import pytest

from audit_pipeline_tests.month.__main__ import soak

SEED = 2026


def test_a_month_of_faults_ends_with_every_window_audited_once_and_every_finding_told_once(
    tmp_path: Path,
) -> None:
    said, broken = soak(tmp_path, seed=SEED, audits=3, days=31)
    print(said)  # noqa: T201 (the seed, and what it came to)
    assert broken == [], said


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_other_seeds_and_more_audits_end_as_well(tmp_path: Path, seed: int) -> None:
    said, broken = soak(tmp_path, seed=seed, audits=6, days=31)
    assert broken == [], said
