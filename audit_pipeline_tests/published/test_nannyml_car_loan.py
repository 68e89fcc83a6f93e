import pytest

from audit_pipeline_tests.published import nannyml_car_loan
from audit_pipeline_tests.published.checking import check, needs
from audit_pipeline_tests.published.figures import Finding

pytestmark = needs(nannyml_car_loan)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return nannyml_car_loan.account(tmp_path_factory.mktemp(nannyml_car_loan.SET))


def test_every_published_figure_is_accounted_for_and_told(found: list[Finding]) -> None:
    check(nannyml_car_loan, found)
