"""A drawing keeps its shapes and colours and loses everything that could act or call out."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from curricula.diagram import DiagramRefusedError, clean_diagram


def svg(inside: str, more: str = "") -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" aria-labelledby="t" {more}>'
        f'<title id="t">图</title>{inside}</svg>'
    )


def codes(source: str) -> list[str]:
    return [fault.code for fault in clean_diagram(source, "p-").faults]


def test_it_works():
    source = svg(
        '<g fill="currentColor"><path d="M0 0L9 9" stroke="var(--pz-accent, #0b8577)"/></g>'
        '<text x="1" y="2">第<tspan font-weight="700">一</tspan>站</text>'
    )
    clean = clean_diagram(source, "p-")
    assert clean.faults == ()
    assert 'stroke="var(--pz-accent, #0b8577)"' in clean.svg
    assert '第<tspan font-weight="700">一</tspan>站' in clean.svg
    assert 'role="img"' in clean.svg
    assert 'aria-labelledby="p-t"' in clean.svg
    assert '<title id="p-t">' in clean.svg


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<style>*{color:red}</style>",
        '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"/></foreignObject>',
        '<image href="https://a.example/x.png"/>',
        '<a href="https://a.example"><path d="M0 0"/></a>',
        '<use href="#t"/>',
        '<animate attributeName="href" to="javascript:alert(1)"/>',
        '<iframe xmlns="http://www.w3.org/1999/xhtml" src="https://a.example"/>',
        '<path d="M0 0" onclick="alert(1)"/>',
        '<path d="M0 0" style="fill:red"/>',
        '<path d="M0 0" class="x"/>',
        '<path xmlns:xlink="http://www.w3.org/1999/xlink" xlink:href="https://a.example"/>',
        '<path fill="url(https://a.example/#x)"/>',
        '<path fill="url(//a.example)"/>',
        '<path fill="u\\72l(x)"/>',
        '<path fill="red;background:url(x)"/>',
        '<svg><path d="M0 0"/></svg>',
        "<title><tspan>x</tspan></title>",
        '<path id="a b"/>',
    ],
)
def test_what_could_act_or_call_out_is_left_out_and_told(inside):
    clean = clean_diagram(svg(inside), "p-")
    assert "diagram-unsafe" in {fault.code for fault in clean.faults}
    assert not re.search(
        r"script|style|foreign|image|href|use|animate|iframe|onclick|example|class=\"x|\\",
        clean.svg,
    )


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "diagram-not-xml"),
        ("<svg>", "diagram-not-xml"),
        ("<svg/>", "diagram-not-svg"),
        ('<html xmlns="http://www.w3.org/1999/xhtml"/>', "diagram-not-svg"),
        ('<!DOCTYPE svg SYSTEM "file:///etc/passwd">' + svg(""), "diagram-doctype"),
        ('<!doctype svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + svg("&b;"), "diagram-doctype"),
        (svg("&unknown;"), "diagram-not-xml"),
        (svg("<g>" * 5_000 + "</g>" * 5_000), "diagram-not-xml"),
        (svg("<g/>" * 5_000), "diagram-too-large"),
        (svg("<!--" + "x" * 300_000 + "-->"), "diagram-too-large"),
    ],
)
def test_what_is_no_drawing_is_refused(source, code):
    with pytest.raises(DiagramRefusedError) as refused:
        clean_diagram(source, "p-")
    assert refused.value.fault.code == code


def test_an_encoding_declared_in_the_file_changes_nothing():
    source = '<?xml version="1.0" encoding="UTF-16"?>\n' + svg("")
    assert clean_diagram(source, "p-").faults == ()


def test_ids_and_what_points_at_them_get_the_prefix():
    inside = (
        '<defs><linearGradient id="g1"><stop offset="0" stop-color="red"/></linearGradient></defs>'
        '<path fill="url(#g1)"/><path stroke="url(\'#g1\')"/>'
    )
    clean = clean_diagram(svg(inside), "d4-")
    assert clean.faults == ()
    assert 'id="d4-g1"' in clean.svg
    assert clean.svg.count("url(#d4-g1)") == 2


def test_what_screen_readers_and_phones_need_is_asked_for():
    assert codes('<svg xmlns="http://www.w3.org/2000/svg"/>') == [
        "diagram-no-viewbox",
        "diagram-no-title",
    ]


def test_ids_used_twice_or_pointing_nowhere_are_told():
    assert codes(svg('<path id="t"/>')) == ["diagram-duplicate-id"]
    assert "diagram-unknown-id" in codes(svg('<path fill="url(#no)"/>'))
    assert "diagram-unknown-id" in codes(svg('<g aria-describedby="no"/>'))


def test_a_fixed_size_is_dropped_so_that_the_page_decides():
    root = etree.fromstring(clean_diagram(svg("", 'width="900" height="900"'), "p-").svg)
    assert root.get("width") is None
    assert root.get("height") is None


NAMES = st.sampled_from(
    ["path", "g", "script", "a", "use", "text", "title", "image", "style", "set", "svg"]
)
ATTRIBUTES = st.dictionaries(
    st.sampled_from(
        ["d", "fill", "href", "style", "onload", "id", "class", "src", "aria-labelledby"]
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20),
    max_size=3,
)


def build(spec) -> etree._Element:
    name, attributes, children = spec
    element = etree.Element(f"{{http://www.w3.org/2000/svg}}{name}")
    for key, value in attributes.items():
        element.set(key, value)
    element.extend(build(child) for child in children)
    return element


TREES = st.recursive(
    st.tuples(NAMES, ATTRIBUTES, st.just([])),
    lambda inner: st.tuples(NAMES, ATTRIBUTES, st.lists(inner, max_size=3)),
    max_leaves=8,
)


@given(TREES)
def test_whatever_goes_in_only_allowed_parts_come_out_and_cleaning_again_changes_nothing(tree):
    root = build(("svg", {"viewBox": "0 0 1 1"}, [tree]))
    clean = clean_diagram(etree.tostring(root, encoding="unicode"), "")
    again = clean_diagram(clean.svg.replace(' class="diagram__drawing"', ""), "")
    assert again.svg == clean.svg
    assert {fault.code for fault in again.faults} <= {"diagram-no-title"}
    for element in etree.fromstring(clean.svg).iter():
        assert etree.QName(element).localname in {"svg", "path", "g", "text", "title"}
        assert not set(element.attrib) & {"href", "style", "onload", "src"}
