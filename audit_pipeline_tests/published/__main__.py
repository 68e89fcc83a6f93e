"""Audit every published data set and write the page of it: docs/published-results.md."""

import tempfile
from pathlib import Path

from audit_pipeline_tests.published.catalog import SETS
from audit_pipeline_tests.published.page import PAGE, page, section


def main() -> None:
    """Write the page. Takes a minute or two, and needs the data."""
    sections = []
    for each in SETS:
        with tempfile.TemporaryDirectory() as folder:
            sections.append(section(each.TITLE, each.AUDITED, each.account(Path(folder))))
    PAGE.write_text(page(sections), encoding="utf-8")


if __name__ == "__main__":
    main()
