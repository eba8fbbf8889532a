"""A supervisor signs from a phone link: once, with a code of their own, and what is signed is locked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.journal import AuditLine, OutboxMessage
from app.models.practicum import PracticumRequest, PracticumSupervisor, PracticumVisit
from app.practicum import progress
from tests.app.practicum import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


class Asked:
    """A visit whose link has been shown to the trainee."""

    def __init__(self, app: Flask) -> None:
        enrolment = rows.trainee()
        self.place = rows.place(enrolment)
        self.supervisor, self.code = rows.supervisor(self.place)
        self.visit = rows.visit(enrolment, self.place)
        self.page = f"/practicum/visits/{self.visit.id}"
        self.trainee = PageClient(app).sign_in(enrolment.user)
        self.phone = PageClient(app)
        self.link = self.ask()

    def ask(self, by: PracticumSupervisor | None = None) -> str:
        """Ask on the page and return the link's path."""
        chosen = (by or self.supervisor).id
        html = self.trainee.send(f"{self.page}/ask", {"supervisor": chosen}).get_data(as_text=True)
        found = re.search(r"http://localhost(/practicum/sign/[\w-]+)", html)
        assert found
        return found[1]

    def answer(self, word: str = "sign", **fields: str) -> tuple[int, str]:
        """Answer as the page would."""
        html = self.phone.page(self.link)
        seen = re.search(r'name="seen" value="(\w+)"', html)
        assert seen
        form = {"code": self.code, "answer": word, "seen": seen[1], **fields}
        answer = self.phone.send(self.link, form)
        db.session.expire_all()
        return answer.status_code, answer.get_data(as_text=True)


def test_it_works(app: Flask) -> None:
    """No account; the visit is signed, locked and counts; the link is spent and shows nothing."""
    asked = Asked(app)
    html = asked.phone.page(asked.link)
    assert "取号报到" in html
    assert "tabs-bottom" not in html
    assert re.search("没有记：[^<]*取号", html), "who signs sees which moments have no entry"
    status, text = asked.answer()
    assert (status, asked.visit.state) == (200, "signed")
    assert "谢谢您" in text
    spent = asked.phone.get(asked.link)
    assert spent.status_code == 410
    assert asked.visit.enrolment.user.name not in spent.get_data(as_text=True)
    at = progress.of([asked.visit.enrolment_id], training.today())[asked.visit.enrolment_id]
    assert (at.signed_minutes, at.signed_visits) == (120, 1)
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "practicum.signed")).one()
    assert (line.actor_id, line.details["supervisor"]) == (None, asked.supervisor.id)
    told = db.session.scalars(select(OutboxMessage)).one()
    assert (told.user_id, told.kind) == (asked.visit.enrolment.user_id, "practicum.answered")


def test_signed_is_locked(app: Flask) -> None:
    """No way of changing it; the page says to write a correction."""
    asked = Asked(app)
    asked.answer()
    before = asked.visit.sha256
    for act, form in (
        ("finish", {"tasks": ["errand"], "note": "改"}),
        ("drop", {"reason": "不要了"}),
        ("added", {"step": "ticket", "day": "2026-01-01", "at": "09:00", "basis": "号单"}),
        ("ask", {"supervisor": asked.supervisor.id}),
    ):
        assert asked.trainee.send(f"{asked.page}/{act}", form).status_code == 400, act
    db.session.expire_all()
    assert (asked.visit.sha256, asked.visit.state) == (before, "signed")
    assert "写一条更正" in asked.trainee.page(asked.page)


def test_a_correction_names_the_old_and_is_signed_again(app: Flask) -> None:
    """Until then the old one counts; afterwards only the new."""
    asked = Asked(app)
    asked.answer()
    old, enrolment_id = asked.visit, asked.visit.enrolment_id
    assert asked.trainee.send(f"{asked.page}/correct", {"reason": ""}).status_code == 400
    for _twice in range(2):
        answer = asked.trainee.send(f"{asked.page}/correct", {"reason": "漏勾了取药"})
    new = db.session.scalars(
        select(PracticumVisit).where(PracticumVisit.corrects_id == old.id)
    ).one()
    asked.page = answer.location
    assert asked.page == f"/practicum/visits/{new.id}"
    asked.trainee.send(f"{asked.page}/finish", {"tasks": ["consult", "pharmacy"], "note": ""})
    assert progress.of([enrolment_id], training.today())[enrolment_id].signed_tasks["pharmacy"] == 0
    asked.link = asked.ask()
    assert "这是一条更正" in asked.phone.page(asked.link)
    asked.answer()
    assert (old.state, new.state) == ("replaced", "signed")
    at = progress.of([enrolment_id], training.today())[enrolment_id]
    assert (at.signed_visits, at.signed_tasks["pharmacy"]) == (1, 1)
    assert old.tasks == ["consult", "register"]


def test_refusing_needs_a_reason_that_names_nobody(app: Flask) -> None:
    """The trainee reads it and can write a correction."""
    asked = Asked(app)
    status, text = asked.answer("refuse", reason="")
    assert status == 400
    assert "请写明为什么不签" in text
    status, text = asked.answer("refuse", reason="王阿姨说没去取药")
    assert "像姓名" in text
    status, _text = asked.answer("refuse", reason="没有去取药")
    assert (status, asked.visit.state) == (200, "refused")
    assert "没有去取药" in asked.trainee.page(asked.page)


@pytest.mark.usefixtures("mid_window")
def test_the_trainee_cannot_sign(app: Flask) -> None:
    """The link passes through the trainee's hands; without the code it is worth nothing."""
    asked = Asked(app)
    for tried in range(5):
        status, text = asked.answer(code=f"00000{tried}" if asked.code != f"00000{tried}" else "9")
        assert status == 400
        assert "签名码不对" in text
    status, text = asked.answer()
    assert status == 400
    assert "错了太多次" in text
    assert asked.visit.state == "ready"


def test_a_link_expires(app: Flask) -> None:
    """After the hours of the rule."""
    asked = Asked(app)
    row = db.session.scalars(select(PracticumRequest)).one()
    assert row.expires_at - row.asked_at == timedelta(hours=72)
    row.expires_at = clock.now() - timedelta(seconds=1)
    db.session.commit()
    assert asked.phone.get(asked.link).status_code == 410
    assert asked.phone.send(asked.link, {"code": asked.code, "answer": "sign"}).status_code == 410


def test_a_new_link_ends_the_old(app: Flask) -> None:
    """There is one open link for a visit, and a link is for one supervisor."""
    asked = Asked(app)
    other, _code = rows.supervisor(asked.place, "顾带教")
    db.session.scalars(select(PracticumRequest)).one().asked_at -= timedelta(minutes=5)
    db.session.commit()
    old, asked.link = asked.link, asked.ask(other)
    assert asked.phone.get(old).status_code == 410
    status, text = asked.answer()  # the first supervisor's code
    assert (status, "签名码不对" in text) == (400, True)


def test_changed_while_the_supervisor_looked(app: Flask) -> None:
    """What was not shown is not signed."""
    asked = Asked(app)
    asked.trainee.send(f"{asked.page}/finish", {"tasks": ["errand"], "note": ""})
    status, text = asked.answer(seen="0" * 64)
    assert status == 400
    assert "学员又改了" in text
    assert asked.visit.state == "ready"


def test_changed_behind_the_back_shows(app: Flask) -> None:
    """A row altered in the database no longer fits what was signed."""
    asked = Asked(app)
    asked.answer()
    asked.visit.minutes = 600
    db.session.commit()
    assert "内容和签字时不一样" in asked.trainee.page(asked.page)


def test_only_who_signs_there_now(app: Flask) -> None:
    """Somebody of another place, or who has stopped, cannot be asked."""
    asked = Asked(app)
    elsewhere, _code = rows.supervisor(rows.place(asked.visit.enrolment, name="别处"))
    form = {"supervisor": elsewhere.id}
    assert asked.trainee.send(f"{asked.page}/ask", form).status_code == 400
    asked.supervisor.ended_on = training.today() - timedelta(days=1)
    db.session.commit()
    assert "还没有带教老师" in asked.trainee.page(f"{asked.page}/ask")


@pytest.mark.usefixtures("mid_window")
def test_guessing_links_is_throttled(app: Flask, client: PageClient) -> None:
    """Thirty a quarter of an hour from one address, then waiting."""
    answers = [client.get(f"/practicum/sign/guess-{n}").status_code for n in range(31)]
    assert answers == [404] * 30 + [429]


def test_the_token_is_not_stored(app: Flask) -> None:
    """Nor the code, nor the supervisor's phone in clear."""
    asked = Asked(app)
    stored = str(
        [
            [getattr(row, column.name) for column in row.__table__.columns]
            for model in (PracticumRequest, PracticumSupervisor)
            for row in db.session.scalars(select(model))
        ]
    )
    assert asked.link.rpartition("/")[2] not in stored
    assert asked.code not in stored.replace(asked.supervisor.id, "")
    assert "****" in asked.supervisor.phone_shown
