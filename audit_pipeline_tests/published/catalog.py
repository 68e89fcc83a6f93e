"""The data sets with published figures, one module each: `SET`, `TITLE`, `AUDITED`, `account`."""

from types import ModuleType

from audit_pipeline_tests.published import (
    bike_sharing,
    compas,
    fairness_survey,
    gx_taxi,
    gx_titanic,
    nannyml_car_loan,
)

SETS: tuple[ModuleType, ...] = (
    compas,
    fairness_survey,
    gx_titanic,
    gx_taxi,
    bike_sharing,
    nannyml_car_loan,
)
