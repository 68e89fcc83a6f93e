"""How far a column reaches: back to tables that the audit did not make, on to its checks."""

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.lineage import WHOLE, Field, LineageGraph
from audit_pipeline.stages.lineage.names import made_by
from audit_pipeline.stages.lineage.tables import CHECKED

ROWS = ("snapshot", "baseline")


class Reach:
    """Where columns come from, and which checks rest on them, each looked up once."""

    def __init__(self, audit: Audit, planned: LineageGraph) -> None:
        self._planned = planned
        self._checks = {made_by(audit.name, asset): n for n, asset in enumerate(CHECKED)}
        self._ours = {made_by(audit.name, asset) for asset in (*ROWS, "profile", *CHECKED)}
        self._found: dict[Field, tuple[Field, ...]] = {}

    def sources(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        """Return the columns of other people's tables that the fields go back to."""
        for at in fields:
            if at not in self._found:
                self._found[at] = tuple(self._back(at))
        return tuple(dict.fromkeys(source for at in fields for source in self._found[at]))

    def checks(self, at: Field) -> tuple[Field, ...]:
        """Return the checks that rest on a column, in the order of the stages."""
        if at.name == WHOLE:
            return ()
        on = dict.fromkeys(edge.target for edge in self._planned.downstream([at]).edges)
        checks = (check for check in on if check.dataset in self._checks)
        return tuple(sorted(checks, key=lambda check: self._checks[check.dataset]))

    def _back(self, at: Field) -> dict[Field, None]:
        """Return where a column's own values come from: what only decides the rows is left out."""
        found: dict[Field, None] = {}
        waiting, seen = [at], {at}
        for each in waiting:  # grows while it is walked
            for edge in self._planned.into.get(each, ()):
                source = edge.source
                if source in seen:
                    continue
                seen.add(source)
                if source.dataset in self._ours:
                    waiting.append(source)
                else:
                    found[source] = None
        return found
