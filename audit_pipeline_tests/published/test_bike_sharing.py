import pytest

from audit_pipeline_tests.published import bike_sharing
from audit_pipeline_tests.published.checking import check, needs
from audit_pipeline_tests.published.figures import Finding

pytestmark = needs(bike_sharing)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return bike_sharing.account(tmp_path_factory.mktemp(bike_sharing.SET))


def test_every_published_figure_is_accounted_for_and_told(found: list[Finding]) -> None:
    check(bike_sharing, found)
