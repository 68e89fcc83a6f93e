import pytest

from audit_pipeline_tests.published import compas
from audit_pipeline_tests.published.checking import check, needs
from audit_pipeline_tests.published.figures import Finding

pytestmark = needs(compas)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    return compas.account(tmp_path_factory.mktemp(compas.SET))


def test_every_published_figure_is_accounted_for_and_told(found: list[Finding]) -> None:
    check(compas, found)


@pytest.mark.parametrize("group", ["African-American", "Caucasian"])
@pytest.mark.parametrize("rate", ["FPR", "FNR"])
def test_the_error_rates_by_race_come_out_to_the_printed_digit(
    found: list[Finding], group: str, rate: str
) -> None:
    (finding,) = (f for f in found if f.figure.id == f"{group}/medium_or_high/{rate}")

    assert f"{finding.ours:.{finding.figure.decimals}f}" == finding.figure.published
