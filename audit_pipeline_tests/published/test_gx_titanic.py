import pytest

from audit_pipeline_tests.published import gx_titanic
from audit_pipeline_tests.published.checking import check, needs
from audit_pipeline_tests.published.figures import Finding

pytestmark = needs(gx_titanic)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return gx_titanic.account(tmp_path_factory.mktemp(gx_titanic.SET))


def test_every_published_figure_is_accounted_for_and_told(found: list[Finding]) -> None:
    check(gx_titanic, found)
