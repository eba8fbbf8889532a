"""Two people approve, neither the author; a return goes back with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank import approving, writing
from app.config import Settings
from app.extensions import db
from app.models.bank import Approval, QuestionEntry
from app.models.journal import AuditLine
from app.models.people import Role, User
from app.permissions import REVIEWERS
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def reviewer() -> User:
    return factories.user(Role.ITEM_REVIEWER)


def address(of: QuestionEntry, act: str = "approve") -> str:
    return f"/bank/questions/{of.id}/versions/{of.current_number}/{act}"


def status(of: QuestionEntry) -> str:
    db.session.expire_all()
    return db.session.get_one(QuestionEntry, of.id).status


def test_it_works(app: Flask) -> None:
    of = rows.hand_in(rows.entry())
    for expected in ("final_review", "active"):
        client = PageClient(app).sign_in(reviewer())
        answer = client.send(address(of), {"note": "可以", "then": "active"})
        assert answer.status_code == 302
        assert status(of) == expected
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "question.approved"))
    assert [(line.details["stage"], line.details["then"]) for line in lines.all()] == [
        ("first_review", "final_review"),
        ("final_review", "active"),
    ]
    words = db.session.scalars(select(Approval).order_by(Approval.given_at)).all()
    assert [word.stage for word in words] == ["first_review", "final_review"]


def test_the_author_cannot(app: Flask) -> None:
    author = factories.user(Role.ITEM_WRITER, Role.ITEM_REVIEWER)
    of = rows.hand_in(rows.entry(author=author))
    client = PageClient(app).sign_in(author)
    answer = client.send(address(of))
    assert answer.status_code == 409
    assert "这道题是你写的" in answer.get_data(as_text=True)
    assert "这道题是你写的" in client.page(f"/bank/questions/{of.id}")
    assert status(of) == "first_review"


def test_who_made_the_version_cannot(app: Flask) -> None:
    of, editor = rows.entry(), reviewer()
    changed = replace(rows.body(of), stem="改了？")
    writing.save(of, changed, base=1, actor=editor, now=clock.now())
    rows.hand_in(of)
    with pytest.raises(approving.ApprovalRefused, match="是你写的"):
        approving.approve(rows.current(of), actor=editor, now=clock.now())


def test_one_word_each(app: Flask) -> None:
    of, person = rows.hand_in(rows.entry()), reviewer()
    approving.approve(rows.current(of), actor=person, now=clock.now())
    with pytest.raises(approving.ApprovalRefused, match="每人每版只说一次"):
        approving.approve(rows.current(of), actor=person, now=clock.now())
    assert of.status == "final_review"


def test_a_double_click_is_one_word(app: Flask) -> None:
    of = rows.hand_in(rows.entry())
    client = PageClient(app).sign_in(reviewer())
    client.send(address(of))
    assert client.send(address(of)).status_code == 409
    assert len(db.session.scalars(select(Approval)).all()) == 1


def test_only_the_current_version(app: Flask) -> None:
    of = rows.entry()
    old = rows.current(of)
    changed = replace(rows.body(of), stem="改了？")
    writing.save(of, changed, base=1, actor=factories.user(), now=clock.now())
    with pytest.raises(approving.ApprovalRefused, match="第 1 版不是现行的版本"):
        approving.approve(old, actor=reviewer(), now=clock.now())


def test_a_return_needs_its_reason(app: Flask) -> None:
    of = rows.hand_in(rows.entry())
    client = PageClient(app).sign_in(reviewer())
    assert client.send(address(of, "return"), {"note": "  "}).status_code == 302
    assert db.session.scalars(select(Approval)).all() == []
    assert "请写明要改什么" in client.page(f"/bank/questions/{of.id}")


def test_a_returned_version_waits_for_the_next(app: Flask) -> None:
    of = rows.activate(rows.entry())
    PageClient(app).sign_in(reviewer()).send(address(of, "return"), {"note": "选项乙含糊"})
    assert status(of) == "draft"
    with pytest.raises(approving.ApprovalRefused, match="已退回修改"):
        approving.approve(rows.current(of), actor=reviewer(), now=clock.now())
    changed = replace(rows.body(of), stem="改了？")
    writing.save(of, changed, base=1, actor=factories.user(), now=clock.now())
    assert rows.activate(of).status == "active"


def test_the_demonstration_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    settings: Settings = app.config["PEIZHEN"]
    monkeypatch.setitem(app.config, "PEIZHEN", replace(settings, demo=True))
    of = rows.activate(rows.entry(), demonstration=True)
    assert of.status == "active"
    page = PageClient(app).sign_in(reviewer()).page(f"/bank/questions/{of.id}")
    assert "演示审核，正式安装不算数" in page


def test_production_counts_no_demonstration(app: Flask) -> None:
    of = rows.activate(rows.entry(), demonstration=True)
    assert of.status == "first_review"
    approving.approve(rows.current(of), actor=reviewer(), now=clock.now())
    assert of.status == "final_review"
    approving.approve(rows.current(of), then="active", actor=reviewer(), now=clock.now())
    assert of.status == "active"


def test_a_teacher_cannot_review_live_questions(app: Flask) -> None:
    of, person = rows.hand_in(rows.entry()), reviewer()
    rows.teach(person)
    answer = PageClient(app).sign_in(person).send(address(of))
    assert answer.status_code == 403
    assert "“春季一班”的带教老师" in answer.get_data(as_text=True)


@pytest.mark.parametrize("role", Role)
def test_who_may(app: Flask, role: Role) -> None:
    of = rows.hand_in(rows.entry(pool="practice"))
    client = PageClient(app).sign_in(factories.user(role))
    expected = 302 if role in REVIEWERS else 403
    assert client.send(address(of)).status_code == expected
    manages = expected if role != Role.EXAM_MANAGER else 302
    assert client.send(f"/bank/questions/{of.id}/retire", {"note": "旧"}).status_code == manages
