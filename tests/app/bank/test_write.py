"""Write and change questions: the next version each time, nothing lost, nothing overwritten."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import syncing, writing
from app.bank.content import read_content
from app.extensions import db
from app.models.bank import MarkingKey, QuestionEntry
from app.models.exams import PaperSlot
from app.models.journal import AuditLine
from app.models.people import Role
from question_bank import KINDS, Choice, Question, write_questions
from tests import factories
from tests.app.bank import rows
from tests.app.bank.typed import typed
from tests.client import PageClient

pytestmark = pytest.mark.rows


def writer(app: Flask, *more: Role) -> PageClient:
    return PageClient(app).sign_in(factories.user(Role.ITEM_WRITER, *more))


def fields(**changes: str) -> dict[str, str]:
    """Return the form of a single choice question."""
    return {
        "pool": "live",
        "lesson": "4.3",
        "domain": "E",
        "level": "use",
        "stem": "第一步做什么？",
        "options-0-text": "核对姓名",
        "options-0-why": "先认人。",
        "options-0-right": "y",
        "options-1-text": "直接进去",
        "options-2-text": "",
        "explanation": "先核对。",
        "rule": "",
        "band": "",
        "language": "zh-CN",
        "writer_kind": "human",
        "shuffle": "y",
        "review_by": "2027-11-30",
        **changes,
    }


def only() -> QuestionEntry:
    db.session.expire_all()
    return db.session.scalars(select(QuestionEntry)).one()


def from_page(client: PageClient, of: QuestionEntry) -> dict[str, Any]:
    """Return what the edit page would post unchanged."""
    return typed(client.page(f"/bank/questions/{of.id}/edit"))


def test_it_works(app: Flask) -> None:
    client = writer(app)
    client.page("/bank/questions/new")
    assert client.send("/bank/questions/new?kind=single_choice", fields()).status_code == 302
    of = only()
    question = rows.body(of)
    assert (of.status, of.origin, of.current_number) == ("draft", "browser", 1)
    assert question.options == (Choice("o1", "核对姓名", "先认人。"), Choice("o2", "直接进去"))
    assert (question.key, question.review_by) == (("o1",), date(2027, 11, 30))
    key = db.session.scalars(select(MarkingKey)).one()
    assert key.key["right"] == ["o1"]
    assert "已存为草稿" in client.page(f"/bank/questions/{of.id}")


def test_a_double_click_saves_once(app: Flask) -> None:
    client = writer(app)
    path = "/bank/questions/new?kind=single_choice"
    assert client.send(path, fields()).status_code == 302
    again = client.send(path, fields())
    assert "没有再存一份" in again.get_data(as_text=True)
    assert only().current_number == 1
    assert client.send(path, fields(stem="第二步做什么？")).status_code == 302


def test_true_false(app: Flask) -> None:
    client = writer(app)
    client.page("/bank/questions/new?kind=true_false")
    form = fields(**{"options-0-option_id": "true", "options-1-option_id": "false"})
    form |= {"options-0-text": "改不了的字"}
    assert client.send("/bank/questions/new?kind=true_false", form).status_code == 302
    question = rows.body(only())
    assert question.key == ("true",)
    assert [option.text for option in question.options] == ["正确", "错误"]


def test_multiple_choice(app: Flask) -> None:
    form = fields(**{"options-1-right": "y", "options-2-text": "问护士", "rule": "all_or_nothing"})
    writer(app).send("/bank/questions/new?kind=multiple_choice", form)
    question = rows.body(only())
    assert (question.key, question.rule) == (("o1", "o2"), "all_or_nothing")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stem": ""}, "请写题干。"),
        ({"options-0-right": ""}, "没有正确答案"),
        ({"options-1-right": "y"}, "单选题只能有一个正确答案"),
        ({"options-1-text": ""}, "应当有 2 到 8 个"),
        ({"lesson": "四"}, "请写课的编号，例如 4.3。"),
        ({"pool": "other"}, "有 1 处要改"),
    ],
)
def test_a_faulty_question_is_not_saved(app: Flask, changes: dict[str, str], words: str) -> None:
    form = {
        name: value for name, value in fields(**changes).items() if value or "right" not in name
    }
    answer = writer(app).send("/bank/questions/new?kind=single_choice", form)
    assert answer.status_code == 200
    assert words in answer.get_data(as_text=True)
    assert rows.codes() == []


def test_pasted_control_characters_are_dropped(app: Flask) -> None:
    writer(app).send("/bank/questions/new", fields(stem="有\x00字\x0b"))
    assert rows.body(only()).stem == "有字"


def test_each_kind_posts_to_itself(app: Flask) -> None:
    client = writer(app)
    for kind in KINDS:
        html = client.page(f"/bank/questions/new?kind={kind}")
        assert f'method="post" action="/bank/questions/new?kind={kind}"' in html
    client.page("/bank/questions/new?kind=riddle", 404)


def test_a_stale_form_is_refused(app: Flask) -> None:
    client = writer(app)
    assert client.post("/bank/questions/new", data=fields()).status_code == 400
    assert rows.codes() == []


def test_editing_makes_the_next_version(app: Flask) -> None:
    of = rows.activate(rows.entry(enemies=("q9",), extra={"x_note": "留着"}))
    kept = rows.current(of)
    rows.paper(kept, rows.sitting(kept))
    client = writer(app)
    form = from_page(client, of) | {"stem": "改了？", "options-0-right": "y"}
    assert "那些答卷仍按当时的版本" in client.page(f"/bank/questions/{of.id}/edit")
    assert client.send(f"/bank/questions/{of.id}/edit", form).status_code == 302
    of = only()
    question = rows.body(of)
    assert (of.current_number, of.status, question.stem) == (2, "draft", "改了？")
    assert (question.enemies, question.extra) == (("q9",), {"x_note": "留着"})
    assert question.options == rows.question("q1").options
    slot = db.session.scalars(select(PaperSlot)).one()
    assert slot.version.number == 1
    assert slot.version.body["stem"] == "q1：先做什么？"


def test_an_option_keeps_its_id_and_a_new_one_gets_a_free_one(app: Flask) -> None:
    options = (Choice("o1", "甲"), Choice("o2", "乙", lock=True), Choice("o3", "丙"))
    of = rows.entry(options=options, key=("o2",))
    client = writer(app)
    form = from_page(client, of)
    form |= {"options-0-text": "", "options-1-right": "y", "options-3-text": "丁"}
    client.send(f"/bank/questions/{of.id}/edit", form)
    question = rows.body(only())
    assert [(one.id, one.text, one.lock) for one in question.options] == [
        ("o2", "乙", True),
        ("o3", "丙", False),
        ("o4", "丁", False),
    ]


def test_nothing_changed_is_nothing_saved(app: Flask) -> None:
    of = rows.entry()
    client = writer(app)
    answer = client.send(f"/bank/questions/{of.id}/edit", from_page(client, of))
    assert "和第 1 版一样" in answer.get_data(as_text=True)
    assert only().current_number == 1


def test_two_people_at_once(app: Flask) -> None:
    of = rows.entry()
    client = writer(app)
    form = from_page(client, of) | {"stem": "甲改的？"}
    assert client.send(f"/bank/questions/{of.id}/edit", form).status_code == 302
    answer = writer(app).send(f"/bank/questions/{of.id}/edit", form | {"stem": "乙改的？"})
    assert "有人存了第 2 版" in answer.get_data(as_text=True)
    assert only().stem == "甲改的？"


def case() -> Question:
    parts = tuple(rows.question(f"c.{n}", stem=f"第 {n} 问？") for n in (1, 2))
    return rows.question(
        "c",
        kind="case_set",
        scene="候诊时老人头晕。",
        stem="",
        options=(),
        key=(),
        level="",
        parts=parts,
    )


def test_any_question_can_be_changed_as_text(app: Flask) -> None:
    writing.create(case(), actor=factories.user(), now=clock.now())
    db.session.commit()
    of, client = only(), writer(app)
    path = f"/bank/questions/{of.id}/edit/file"
    assert "候诊时老人头晕。" in client.page(path)
    text = write_questions([rows.body(of)])
    form = {"base": "1", "pool": "live", "text": text.replace("老人头晕", "老人胸闷")}
    assert client.send(path, form).status_code == 302
    assert only().stem == "候诊时老人胸闷。"
    for bad, words in (
        ("questions: [", "YAML 写法有错"),
        (text.replace("id: c\n", "id: d\n"), "编号、题型、题池不能改"),
        (text.replace("level: use", "level: hard"), "题目:"),
    ):
        answer = client.send(path, {"base": "2", "text": bad})
        assert words in answer.get_data(as_text=True)
    assert only().current_number == 2


def test_a_waiting_version_from_a_file_can_be_taken(app: Flask, tmp_path: object) -> None:
    assert hasattr(tmp_path, "joinpath")
    of_file = rows.FILE.partition("  - id: t2")[0]
    root = rows.folder(tmp_path, of_file, None)  # type: ignore[arg-type]
    syncing.sync_questions(clock.now(), read_content([root]))
    db.session.commit()
    client, of = writer(app), only()
    form = from_page(client, of) | {"stem": "网页改的？"}
    assert client.send(f"/bank/questions/{of.id}/edit", form).status_code == 302
    root = rows.folder(tmp_path, of_file.replace("先做什么", "文件改的"), None)  # type: ignore[arg-type]
    syncing.sync_questions(clock.now(), read_content([root]))
    db.session.commit()
    assert "采用第 3 版" in client.page(f"/bank/questions/{of.id}")
    path = f"/bank/questions/{of.id}/versions"
    assert client.send(f"{path}/3/adopt").status_code == 302
    assert (only().current_number, only().stem) == (3, "文件改的？")
    assert client.send(f"{path}/1/adopt").status_code == 409


def test_retiring_needs_a_reason_and_no_open_sitting(app: Flask) -> None:
    of = rows.activate(rows.entry())
    room = rows.sitting(rows.current(of))
    client = PageClient(app).sign_in(factories.user(Role.ITEM_REVIEWER))
    path, page = f"/bank/questions/{of.id}/retire", f"/bank/questions/{of.id}"
    client.send(path, {"note": ""})
    assert "请写明为什么停用。" in client.page(page)
    client.send(path, {"note": "过时"})
    assert "春季理论考试（一号教室" in client.page(page)
    assert only().status == "active"
    room.closed_at = clock.now()
    factories.save(room)
    client.send(path, {"note": "过时"})
    assert only().status == "retired"
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "question.retired")).one()
    assert line.details["reason"] == "过时"
    client.page(page)
    answer = writer(app).send(f"{page}/edit", {**fields(), "base": "1"})
    assert "已停用，不能再改" in answer.get_data(as_text=True)


def test_a_teacher_cannot_write_live_questions(app: Flask) -> None:
    teacher = factories.user(Role.ITEM_WRITER)
    rows.teach(teacher)
    client = PageClient(app).sign_in(teacher)
    assert client.send("/bank/questions/new", fields()).status_code == 403
    assert rows.codes() == []
    assert client.send("/bank/questions/new", fields(pool="practice")).status_code == 302
    live = rows.entry("live")
    client.page(f"/bank/questions/{live.id}/edit", 403)


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    of = rows.entry(pool="practice")
    client = PageClient(app).sign_in(factories.user(role))
    expected = 200 if role == Role.ITEM_WRITER else 403
    client.page("/bank/questions/new", expected)
    client.page(f"/bank/questions/{of.id}/edit", expected)
    answer = client.send(f"/bank/questions/{of.id}/versions/1/adopt")
    assert answer.status_code == (409 if role == Role.ITEM_WRITER else 403)
