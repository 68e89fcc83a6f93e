from pathlib import Path

from audit_pipeline.stages.lineage.roles import roles_of
from audit_pipeline.stages.vocabulary import load_audit_file
from audit_pipeline_tests.stages.small import NAME, columns, settings, write_home


def test_every_declared_column_has_its_roles_in_words_what_matters_most_first(
    tmp_path: Path,
) -> None:
    roles = columns(features=["income", "sex"], weight="w", latency="ms")
    audit = load_audit_file(write_home(tmp_path, settings(columns=roles)), NAME).audit

    assert roles_of(audit) == {
        "approved": ("prediction",),
        "score": ("score",),
        "repaid": ("outcome",),
        "sex": ("protected attribute", "feature"),
        "income": ("feature",),
        "id": ("id",),
        "day": ("time",),
        "w": ("row weight",),
        "ms": ("response time",),
    }
