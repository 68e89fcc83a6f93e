import pytest

from audit_pipeline.report.numbers import compact, count, number, percent, signed
from audit_pipeline_tests.report.hand_made import words


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0, "0"),
        (0.0123456, "0.0123"),
        (0.000123456, "0.000123"),
        (0.937412, "0.9374"),
        (1.5, "1.5"),
        (12.3456, "12.35"),
        (69126.0, "69,126"),
        (1234567.8, "1,234,568"),
        (-0.05, "\u22120.05"),
        (0.0000012, "1.2 \u00d7 10⁻⁶"),
        (float("nan"), "not a number"),
        (float("-inf"), "\u2212infinite"),
    ],
)
def test_numbers_have_about_four_digits(value: float, written: str) -> None:
    assert words(number(value)) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.0321, "3.2 %"),
        (0.00001, "< 0.1 %"),
        (0.99999, "> 99.9 %"),
        (-0.0321, "\u22123.2 %"),
        (-0.00001, "0 %"),
        (float("nan"), "unknown"),
    ],
)
def test_a_percentage_is_whole_only_where_it_is_exact(share: float, written: str) -> None:
    assert words(percent(share)) == written


def test_thousands_are_apart() -> None:
    assert count(1234567) == "1,234,567"


def test_changes_carry_their_sign() -> None:
    assert (signed(0.5), signed(-0.5), signed(0.0)) == ("+0.5", "\u22120.5", "0")


def test_ticks_are_short() -> None:
    assert [compact(v) for v in (-20000.0, 9000.0, 2e9)] == ["\u221220k", "9,000", "2G"]
