"""Where reports and the list of windows stand from one another: a copied folder still works."""

from urllib.parse import quote

UP = "../../"
"""From the folder of a revision to the folder of its audit."""
INDEX = "index.html"


def report_of(window: str, revision: int) -> str:
    """Return the address of a revision's report, from the folder of its audit.

    >>> report_of("2024-01", 2)
    '2024-01/revision-2/report.html'
    """
    return f"{quote(window)}/revision-{revision}/report.html"


def row_of(window: str) -> str:
    """Return the address of a window's row in the list of all windows.

    >>> row_of("2024-01")
    'index.html#2024-01'
    """
    return f"{INDEX}#{quote(window, safe='+')}"
