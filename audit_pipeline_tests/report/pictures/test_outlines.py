import re

import numpy as np

from audit_pipeline.profiles.histogram import EMPTY, Histogram
from audit_pipeline.report.pictures.outlines import Outlines, outlines
from audit_pipeline_tests.report.hand_made import histogram


def drawn(found: Outlines | None, name: str) -> list[tuple[float, float]]:
    assert found is not None
    path = re.search(rf'<path d="M([^"]*)" class="outline {name}">', str(found.drawn))
    assert path is not None
    pairs = (point.split(",") for point in path.group(1).split(" L"))
    return [(float(x), float(y)) for x, y in pairs]


def test_baseline_and_current_are_both_drawn() -> None:
    side = histogram([1.0, 2.0, 3.0], [100, 200, 100])
    found = outlines(side, side, "A title", "years")

    assert drawn(found, "baseline") == drawn(found, "current")


def test_the_higher_share_reaches_the_top_and_half_of_it_half_way() -> None:
    side = histogram([0.0, 10.0, 20.0, 30.0, 40.0], [400, 200, 200, 200, 200])
    heights = {y for _, y in drawn(outlines(None, side, "", ""), "current")}

    assert min(heights) == 10.0
    assert 80.0 in heights  # half way between 10 and 150


def test_a_bar_of_few_rows_is_drawn_empty() -> None:
    side = histogram([0.0, 50.0, 100.0], [500, 9, 500])
    found = outlines(side, None, "", "")
    middle = [y for x, y in drawn(found, "baseline") if 150 < x < 230]

    assert set(middle) == {150.0}


def test_a_long_tail_does_not_squeeze_the_rest_and_is_said() -> None:
    values = np.append(np.linspace(0, 10, 1000), 1e6)
    side = Histogram(
        bins=np.arange(1001),
        counts=np.full(1001, 20),
        mass=np.full(1001, 20.0),
        lows=values,
        highs=values,
    )
    found = outlines(side, side, "", "")

    assert found is not None
    assert found.beyond == 20 / 20020
    assert "1M" not in found.drawn


def test_nothing_to_draw_is_none() -> None:
    assert outlines(EMPTY, None, "", "") is None
