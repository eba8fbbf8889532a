"""Reading on a phone: words explained, search, going on where one stopped."""

from __future__ import annotations

import html5lib
import pytest

from app.extensions import db
from app.learning import glossary, searching
from app.models.people import Role
from app.models.studying import StudyStretch
from tests import factories
from tests.app.learning.rows import done, studied

rows = pytest.mark.rows
PAGE = "/learn/glossary"


def test_the_glossary_is_whole():
    terms = glossary.terms()
    assert len(terms) >= 40
    for one in terms.values():
        assert one.zh
        assert one.en
        assert len(one.says) >= 8
        assert one.says.endswith("。")
        assert one.says_en.endswith((".", ".”"))
    words = [word for one in terms.values() for word in (one.zh, *one.also)]
    assert len(words) == len(set(words))


def test_a_word_is_marked_once_and_never_in_headings_or_drawings():
    text = (
        '<h2 id="a">候诊</h2><p>先候诊，再候诊。<strong>医嘱</strong></p>'
        '<figure><svg viewBox="0 0 1 1"><text>急诊</text></svg><figcaption>急诊</figcaption></figure>'
        '<p><a href="https://example.org/">急诊</a></p>'
    )
    marked = glossary.mark(text, PAGE)
    assert [one.zh for one in marked.terms] == ["候诊", "医嘱"]
    assert marked.html.count('class="term"') == 2
    assert '<h2 id="a">候诊</h2>' in marked.html
    html5lib.HTMLParser(strict=True).parseFragment(marked.html.replace("<svg", "<svg"))


def test_the_longest_word_is_marked():
    marked = glossary.mark("<p>用医保电子凭证取号</p>", PAGE)
    assert [one.zh for one in marked.terms] == ["医保电子凭证", "取号"]


@rows
def test_words_of_a_lesson_lead_to_the_glossary(reader, edition, small):
    small.change("m1/1-1.md", "老人站着等。", "老人在候诊。")
    small.sync()
    page = reader.page(f"/learn/{edition.id}/1.1")
    assert 'href="/learn/glossary#houzhen"' in page
    assert "在诊室外等叫号" in page
    assert 'id="houzhen"' in reader.page(PAGE)
    assert "Waiting for the call." in reader.page(f"{PAGE}?lang=en")


@rows
@pytest.mark.parametrize("words", ["稳", "坐稳", "人先坐稳", "zuowen", "renxianzuo", "rxzw"])
def test_search_by_characters_pinyin_and_first_letters(reader, edition, words):
    page = reader.page(f"/learn/search?words={words}")
    assert f'href="/learn/{edition.id}/1.1#' in page
    assert "记住" in page or "参考" in page


@rows
def test_search_shows_where_it_stands(reader, edition):
    assert "<mark>坐稳</mark>" in reader.page("/learn/search?words=坐稳")
    assert "没有找到“鲸鱼”" in reader.page("/learn/search?words=鲸鱼")
    reader.page("/learn/search?words=%3Cscript%3E")
    reader.page("/learn/search")


@rows
def test_search_keeps_to_open_lessons(reader, trainee, edition):
    page = reader.page("/learn/search?words=候诊")
    assert f"/learn/{edition.id}/1.2" not in page
    assert "没有打开" in page
    done(trainee, edition, "1.1")
    assert f"/learn/{edition.id}/1.2" in reader.page("/learn/search?words=候诊")


@rows
def test_search_never_shows_notes_for_teaching(reader, edition):
    assert "没有找到" in reader.page("/learn/search?words=只给老师")


def test_parts_of_a_text():
    (one, two) = searching.parts('<h2 id="a">一</h2><p>甲&amp;乙</p><h2 id="b">二</h2><p>丙</p>')
    assert (one.anchor, one.title, one.text) == ("a", "一", "甲&乙")
    assert (two.anchor, two.text) == ("b", "丙")


@rows
def test_going_on_where_one_stopped(reader, trainee, edition):
    assert "接着上次读" not in reader.page(f"/learn/{edition.id}/1.1")
    row = db.session.get_one(StudyStretch, studied(trainee, edition, "1.1", 3).id)
    row.place = "case:40"
    db.session.commit()
    page = reader.page(f"/learn/{edition.id}/1.1")
    assert '接着上次读：<span lang="zh-CN">案例：门口</span>' in page
    assert 'href="#case"' in page


@rows
def test_who_may(client, trainee, edition):
    for path in ("/learn/search", PAGE):
        assert client.get(path).status_code == 302
    client.sign_in(factories.user(Role.TRAINEE))
    assert client.get("/learn/search?words=坐").location.endswith("/learn")
    client.page(f"/learn/search?edition={edition.id}&words=坐", status=404)
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert "坐稳" in client.page(f"/learn/search?edition={edition.id}&words=坐稳")
