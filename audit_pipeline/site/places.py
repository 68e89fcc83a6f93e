"""Where the pages of the site stand from one another: a copied folder still works."""

BOARD = "index.html"
FINDINGS = "findings.html"
TRENDS = "trends.html"
UP = "../"
"""From the page of an audit to the folder of the site."""


def trends_of(audit: str) -> str:
    """Return the address of an audit's trends, from the folder of the site.

    >>> trends_of("loans")
    'loans/trends.html'
    """
    return f"{audit}/{TRENDS}"


def from_audit(audit: str, address: str) -> str:
    """Return an address as it is from the page of an audit.

    >>> from_audit("loans", "loans/2024-01/revision-1/report.html")
    '2024-01/revision-1/report.html'
    >>> from_audit("loans", "findings.html")
    '../findings.html'
    """
    own = f"{audit}/"
    return address.removeprefix(own) if address.startswith(own) else UP + address
