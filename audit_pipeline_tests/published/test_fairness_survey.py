import pytest

from audit_pipeline_tests.published import fairness_survey
from audit_pipeline_tests.published.checking import check, needs
from audit_pipeline_tests.published.figures import Finding

pytestmark = needs(fairness_survey)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return fairness_survey.account(tmp_path_factory.mktemp(fairness_survey.SET))


def test_every_published_figure_is_accounted_for_and_told(found: list[Finding]) -> None:
    check(fairness_survey, found)
