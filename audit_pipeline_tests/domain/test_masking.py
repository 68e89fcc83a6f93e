from datetime import date
from decimal import Decimal

import pytest

from audit_pipeline.domain.masking import mask


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"),
        (True, "a boolean"),
        (41, "a number"),
        (41.5, "a number"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        ("", "text of 0 characters"),
        ("02139", "text of 5 characters"),
        (date(1970, 1, 2), "a date"),
        (Decimal("12.5"), "a Decimal"),
        ([1, 2], "a list"),
        (b"abc", "a bytes"),
    ],
)
def test_a_masked_value_tells_its_kind_only(value: object, shown: str) -> None:
    assert mask(value) == shown


def test_two_values_of_one_kind_cannot_be_told_apart() -> None:
    assert mask("Jane Doe") == mask("Jack Roe")
    assert mask(17) == mask(71) == mask(0.5)
