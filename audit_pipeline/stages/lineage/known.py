"""What is known of an audit when a stage of it begins or ends, and the tables it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from audit_pipeline.audits.audit import Audit
from audit_pipeline.domain.check import Outcome, publishable
from audit_pipeline.domain.lineage import WHOLE, Field
from audit_pipeline.domain.record import SnapshotRecord
from audit_pipeline.lineage.told import Table
from audit_pipeline.profiles.profile import Profile
from audit_pipeline.stages.lineage.jobs import PURPOSES
from audit_pipeline.stages.lineage.names import made_by, model_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known when a stage begins or ends; nothing but the audit when it begins.

    `file_sha256` and `size` are those of the file that the stage wrote, if it wrote one.
    """

    audit: Audit
    snapshot: SnapshotRecord | None = None
    baseline: SnapshotRecord | None = None
    profile: Profile | None = None
    baseline_profile: Profile | None = None
    outcomes: Sequence[Outcome] = ()
    file_sha256: str = ""
    size: int | None = None

    @property
    def public(self) -> tuple[Outcome, ...]:
        """The outcomes as they may be handed out."""
        return tuple(publishable(outcome) for outcome in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAndMade:
    """The tables that a stage reads, and those that it makes.

    `tests` are the checks it came to, where they are not told of one of its tables.
    """

    inputs: tuple[Table, ...] = ()
    outputs: tuple[Table, ...] = ()
    tests: tuple[Outcome, ...] = ()

    @property
    def traced(self) -> tuple[Table, ...]:
        """The tables it makes, with the edges between what is there.

        A column that could not be counted is not in the profile, and a check that is a gap for want
        of a column was made from none: a reader of events would look for them in vain.
        """
        known = {table.dataset: table.columns for table in (*self.inputs, *self.outputs)}

        def there(at: Field) -> bool:
            return at.name == WHOLE or at.name in known.get(at.dataset, ())

        return tuple(
            replace(
                table, edges=tuple(e for e in table.edges if there(e.source) and there(e.target))
            )
            for table in self.outputs
        )


def model_table(audit: Audit) -> tuple[Table, ...]:
    """Return the audit's model file, if it has one."""
    dataset = model_of(audit)
    if dataset is None or audit.model is None:
        return ()
    about = f"The model that {audit.name} audits."
    return (Table(dataset=dataset, kind="model", description=about, version=audit.model.sha256),)


def made_table(asset: str, audit: Audit) -> Table:
    """Return what a stage asset makes, of which nothing else is known."""
    about = f"{PURPOSES[asset]} {audit.purpose}"
    dataset = made_by(audit.name, asset)
    return Table(dataset=dataset, kind=asset, description=about, owner=audit.owner)


def rows_table(asset: str, audit: Audit, record: SnapshotRecord | None) -> Table:
    """Return the rows of a window, or of the baseline, with what their record tells."""
    ours = made_table(asset, audit)
    if record is None:
        return ours
    return replace(ours, columns=record.columns, version=record.fingerprint, rows=record.rows)
