"""Pages of the site: filled like the report, in its style, with one script that each may have."""

import hashlib
from base64 import b64encode

from markupsafe import Markup

from audit_pipeline.report.filling import environment
from audit_pipeline.report.page import writable
from audit_pipeline.site.style import style_for

_ENVIRONMENT = environment("audit_pipeline.site")
_STYLES = [
    _ENVIRONMENT.get_template(name).render()
    for name in ("templates/style.css", "templates/site.css")
]
SCRIPT = _ENVIRONMENT.get_template("templates/search.js").render().strip()
"""Searches a page; everything on it is there without it."""


def fill(name: str, /, *, script: bool = False, **values: object) -> str:
    """Return a whole page: the body in the template `name`, filled, and its head.

    Its policy forbids every request, and every script but its own, which it names by digest.
    """
    body = _ENVIRONMENT.get_template(name).render(values)
    symbols = _symbols(body)
    return writable(
        _ENVIRONMENT.get_template("templates/whole.html").render(
            title=values["title"],
            body=_squeezed(body),
            style=Markup(style_for(f"{symbols}{body}", *_STYLES)),  # noqa: S704 (our own)
            symbols=symbols,
            script=Markup(SCRIPT) if script else "",  # noqa: S704 (our own)
            allowed=f"script-src 'sha256-{_digest(SCRIPT)}'; " if script else "",
        )
    )


def _squeezed(body: str) -> Markup:
    """Return a page's body without the lines' own beginnings and empty lines."""
    lines = (line.strip() for line in body.splitlines())
    return Markup("\n".join(line for line in lines if line))  # noqa: S704 (filled and escaped)


def _symbols(body: str) -> Markup:
    """Return the shapes of the verdicts that a page has."""
    lines = _ENVIRONMENT.get_template("templates/symbols.html").render().splitlines()
    wanted = [line for line in lines if "<symbol" not in line or f'"#{_name(line)}"' in body]
    return Markup("\n".join(wanted))  # noqa: S704 (our own)


def _name(symbol: str) -> str:
    return symbol.partition('id="')[2].partition('"')[0]


def _digest(script: str) -> str:
    return b64encode(hashlib.sha256(script.encode()).digest()).decode()
