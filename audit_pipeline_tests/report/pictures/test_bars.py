from audit_pipeline.report.pictures.bars import Bar, Named, bars


def drawn(*rows: Named) -> str:
    return str(bars(rows, title="t", description="d", unit="u"))


def test_a_pair_has_two_bars_of_which_the_first_is_the_baseline() -> None:
    html = drawn(
        Named(name="a", baseline=Bar(length=0.5, words=""), current=Bar(length=1, words=""))
    )

    assert html.index('class="bar baseline"') < html.index('class="bar current"')


def test_lengths_are_in_proportion() -> None:
    html = drawn(
        Named(name="a", baseline=Bar(length=0.5, words=""), current=Bar(length=1.0, words=""))
    )

    assert 'width="89"' in html
    assert 'width="178"' in html  # the room between names and values


def test_what_may_not_be_shown_has_words_and_no_bar() -> None:
    html = drawn(Named(name="a", current=Bar(length=None, words="too few")))

    assert "too few" in html
    assert "<rect" not in html


def test_the_whole_name_is_there_for_whoever_points_at_it() -> None:
    name = "a name that is much too long for the picture"

    assert f"<title>{name}</title>" in drawn(Named(name=name, current=Bar(length=1, words="")))


def test_a_negative_bar_ends_at_zero() -> None:
    html = drawn(Named(name="a", current=Bar(length=-1.0, words="-1")))

    assert '<rect x="118"' in html
