"""Cases over HTTP: written part by part, parts moved and removed, parts with sources of their own."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.people import Role
from question_bank import Question
from question_bank.question import Source
from tests import factories
from tests.app.bank import rows
from tests.app.bank.typed import typed
from tests.app.bank.written import case_of, only, writer
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_a_case_is_written_part_by_part(app: Flask) -> None:
    client = writer(app)
    of = case_of(client)
    case = rows.body(of)
    assert [part.kind for part in case.parts] == ["single_choice", "ordering"]
    assert [part.id for part in case.parts] == [f"{of.code}.1", f"{of.code}.2"]
    assert (case.parts[0].key, case.parts[1].key) == (("o1",), ("i1", "i2", "i3"))
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path))
    assert "和第 1 版一样" in client.send(path, form).get_data(as_text=True)
    assert client.send(path, form | {"lesson": "5.1", "scene": "老人胸闷。"}).status_code == 302
    changed = rows.body(only())
    assert {part.lesson for part in changed.parts} == {"5.1"}
    assert changed.parts[1].options == case.parts[1].options


def test_a_part_can_be_moved_and_removed_without_script(app: Flask) -> None:
    client = writer(app)
    of = case_of(client)
    path = f"/bank/questions/{of.id}/edit"
    page = client.send(path, typed(client.page(path)) | {"do": "down:parts:0"})
    form = typed(page.get_data(as_text=True))
    assert [form["parts-0-kind_name"], form["parts-1-kind_name"]] == ["ordering", "single_choice"]
    assert form["parts-1-options-0-text"] == "核对姓名"
    assert client.send(path, form).status_code == 302
    assert [part.id for part in rows.body(only()).parts] == [f"{of.code}.2", f"{of.code}.1"]
    page = client.send(path, typed(client.page(path)) | {"do": "remove:parts:1"})
    answer = client.send(path, typed(page.get_data(as_text=True)))
    assert "案例至少要有两道小题" in answer.get_data(as_text=True)


def test_a_part_names_its_own_sources(app: Flask) -> None:
    client = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    of = case(sources=(Source("s1", "陪诊服务规范"),))
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path))
    assert not any(name.startswith("parts-0-sources") for name in form)  # as the case says
    form |= {
        "parts-0-sources-0-title": "患者安全目标",
        "parts-0-sources-0-note": "第三条",
        "parts-1-sources-0-title": "患者安全目标",
        "sources-0-issuer": "协会",
    }
    assert client.send(path, form).status_code == 302
    told = body_of(of)
    assert [one.issuer for one in told.sources] == ["协会"]
    first, second = told.parts[0].sources, told.parts[1].sources
    assert [(one.title, one.note) for one in first] == [("患者安全目标", "第三条")]
    assert [(one.title, one.note) for one in second] == [("患者安全目标", "")]
    ids = [one.id for one in (*told.sources, *first, *second)]
    assert len(set(ids)) == 3
    assert "第三条" in client.page(f"/bank/questions/{of.id}")

    form = typed(client.page(path))
    assert form["parts-0-sources-0-note"] == "第三条"
    form["parts-0-sources-0-note"] = "第四条"
    for name in [name for name in form if name.startswith("parts-1-sources")]:
        del form[name]
    assert client.send(path, form).status_code == 302
    told = body_of(of)
    assert [one.note for one in told.parts[0].sources] == ["第四条"]
    assert told.parts[1].sources == told.sources  # without a row it follows the case again


def test_a_source_of_the_case_changed_in_a_part_alone_becomes_the_parts_own(app: Flask) -> None:
    client = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    shared, own = Source("s1", "陪诊服务规范"), Source("s2", "患者安全目标")
    of = case(sources=(shared,), part_sources=(shared, own))
    path = f"/bank/questions/{of.id}/edit"
    form = typed(client.page(path))
    form["parts-0-sources-0-title"] = "陪诊服务规范（修订）"
    form["sources-0-note"] = "第一章"
    assert client.send(path, form).status_code == 302
    told = body_of(of)
    assert [(one.title, one.note) for one in told.sources] == [("陪诊服务规范", "第一章")]
    assert [one.title for one in told.parts[0].sources] == ["陪诊服务规范（修订）", "患者安全目标"]
    assert [one.title for one in told.parts[1].sources] == ["陪诊服务规范", "患者安全目标"]
    assert told.parts[1].sources[0] == told.sources[0]


def case(
    sources: tuple[Source, ...], part_sources: tuple[Source, ...] | None = None
) -> QuestionEntry:
    """Return a stored case with two parts whose sources are the case's, or their own."""
    parts = tuple(
        replace(
            rows.question(f"c1.{n}", stem=f"第 {n} 步做什么？"),
            sources=sources if part_sources is None else part_sources,
            lesson="4.3",
        )
        for n in (1, 2)
    )
    whole = rows.entry(
        "c1", kind="case_set", scene="门诊大厅里有人头晕。", stem="", level="", options=(), key=(),
        difficulty=None, sources=sources, parts=parts, explanation="",
    )  # fmt: skip
    db.session.commit()
    return whole


def body_of(of: QuestionEntry) -> Question:
    db.session.expire_all()
    return rows.body(db.session.get_one(QuestionEntry, of.id))
