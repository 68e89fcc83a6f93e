from audit_pipeline.report.pictures.svg import element, picture, shortened, text


def test_text_and_attributes_are_escaped_and_elements_are_not_again() -> None:
    inner = text("<b>&", 1, 2)
    outer = element("g", inner, "<i>", title='"x"')

    assert outer == (
        '<g title="&#34;x&#34;"><text x="1" y="2" class="word">&lt;b&gt;&amp;</text>&lt;i&gt;</g>'
    )


def test_a_picture_has_a_view_box_a_title_and_a_description() -> None:
    drawn = picture(height=90, title="What", description="How much")

    assert 'viewBox="0 0 360 90"' in drawn
    assert 'role="img"' in drawn
    assert "<title>What</title><desc>How much</desc>" in drawn


def test_long_words_end_in_an_ellipsis() -> None:
    assert shortened("Relationship to reference person", 110) == "Relationship to…"
