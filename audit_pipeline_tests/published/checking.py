"""What holds of every data set with published figures."""

from types import ModuleType

import pytest

from audit_pipeline_tests.published.figures import SHARED, Finding, apart, unaccounted
from audit_pipeline_tests.published.page import COMMAND, PAGE, section


def needs(each: ModuleType) -> pytest.MarkDecorator:
    """Return the mark that skips a module's tests where its data are not there."""
    return pytest.mark.skipif(
        not (SHARED / each.SET).is_dir(),
        reason=f"the published figures are not here (shared/data/{each.SET})",
    )


def check(each: ModuleType, found: list[Finding]) -> None:
    """Check that every figure is accounted for, comes out as it should, and is told so."""
    assert list(unaccounted(each.SET, found)) == []
    assert apart(found) == []
    told = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    assert section(each.TITLE, each.AUDITED, found) in told, f"run {COMMAND}"
