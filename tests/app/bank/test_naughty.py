"""Naughty texts through the bank's forms over HTTP: kept and shown escaped, or refused in words."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models.bank import QuestionEntry, ReviewComment
from app.models.people import Role
from tests import factories
from tests.app.bank import rows
from tests.app.bank.test_write import fields
from tests.client import PageClient, check_page
from tests.naughty import NAUGHTY, TOO_LONG, UNSTORABLE

pytestmark = pytest.mark.rows
# Half a surrogate pair cannot be sent by a form: a browser replaces it first.
SENT = {name: text for name, text in NAUGHTY.items() if name != "half_a_pair"}

# What forms refuse with a sentence, and what a page shows by a replacement sign.
REFUSED = UNSTORABLE | {"placeholder", "long_word", "long_latin"}
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
UNSHOWN = {"c1_control", "line_separators", "noncharacters"}


@pytest.fixture
def writer(app: Flask) -> PageClient:
    return PageClient(app).sign_in(
        factories.user(Role.ITEM_WRITER, Role.ITEM_REVIEWER, Role.EXAM_MANAGER)
    )


def looked_at(answer: TestResponse) -> str:
    """Return the page that was answered, after looking at it; never an error of the server."""
    assert answer.status_code in {200, 302, 400, 403, 404, 409, 413}, answer.status_code
    if answer.status_code == 302 or answer.mimetype != "text/html":
        return ""
    html = answer.get_data(as_text=True)
    check_page(html, answer.request.path)
    return html


def escaped(html: str) -> None:
    """Assert that nothing of the markup in our list became markup."""
    for dangerous in ("<script>alert", "<img src=x", "<svg/onload", "7*7=49"):
        assert dangerous not in html


def kept(text: str) -> str:
    """Return a text as a form keeps it: no outer spaces, one kind of line end, nothing unseen."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return UNSEEN.sub("", text).strip()


def form(text: str) -> dict[str, Any]:
    """Return a filled form of a single choice question with the text in its fields."""
    texts = {"options-0-text": f"甲{text}", "options-0-why": text, "explanation": text}
    return fields(stem=text, tags="naughty", **texts)


def in_groups(function: Any) -> Any:
    """Run a test over the list in a few groups: a database is made for each."""
    names = sorted(SENT)
    groups = [names[start::GROUPS] for start in range(GROUPS)]
    return pytest.mark.parametrize("names", groups, ids=[group[0] for group in groups])(function)


GROUPS = 4


@in_groups
def test_new_questions_keep_the_text_or_say_why_not(writer: PageClient, names: list[str]) -> None:
    refused = set()
    for name in names:
        before = set(rows.codes())
        answer = writer.send("/bank/questions/new?kind=single_choice", form(SENT[name]))
        escaped(looked_at(answer))
        escaped(looked_at(writer.send("/bank/questions/check", form(SENT[name]))))
        made = set(rows.codes()) - before
        if not made:
            assert answer.status_code == 200
            refused.add(name)
            continue
        (code,) = made
        entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == code)).one()
        question = rows.body(entry)
        assert question.stem == kept(SENT[name]), name
        assert question.options[0].text == kept(f"甲{SENT[name]}"), name
        html = writer.page(f"/bank/questions/{entry.id}")
        escaped(html)
        if name not in UNSHOWN:
            assert kept(SENT[name])[:30].split("\n")[0] in unescape(html), name
        escaped(writer.page(f"/bank/questions/{entry.id}/edit"))
    escaped(writer.page("/bank/questions"))
    assert refused <= REFUSED


@in_groups
def test_changed_questions(writer: PageClient, names: list[str]) -> None:
    made = rows.entry("q1", pool="practice")
    path = f"/bank/questions/{made.id}/edit"
    for name in names:
        escaped(looked_at(writer.send(path, form(SENT[name]) | {"base": made.current_number})))
        db.session.expire_all()
        escaped(writer.page(f"/bank/questions/{made.id}"))


@in_groups
def test_remarks(writer: PageClient, names: list[str]) -> None:
    made = rows.hand_in(rows.entry("q1"))
    path = f"/bank/questions/{made.id}/versions/1/comments"
    for name in names:
        looked_at(writer.send(path, {"text": SENT[name][:1900]}))
    said = db.session.scalars(select(ReviewComment.text)).all()
    assert len(said) >= len(names) - len(REFUSED)
    assert not any("\x00" in text for text in said)
    escaped(writer.page(f"/bank/questions/{made.id}"))


@in_groups
def test_filters_of_the_list_and_the_export(writer: PageClient, names: list[str]) -> None:
    rows.entry("q1")
    for name in names:
        value = quote(SENT[name][:300])
        for field in ("words", "tag", "author", "page"):
            escaped(looked_at(writer.get(f"/bank/questions?{field}={value}")))
        escaped(looked_at(writer.get(f"/bank/export?words={value}&format={value}")))


@in_groups
def test_pasted_questions(writer: PageClient, names: list[str]) -> None:
    defaults = {
        "wanted": "text",
        "pool": "practice",
        "domain": "E",
        "lesson": "4.3",
        "level": "use",
    }
    for name in names:
        said = f"1. {SENT[name]}\nA. 甲{SENT[name]}\nB. 乙\n答案：A\n\n"
        text = f"{said}2. 好不好？\nA. 甲\nB. 乙\n答案：A\n"
        answer = writer.send("/bank/import", {"text": text} | defaults)
        escaped(looked_at(answer))
        if answer.status_code == 302:
            escaped(looked_at(writer.get(answer.headers["Location"])))
    assert rows.codes() == []


def test_two_megabytes_are_refused_in_words_and_nothing_is_lost(writer: PageClient) -> None:
    made = rows.entry("q1", pool="practice")
    for path in ("/bank/questions/new?kind=single_choice", f"/bank/questions/{made.id}/edit"):
        answer = writer.send(path, form(TOO_LONG))
        assert answer.status_code in {200, 400, 413}
        assert "。" in answer.get_data(as_text=True)
    db.session.expire_all()
    assert made.current_number == 1
    assert len(db.session.scalars(select(QuestionEntry)).all()) == 1
