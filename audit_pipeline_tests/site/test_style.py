from audit_pipeline.site.style import style_for


def test_rules_of_what_a_page_has_are_kept_also_inside_conditions() -> None:
    sheet = "@media print { .lead { top: 0; } .card { top: 1px; } } @page { margin: 1mm; }"

    assert style_for('<p class="lead big">', sheet) == "@media print{.lead{top:0}}@page{margin:1mm}"


def test_of_several_selectors_those_that_can_be_met_are_kept() -> None:
    assert style_for('<p class="a">', ".a, .b, h2 { top: 0 }") == ".a{top:0}"


def test_what_a_selector_excludes_need_not_be_there() -> None:
    rule = ".all:has(#only:checked) .row:not(.v-fail) { display: none; }"
    page = '<p class="all"><i class="row">'

    assert style_for(page, rule) == ".all:has(#only:checked) .row:not(.v-fail){display:none}"
