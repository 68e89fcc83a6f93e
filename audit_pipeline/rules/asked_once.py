"""Keeps Great Expectations from asking again what failed. Import this module late.

It resolves what all rules need in one go. Where one metric fails, it throws away what the others
gave and asks all again, three times over: one slow query would be stopped by the database three
times, and one wrong rule makes an audit take four times as long.
"""

from collections.abc import Iterable
from typing import Any

from audit_pipeline.rules.gx import ExecutionEngine, MetricResolutionError

Computation = Any  # Great Expectations' own: a metric, and how it is computed
Values = dict[Any, Any]


class AskedOnce(ExecutionEngine[Any]):
    """What an engine found of each metric, until it is told to forget."""

    _values: Values
    _errors: dict[object, MetricResolutionError]

    def forget(self) -> None:
        """Ask anew from here on: rules that differ only in an argument share a metric's name."""
        self._values, self._errors = {}, {}

    def _process_direct_and_bundled_metric_computation_configurations(
        self,
        metric_fn_direct_configurations: list[Computation],
        metric_fn_bundle_configurations: list[Computation],
    ) -> Values:
        alone = [[each] for each in metric_fn_direct_configurations]
        for one in alone:
            self._compute(_named(one), one, [])
        bundle = metric_fn_bundle_configurations
        error = self._first_error(alone)
        if error is None and bundle:
            self._compute(_named(bundle), [], bundle)
            error = self._errors.get(_named(bundle))
        if error is not None:
            raise error
        asked = [*metric_fn_direct_configurations, *bundle]
        return {name: self._values[name] for each in asked for name in _named([each])}

    def _first_error(self, asked: Iterable[list[Computation]]) -> MetricResolutionError | None:
        found = (self._errors.get(_named(one)) for one in asked)
        return next((error for error in found if error is not None), None)

    def _compute(
        self, names: tuple[object, ...], direct: list[Computation], bundle: list[Computation]
    ) -> None:
        if names in self._errors or all(name in self._values for name in names):
            return
        try:
            self._values |= super()._process_direct_and_bundled_metric_computation_configurations(
                metric_fn_direct_configurations=direct, metric_fn_bundle_configurations=bundle
            )
        except MetricResolutionError as error:
            self._errors[names] = error


def _named(asked: Iterable[Computation]) -> tuple[object, ...]:
    return tuple(sorted((each.metric_configuration.id for each in asked), key=repr))
