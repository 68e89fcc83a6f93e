"""The one door to Jinja: every template escapes what it is given."""

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from audit_pipeline.report import numbers, suppression
from audit_pipeline.report.verdicts import WORDS

_MACROS = "{% import 'templates/macros.html' as show %}\n"


def fill(source: str, /, **values: object) -> Markup:
    """Return the template `source` filled with `values`, all text among them escaped.

    The macros of `templates/macros.html` are at hand as `show`, and the ways of writing numbers
    as the filters `count`, `percent`, `number`, `signed` and `rows` (which hides small cells).

    >>> fill("<p>{{ n | count }} {{ name }}</p>", n=1200, name="<b>")
    Markup('<p>1,200 &lt;b&gt;</p>')
    """
    return Markup(_ENVIRONMENT.from_string(_MACROS + source).render(values).strip())  # noqa: S704


def fill_file(name: str, /, **values: object) -> Markup:
    """Return the template file `name` of this package, such as `sections/drift.html`, filled."""
    return Markup(_ENVIRONMENT.get_template(name).render(values))  # noqa: S704 (autoescaped)


def environment(*packages: str) -> Environment:
    """Return what fills the templates of these packages, and of the report; names are theirs."""
    places = [PackageLoader(package, ".") for package in (*packages, "audit_pipeline.report")]
    filled = Environment(
        loader=ChoiceLoader(places),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filled.globals["words"] = WORDS
    filled.filters.update(
        count=numbers.count,
        percent=numbers.percent,
        number=numbers.number,
        signed=numbers.signed,
        rows=suppression.shown,
    )
    return filled


_ENVIRONMENT = environment()
