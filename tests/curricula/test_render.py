"""A lesson becomes HTML that is safe, keeps the teacher's notes apart, and marks its parts."""

import re

import html5lib
from hypothesis import given
from hypothesis import strategies as st

from curricula import render_body, render_lesson

DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" aria-labelledby="t">'
    '<title id="t">门</title><path d="M0 0" fill="var(--pz-accent, #000)"/></svg>'
)


def parse(html: str):
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(html)


def test_it_works(small):
    rendered = render_lesson(small.load().course.get_lesson("1.1"))
    parse(rendered.html)
    assert [(part.id, part.title, part.kind) for part in rendered.sections] == [
        ("aim", "本课目标", "aim"),
        ("case", "案例：门口", "case"),
        ("remember", "记住", "remember"),
    ]
    assert '<h2 id="aim">本课目标</h2>' in rendered.html
    assert "<h1" not in rendered.html
    assert "{#" not in rendered.html


def test_teaching_notes_are_kept_apart(small):
    rendered = render_lesson(small.load().course.get_lesson("1.1"))
    assert "安排：45分钟" in rendered.teaching_html
    assert "安排" not in rendered.html
    assert "teaching" not in {part.id for part in rendered.sections}


def test_an_outline_lesson_gives_nothing(small):
    rendered = render_lesson(small.load().course.get_lesson("1.2"))
    assert (rendered.html, rendered.teaching_html, rendered.sections) == ("", "", ())


def test_the_remember_card_keeps_its_lines_and_has_its_class():
    html = render_body("## 记住 {#remember}\n\n> 一。\n> 二。\n", {}, "d").html
    assert html.startswith('<section class="keep" aria-labelledby="remember">')
    assert re.search(r"<p>一。<br>\s*二。</p>", html)
    assert "blockquote" not in html


def test_the_answer_of_a_case_is_closed_at_first():
    html = render_body("## 案 {#case}\n\n问？\n\n**参考**：答。\n\n还有。\n", {}, "d").html
    assert 'class="sheet"' in html
    assert (
        '<details class="fold"><summary>参考</summary><p>答。</p>\n<p>还有。</p></details>' in html
    )


def test_a_drawing_is_set_inline_with_its_caption_and_ids_of_its_own():
    body = "## 甲 {#a}\n\n![门](d.svg)\n\n![又](d.svg)\n"
    html = render_body(body, {"d.svg": DRAWING}, "d1-1").html
    parse(html)
    assert html.count('<figure class="diagram" role="group"') == 2
    assert '<figcaption id="d1-1-1-caption">门</figcaption>' in html
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert 'fill="var(--pz-accent, #000)"' in html


def test_a_drawing_that_cannot_be_shown_leaves_its_words():
    body = "## 甲 {#a}\n\n![门](d.svg)\n\n字![窗](d.svg)字\n"
    for drawings in ({}, {"d.svg": "<!DOCTYPE x>"}):
        html = render_body(body, drawings, "d").html
        assert "<p>门</p>" in html
        assert "字窗字" in html
        assert "<img" not in html


def test_markup_and_addresses_that_could_harm_do_not_get_through():
    body = (
        "## <b>甲</b> {#a}\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](/admin)\n\n"
        "[z](https://a.example) [w](#a) ![p](https://a.example/x.png)\n"
    )
    html = render_body(body, {}, "d").html
    parse(html)
    assert "<script" not in html
    assert "<b>" not in html
    assert set(re.findall(r'href="([^"]*)"', html)) == {"https://a.example", "#a"}
    assert "<img" not in html


def test_tables_name_their_columns_and_carry_no_style():
    html = render_body("## 甲 {#a}\n\n| 一 | 二 |\n|:--|--:|\n| 1 | 2 |\n", {}, "d").html
    assert html.count('<th scope="col">') == 2
    assert "style=" not in html


PIECES = st.sampled_from(
    [
        "## 甲 {#a}\n", "## 记住 {#remember}\n", "## 案 {#case}\n", "# 一\n", "> 引\n", "- 项\n", "\n",
        "**参考**：", "**粗", "![图](d.svg)\n", "[a](https://a.example)", "[b](javascript:x)",
        "<script>", "<img src=x onerror=y>", "|a|b|\n|-|-|\n", "`码`", "\\", "&lt;", "字", "    ", "***\n",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=80))
def test_whatever_is_written_the_page_stays_well_formed_and_inert(body):
    rendered = render_body(body, {"d.svg": DRAWING}, "d")
    for html in (rendered.html, rendered.teaching_html):
        tree = parse(html)
        for element in tree.iter():
            tag = element.tag if isinstance(element.tag, str) else ""
            assert tag not in {"script", "img", "style", "iframe", "h1"}
            assert not {
                key for key in element.attrib if str(key).startswith("on") or key == "style"
            }
