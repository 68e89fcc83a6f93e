"""Pairs of protected attributes."""

from audit_pipeline.domain.intersection import BY, intersections


def test_every_pair_is_named_by_both_in_the_order_declared() -> None:
    assert intersections(["SEX", "RAC1P", "AGE"]) == {
        f"SEX{BY}RAC1P": ("SEX", "RAC1P"),
        f"SEX{BY}AGE": ("SEX", "AGE"),
        f"RAC1P{BY}AGE": ("RAC1P", "AGE"),
    }


def test_one_attribute_meets_no_other() -> None:
    assert intersections(["SEX"]) == {}
