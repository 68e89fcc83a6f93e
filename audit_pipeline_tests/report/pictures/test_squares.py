from audit_pipeline.report.pictures.squares import Point, dependence, reliability


def test_a_perfectly_calibrated_point_lies_on_the_diagonal() -> None:
    html = reliability([], [Point(x=0.5, y=0.5)], title="t", description="d")

    assert 'x1="50" y1="298" x2="338" y2="10" class="diagonal"' in html
    assert '<circle cx="194" cy="154"' in html  # the middle of both


def test_baseline_and_current_differ_in_shape() -> None:
    html = reliability([Point(x=0.2, y=0.2)], [Point(x=0.5, y=0.5)], title="t", description="d")

    assert '<polygon points="' in html
    assert "<circle" in html


def test_dependence_has_a_line_at_zero_and_a_whisker_for_each_point() -> None:
    points = [Point(x=float(x), y=0.1, low=0.0, high=0.2) for x in range(3)]
    html = dependence(points, title="t", description="d", unit="years")

    assert 'class="zero"' in html
    assert html.count('class="whisker"') == 3


def test_no_point_at_all_breaks_nothing() -> None:
    assert dependence([], title="t", description="d", unit="")
