"""What is believed of Evidently's numbers."""

import math
from types import SimpleNamespace

from audit_pipeline.drilldown.page import _numbers


def test_what_is_not_a_finite_number_is_none() -> None:
    def metric(column: str, value: object) -> dict[str, object]:
        return {"config": {"column": column, "method": "wasserstein"}, "value": value}

    values = {"good": 0.25, "nan": math.nan, "endless": math.inf, "absent": None, "odd": {"a": 1}}
    of_all = {"config": {"columns": ["good"]}, "value": {"count": 1.0}}
    told = {"metrics": [of_all, *(metric(name, value) for name, value in values.items())]}

    assert _numbers(SimpleNamespace(dict=lambda: told)) == {"good": 0.25}
