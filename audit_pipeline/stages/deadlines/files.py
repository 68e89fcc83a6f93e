"""The audits that somebody waits for: those of the home, and those whose file broke meanwhile."""

from dataclasses import dataclass

from audit_pipeline.audits.audit import Audit
from audit_pipeline.audits.home import Home
from audit_pipeline.audits.reader import AuditFileError
from audit_pipeline.stages.revision import AUDIT_FILE, open_store
from audit_pipeline.stages.vocabulary import load_audit_files, parsed
from audit_pipeline.store.deadlines import count_watched, knows_an_audit
from audit_pipeline.store.engine import StoreError, reachable


@dataclass(frozen=True, slots=True)
class Files:
    """What stands in the folder of audits.

    `audits` can be read, `broken` says of the others why not. Of those, `before` are the audits as
    they were when they last ran: nothing starts them now, and somebody waits all the same.
    """

    audits: list[Audit]
    broken: dict[str, str]
    before: list[Audit]


def read_files(home: Home) -> Files:
    """Return what stands in a home's folder of audits; nothing where there is no folder."""
    found = load_audit_files(home)
    broken = {error.path.stem: str(error).splitlines()[0] for error in found.broken}
    before = [_when_it_last_ran(home, name) for name in broken]
    return Files(
        audits=[file.audit for file in found.usable],
        broken=broken,
        before=[audit for audit in before if audit is not None],
    )


def lost_files(home: Home) -> str | None:
    """Return a sentence if audits were watched, and there is not one file of an audit any more.

    Raises:
        StoreError: The store cannot be used.
    """
    with reachable():
        known = count_watched(open_store(home.store_url).engine)
    if not known:
        return None
    were = "1 audit was" if known == 1 else f"{known} audits were"
    return (
        f"no audit file is left in {home.audits}, and {were} watched until now: put the"
        " files back, or name the folder they are in now (AUDIT_PIPELINE_AUDITS)"
    )


def lost_results(home: Home) -> str | None:
    """Return a sentence if there is evidence of audits, and the store knows of none.

    Raises:
        StoreError: The store cannot be used.
    """
    with reachable():
        store = open_store(home.store_url)
        if knows_an_audit(store.engine):
            return None
    if next(home.evidence.glob("*/*/revision-*/manifest.json"), None) is None:
        return None
    place = store.engine.url.render_as_string(hide_password=True)
    return (
        f"the results store at {place} knows of no audit, and there is evidence of audits in"
        f" {home.evidence}: with the store, findings and waivers are lost; restore its backup, or"
        " name the right store"
    )


def _when_it_last_ran(home: Home, name: str) -> Audit | None:
    """Return an audit as its newest window was audited with, if it was kept and can be read."""
    try:
        with reachable():
            window, revision, _ = open_store(home.store_url).history(name)[-1]
        kept = home.private / name / "windows" / window / str(revision) / AUDIT_FILE
        return parsed(home.audits / f"{name}.yaml", kept.read_bytes()).audit
    except (IndexError, StoreError, AuditFileError, OSError):
        return None
