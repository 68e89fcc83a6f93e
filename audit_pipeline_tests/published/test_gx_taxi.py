import pytest

from audit_pipeline_tests.published import gx_taxi
from audit_pipeline_tests.published.checking import check, needs
from audit_pipeline_tests.published.figures import Finding

pytestmark = needs(gx_taxi)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return gx_taxi.account(tmp_path_factory.mktemp(gx_taxi.SET))


def test_every_published_figure_is_accounted_for_and_told(found: list[Finding]) -> None:
    check(gx_taxi, found)


def test_the_passengers_outside_one_to_six_of_february_are_counted(found: list[Finding]) -> None:
    (finding,) = (f for f in found if f.figure.id.startswith("Feb passenger_count not in"))

    assert finding.ours == finding.figure.number
