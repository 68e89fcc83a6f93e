"""Evidently in a process of its own: it takes seconds to import and is not trusted with ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit_pipeline.models.child import Child, ChildDied, ChildFailed

DRAW = "audit_pipeline.drilldown.child:answer"
PRELOAD = ("evidently", "evidently.presets")


class EvidentlyBrokeError(Exception):
    """Evidently crashed, hung, or drew nothing. The audit and its report are untouched."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What Evidently made of two samples.

    `numbers` are its drift of each column, under the column's name on the page; `without_number`
    the columns that came back with none; `not_drawn` the parts of the page that broke, and how.
    """

    engine: str
    parts: tuple[str, ...]
    not_drawn: Mapping[str, str]
    numbers: Mapping[str, float]
    without_number: tuple[str, ...]


def start() -> Child:
    """Return at once with a process that imports Evidently while the caller draws samples."""
    return Child.start(PRELOAD, {DRAW})


def draw(child: Child, request: Mapping[str, Any], timeout: float) -> Drawn:
    """Have the page drawn into the file that the request names.

    Args:
        child: A process from `start`.
        request: See `audit_pipeline.drilldown.page.draw_page`.
        timeout: Seconds until the process is ended, its imports included.

    Raises:
        EvidentlyBrokeError: It drew nothing.
    """
    try:
        reply = child.call(DRAW, request, timeout)
    except (ChildDied, ChildFailed) as error:
        what = f"it raised {error.kind}" if isinstance(error, ChildFailed) else str(error)
        raise EvidentlyBrokeError(
            f"Evidently could not draw the page: {what}. The audit and its report are untouched."
            " Try fewer rows; if it cannot even be imported, install the versions of"
            " constraints.txt."
        ) from error
    if not reply["parts"]:
        told = "; ".join(f"{part}: {why}" for part, why in reply["not_drawn"].items())
        raise EvidentlyBrokeError(
            f"Evidently drew nothing ({told}). The audit and its report are untouched."
        )
    return Drawn(
        engine=reply["engine"],
        parts=tuple(reply["parts"]),
        not_drawn=reply["not_drawn"],
        numbers=reply["numbers"],
        without_number=tuple(reply["without_number"]),
    )


def answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """Do in the child what `draw` was asked for."""
    from audit_pipeline.audits.home import keep_quiet  # noqa: PLC0415 (the child's side only)

    keep_quiet()  # whoever started us
    from audit_pipeline.drilldown.page import draw_page  # noqa: PLC0415 (only the child imports it)

    html, told = draw_page(request)
    Path(request["page"]).write_text(html, encoding="utf-8")
    return told
