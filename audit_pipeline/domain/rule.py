"""A business or data-quality rule, as the audit file states it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from audit_pipeline.domain.measurement import Json
from audit_pipeline.domain.verdict import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One expectation, by Great Expectations' own name, with its arguments.

    `on_failure` is the verdict of a rule that does not hold: `fail`, or `warn` for one that only
    asks for attention.
    """

    name: str
    expect: str
    kwargs: Mapping[str, Json] = field(default_factory=dict[str, Json])
    on_failure: Verdict = Verdict.FAIL
    required: bool = True
    set_by: str | None = None
    reason: str | None = None

    @property
    def subject(self) -> str:
        """The column the rule is about, the columns joined by a comma, or `table`."""
        return ", ".join(self.columns) or "table"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns the rule is about; none for one about the table's rows as such."""
        named = [v for k, v in self.kwargs.items() if k.startswith("column") and "set" not in k]
        listed = [c for v in named for c in (v if isinstance(v, list) else [v])]
        return tuple(c for c in listed if isinstance(c, str))
