"""One lineage run: its first event and its last, written down with what is known of it."""

from collections.abc import Callable
from dataclasses import dataclass

from audit_pipeline import clock
from audit_pipeline.lineage.events import write_event
from audit_pipeline.lineage.told import Job, ModelFacts, Run, Told, Transition
from audit_pipeline.stages.lineage.jobs import key_of
from audit_pipeline.stages.lineage.known import ReadAndMade
from audit_pipeline.store import open_runs
from audit_pipeline.store.outbox import LINEAGE, Entry, Transaction, add
from audit_pipeline.store.owner import this_process

Write = Callable[[Transaction], object]
"""Writes events into the outbox, inside somebody's transaction."""

NOTHING = ReadAndMade()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Tells of one lineage run, of a stage or of a whole audit."""

    audit: str
    job: Job
    run: Run

    def begun(self, tables: ReadAndMade = NOTHING) -> Write:
        """Return what writes down that the run begins; once, however often it is written."""
        body = write_event(self._told(Transition.START, tables))
        entry = self._entry(Transition.START, body)
        start = open_runs.OpenRun(
            lineage_run=self.run.id,
            root=self.run.root,
            audit=self.audit,
            window=self._window,
            start=body,
        )
        owner = this_process(self.run.dagster_run)

        def write(transaction: Transaction) -> None:
            if open_runs.begin(transaction, start, owner):
                add(transaction, [entry])

        return write

    def ended(
        self,
        transition: Transition,
        tables: ReadAndMade = NOTHING,
        *,
        error: str = "",
        model: ModelFacts | None = None,
    ) -> Write:
        """Return what writes down that the run ended, unless somebody has done so."""
        told = self._told(transition, tables, error, model)
        entry = self._entry(transition, write_event(told))

        def write(transaction: Transaction) -> None:
            if open_runs.end(transaction, self.run.id):
                add(transaction, [entry])

        return write

    @property
    def _window(self) -> str:
        return self.run.window.key if self.run.window is not None else ""

    def _told(
        self,
        transition: Transition,
        tables: ReadAndMade,
        error: str = "",
        model: ModelFacts | None = None,
    ) -> Told:
        return Told(
            transition=transition,
            at=clock.now(),
            key=key_of(self.run.id, transition),
            job=self.job,
            run=self.run,
            inputs=tables.inputs,
            outputs=tables.traced,
            tests=tables.tests,
            error=error,
            model=model,
        )

    def _entry(self, transition: Transition, body: bytes) -> Entry:
        return Entry(
            channel=LINEAGE,
            key=key_of(self.run.id, transition),
            stream=self.run.root,
            audit=self.audit,
            window=self._window,
            about=f"{transition} {self.job.name}"[:128],
            body=body,
        )
