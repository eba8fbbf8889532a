"""Two people change one question: what each saw, whose filing and tags stand by default."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from lxml import html

from app.bank import tagging
from app.extensions import db
from app.models.bank import QuestionEntry
from tests.app.bank import rows
from tests.app.bank.typed import typed
from tests.app.bank.written import case_of, only, writer
from tests.client import PageClient

pytestmark = pytest.mark.rows
REFILED: dict[str, Any] = {
    "domain": "A",
    "lesson": "1.1",
    "review_by": "2999-01-01",
    "band": "hard",
    "enemies": "q2",
    "reviewers_needed": "临床",
    "tags": "急",
}


def page_of(entry: QuestionEntry) -> str:
    return f"/bank/questions/{entry.id}/edit"


def said_of_each(markup: str) -> dict[str, str]:
    """Return, by group, who is said to have changed it."""
    return {
        str(one.xpath("string(legend/text())")).strip(): str(one.xpath("string(legend/span)"))
        for one in html.fromstring(markup).xpath("//fieldset")
    }


def as_it_stands(markup: str) -> dict[str, Any]:
    """Return what a browser would send from the page of both sides, nothing touched."""
    (form,) = html.fromstring(markup).xpath("//main//form")
    data: dict[str, Any] = {}
    for field in form.xpath(".//input[@name!='csrf_token']"):
        if field.get("type") != "radio" or "checked" in field.attrib:
            data.setdefault(field.get("name"), []).append(field.get("value"))
    return data


def filed(entry: QuestionEntry) -> tuple[Any, ...]:
    now = rows.body(entry)
    due = entry.review_by and entry.review_by.isoformat()
    return (
        *(entry.domain, entry.lesson_code, due, entry.difficulty),
        *(now.enemies, now.reviewers_needed, tagging.tags_of(entry)),
    )


NEWLY = ("A", "1.1", "2999-01-01", "hard", ("q2",), ("临床",), ["急"])


def both(client: PageClient, other: PageClient, entry: QuestionEntry) -> str:
    """Let one person refile a question, the other explain it; return the page of both sides."""
    path = page_of(entry)
    mine = typed(client.page(path)) | {"explanation": "乙的解析。"}
    theirs = typed(other.page(path)) | REFILED | {"stem": "甲改的？"}
    assert other.send(path, theirs).status_code == 302
    answer = client.send(path, mine)
    assert answer.status_code == 409
    return answer.get_data(as_text=True)


def test_the_second_keeps_how_the_first_filed_it(app: Flask) -> None:
    of = rows.entry("q1")
    rows.entry("q2")
    client = writer(app)
    markup = both(client, writer(app), of)
    told = said_of_each(markup)
    assert told.pop("总的解析") == "只有你改了"
    assert set(told) == {"题干", "层次、难度和计分", "课、领域和目标", "语言、复核和审核", "标签"}
    assert set(told.values()) == {"只有对方改了"}
    answer = client.send(page_of(of), as_it_stands(markup) | {"do": "save_merged"})
    assert answer.status_code == 302
    db.session.expire_all()
    entry = db.session.get_one(QuestionEntry, of.id)
    assert filed(entry) == NEWLY
    assert (rows.body(entry).stem, rows.body(entry).explanation) == ("甲改的？", "乙的解析。")


def test_the_parts_of_a_case_stay_where_the_first_put_them(app: Flask) -> None:
    client, other = writer(app), writer(app)
    of = case_of(client)
    path = page_of(of)
    mine = typed(client.page(path)) | {"explanation": "乙的解析。"}
    theirs = typed(other.page(path)) | {"domain": "C", "lesson": "1.1"}
    assert other.send(path, theirs).status_code == 302
    markup = client.send(path, mine).get_data(as_text=True)
    assert said_of_each(markup)["课、领域和目标"] == "只有对方改了"
    assert client.send(path, as_it_stands(markup) | {"do": "save_merged"}).status_code == 302
    now = rows.body(only())
    assert {(one.domain, one.lesson) for one in (now, *now.parts)} == {("C", "1.1")}


def test_one_may_keep_the_own_tags_and_go_on_writing(app: Flask) -> None:
    of = rows.entry("q1")
    rows.entry("q2")
    client = writer(app)
    sent = as_it_stands(both(client, writer(app), of)) | {"take-tags": "mine", "do": "merge"}
    page = typed(client.send(page_of(of), sent).get_data(as_text=True))
    assert (page["tags"], page["lesson"], page["base"]) == ("", "1.1", "2")
    assert client.send(page_of(of), page).status_code == 302
    db.session.expire_all()
    entry = db.session.get_one(QuestionEntry, of.id)
    assert filed(entry) == (*NEWLY[:-1], [])


def test_refiling_without_a_new_version_is_seen_too(app: Flask) -> None:
    of = rows.entry("q1")
    client = writer(app)
    form = typed(client.page(page_of(of))) | {"explanation": "乙的解析。"}
    of.domain, of.lesson_code = "A", "1.1"
    db.session.commit()
    answer = client.send(page_of(of), form)
    markup = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "有人改了这道题的归类或标签" in markup
    assert said_of_each(markup) == {"总的解析": "只有你改了", "课、领域和目标": "只有对方改了"}
    assert client.send(page_of(of), as_it_stands(markup) | {"do": "save_merged"}).status_code == 302
    assert (only().domain, only().lesson_code, only().current_number) == ("A", "1.1", 2)


def test_a_form_cannot_say_that_it_saw_another_filing(app: Flask) -> None:
    of = rows.entry("q1")
    client = writer(app)
    form = typed(client.page(page_of(of))) | {"domain": "Z", "seen": '[{"domain":"Z"},[]]'}
    assert client.send(page_of(of), form).status_code == 200
    assert only().domain == "E"
