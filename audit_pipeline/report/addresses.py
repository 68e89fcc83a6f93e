"""Where a table came from, as far as a report may say it."""

import re

_CREDENTIALS = re.compile(r"//[^/@\s]*@")


def without_credentials(location: str) -> str:
    """Return an address without user and password; sources should never record them.

    >>> without_credentials("postgresql://me:secret@db/loans")
    'postgresql://…@db/loans'
    """
    return _CREDENTIALS.sub("//…@", location)
