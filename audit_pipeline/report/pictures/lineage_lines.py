"""The lines of the lineage picture: what passed is one grey stream, trouble has its own lines."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from audit_pipeline.domain.verdict import Verdict
from audit_pipeline.report.numbers import count
from audit_pipeline.report.pictures.lineage_board import Board, folded
from audit_pipeline.report.pictures.lineage_boxes import Box, curve, flow
from audit_pipeline.report.pictures.lineage_groups import Group
from audit_pipeline.report.pictures.lineage_incoming import JUDGED, ends_of, into, thick
from audit_pipeline.report.places import Place
from audit_pipeline.report.resting import Kind, Resting, logged_in, made_from


def lines_of(rests: Resting, groups: Sequence[Group], at: Board) -> Iterator[Markup]:
    """Yield every line of the picture, those first that others may cross."""
    yield from _before(rests, at)
    yield from _deciding(rests, groups, at)
    yield from _from_sources(rests, groups, at)
    yield from _from_model(rests, groups, at)
    yield from _to_counts(groups, at)
    yield from _to_baseline(rests, at)
    judged = [
        line
        for kind, box in zip(rests.kinds, at.kinds, strict=True)
        for line in into(kind, box, rests, groups, at)
    ]
    yield from (drawn for _, drawn in sorted(judged, key=lambda line: line[0]))
    yield from _to_verdict(rests.kinds, at)


def _before(rests: Resting, at: Board) -> Iterator[Markup]:
    told = {(edge.source.dataset, edge.target.dataset) for edge in rests.told}
    ends = list(zip(folded(rests.sources), at.sources, strict=True))
    if at.baseline is not None:
        ends.append((rests.baselines, at.baseline))
    for of, start in zip(folded(rests.before), at.earlier, strict=True):
        for to, end in ends:
            if any((a.dataset, b.dataset) in told for a in of for b in to):
                yield flow(_way(start, end), f"{_names(of)}: {_names(to)} is made from it")


def _from_sources(rests: Resting, groups: Sequence[Group], at: Board) -> Iterator[Markup]:
    for places, start in zip(folded(rests.sources), at.sources, strict=True):
        for group, end in zip(groups, at.groups, strict=True):
            if taken := sum(logged_in(c, places, rests.model) for c in group.columns):
                yield flow(_way(start, end), f"{_columns(taken)} from {_names(places)}")
    for group, end in zip(groups, at.groups, strict=True):
        if group.checks and not group.columns and at.sources:
            yield flow(_way(at.sources[0], end), "All rows, whatever their columns")


def _from_model(rests: Resting, groups: Sequence[Group], at: Board) -> Iterator[Markup]:
    if rests.model is None or at.model is None:
        return
    for group, end in zip(groups, at.groups, strict=True):
        if any(made_from(column, rests.model.dataset) for column in group.columns):
            yield flow(_way(at.model, end), f"{group.title}: made by the model", class_="of-model")


def _to_counts(groups: Sequence[Group], at: Board) -> Iterator[Markup]:
    for group, start in zip(groups, at.groups, strict=True):
        if any(c.origins and not c.decides for c in group.columns):
            end = (at.counted.x, start.middle)
            hover = f"{group.title}: counted over all rows"
            yield flow(curve((start.right, start.middle), end), hover)


def _deciding(rests: Resting, groups: Sequence[Group], at: Board) -> Iterator[Markup]:
    for group, box in zip(groups, at.groups, strict=True):
        deciding = [column for column in group.columns if column.deciding]
        if not deciding:
            continue
        said = "; ".join(f"{column.title}: {column.decides}" for column in deciding)
        out = curve((box.right, box.middle), (at.counted.x, box.middle))
        yield flow(out, said, class_="decides")
        for places, start in zip(folded(rests.sources), at.sources, strict=True):
            of = {place.dataset for place in places}
            joined = (e.source.dataset for column in deciding for e in column.deciding)
            if of & set(joined) and not any(logged_in(c, places, None) for c in deciding):
                yield flow(_way(start, box), f"{said} of {_names(places)}", class_="decides")


def _to_baseline(rests: Resting, at: Board) -> Iterator[Markup]:
    if at.baseline is None or at.compared is None:
        return
    hover = f"The same columns of the baseline, from {_names(rests.baselines)}"
    yield flow(_way(at.baseline, at.compared), hover, class_="of-baseline")


def _to_verdict(kinds: Sequence[Kind], at: Board) -> Iterator[Markup]:
    most = max((len(kind.outcomes) for kind in kinds), default=1)
    for place, (kind, start) in enumerate(zip(kinds, at.kinds, strict=True)):
        way = curve(
            (start.right, start.middle), (at.verdict.x, at.verdict.entry(place, len(kinds)))
        )
        hover = f"{kind.title}: {ends_of(kind.outcomes)}"
        yield flow(way, hover, thick(len(kind.outcomes), most))
        if kind.verdict is not Verdict.PASS:
            yield flow(way, hover, JUDGED, f"judged v-{kind.verdict.value}")


def _way(start: Box, end: Box) -> str:
    return curve((start.right, start.middle), (end.x, end.middle))


def _names(places: Sequence[Place]) -> str:
    return ", ".join(place.name for place in places[:10])


def _columns(many: int) -> str:
    return "1 column" if many == 1 else f"{count(many)} columns"
