"""The schemas that events are held to are OpenLineage's own, unchanged."""

from pathlib import Path

import pytest

import audit_pipeline
from audit_pipeline.lineage.receiver.schemas import SPEC, schemas

SHARED = Path(audit_pipeline.__file__).parents[2] / "shared" / "openlineage_spec"


@pytest.mark.skipif(not SHARED.is_dir(), reason="no ../shared/openlineage_spec beside this tree")
def test_the_schemas_are_those_that_were_published() -> None:
    ours = {str(path.relative_to(SPEC)): path.read_bytes() for path in SPEC.rglob("*.json")}
    theirs = {str(path.relative_to(SHARED)): path.read_bytes() for path in SHARED.rglob("*.json")}

    assert ours == theirs


def test_every_published_facet_is_known_by_its_place() -> None:
    known = schemas().facets

    assert len({name for _, name in known}) == 33
    assert ("DatasetFacet", "columnLineage") in known
    assert {kind for kind, name in known if name == "lineage"} == {"DatasetFacet", "JobFacet"}
    assert ("InputDatasetFacet", "dataQualityAssertions") in known
