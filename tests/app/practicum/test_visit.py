"""A visit on the phone: the eight moments, the server's clock, nothing of the person accompanied."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.base import Base
from app.models.journal import AuditLine
from app.models.people import Role
from app.models.practicum import PracticumMoment, PracticumVisit
from app.practicum.moments import KINDS
from tests import factories
from tests.app.practicum import rows
from tests.app.training import rows as training
from tests.app.whole.filling import forms
from tests.client import PageClient

pytestmark = pytest.mark.rows
JSON = {"Accept": "application/json"}


def _begin(client: PageClient) -> tuple[str, PracticumVisit]:
    enrolment = rows.trainee()
    where = rows.place(enrolment)
    client.sign_in(enrolment.user)
    answer = client.send(
        "/practicum/start", {"place": where.id, "level": "tertiary", "department": "medicine"}
    )
    assert answer.status_code == 302
    made = db.session.scalars(select(PracticumVisit)).one()
    assert answer.location == f"/practicum/visits/{made.id}"
    return answer.location, made


def _press_offered(client: PageClient, page: str) -> None:
    """Press the big button as it stands on the page."""
    html = client.page(page)
    form = next(one for one in forms(html, page) if one.data.get("step") and "现在" in one.button)
    assert form.action == f"{page}/moments"
    client.send(form.action, form.data)


def test_it_works(app: Flask, client: PageClient) -> None:
    """From the menu's first page to a record that waits for its signature."""
    page, made = _begin(client)
    before = clock.now()
    for _press in range(9):
        _press_offered(client, page)
    db.session.expire_all()
    assert [one.kind for one in made.moments if one.mark != "out"] == list(KINDS)
    assert all(one.source == "server" for one in made.moments)
    assert all(before <= one.happened_at <= clock.now() for one in made.moments)
    answer = client.send(f"{page}/finish", {"tasks": ["consult", "test"], "note": "路线走熟了"})
    assert answer.status_code == 302
    db.session.expire_all()
    assert (made.state, made.tasks, made.note) == ("ready", ["consult", "test"], "路线走熟了")
    assert "请带教老师签字" in client.page(page)
    actions = list(db.session.scalars(select(AuditLine.action)))
    assert actions.count("practicum.moment") == 9
    assert "practicum.finished" in actions


def test_no_column_for_the_person_accompanied() -> None:
    """Nor for their number, age or illness: only these columns exist."""
    columns = {
        column.name
        for name in ("practicum_visit", "practicum_moment")
        for column in Base.metadata.tables[name].columns
    }
    assert columns == {
        *("id", "enrolment_id", "place_id", "level", "department", "state", "tasks", "note"),
        *("minutes", "began_at", "ended_at", "corrects_id", "reason", "signed_at", "sha256"),
        *("visit_id", "key", "kind", "mark", "happened_at", "source", "basis", "recorded_at"),
    }


def test_a_note_that_names_a_patient_is_not_saved(app: Flask, client: PageClient) -> None:
    """The form says what was found and where, and still holds what was written."""
    page, made = _begin(client)
    _press_offered(client, page)
    _press_offered(client, page)
    note = "陪张阿姨看病，儿子电话13812345678"
    answer = client.send(f"{page}/finish", {"tasks": ["consult"], "note": note})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 400
    assert "第 2–4 字“张阿姨”像姓名" in text
    assert "第 12–22 字“13812345678”像电话号码" in text
    assert f">\r\n{note}</textarea>" in text or f">{note}</textarea>" in text.replace("\r\n", "")
    db.session.expire_all()
    assert (made.state, made.note) == ("open", "")
    assert "张" not in str(list(db.session.scalars(select(AuditLine.details))))


def test_the_same_press_sent_twice_is_one(app: Flask, client: PageClient) -> None:
    """As a phone does that got no answer the first time."""
    page, _made = _begin(client)
    for _time in range(2):
        answer = client.send(f"{page}/moments", {"key": "k" * 24, "step": "met"}, headers=JSON)
        assert answer.json is not None
        assert answer.json["source"] == "server"
    assert len(db.session.scalars(select(PracticumMoment)).all()) == 1


def test_a_late_press_is_marked_as_reported_by_the_device(app: Flask, client: PageClient) -> None:
    """Its time is the server's, less what the device says has passed."""
    page, made = _begin(client)
    made.began_at = clock.now() - timedelta(hours=2)
    db.session.commit()
    form = {"key": "late-press-1", "step": "met", "age": str(40 * 60 * 1000)}
    assert client.send(f"{page}/moments", form, headers=JSON).status_code == 200
    (row,) = db.session.scalars(select(PracticumMoment))
    assert row.source == "device"
    passed = clock.now() - row.happened_at
    assert timedelta(minutes=40) <= passed < timedelta(minutes=41)
    assert "手机报的时间" in client.page(page)


@pytest.mark.parametrize("hours", [3, 30])
def test_a_press_from_before_the_visit_is_refused(
    app: Flask, client: PageClient, hours: int
) -> None:
    """A device may not reach back before the visit began."""
    page, made = _begin(client)
    made.began_at = clock.now() - timedelta(hours=2)
    db.session.commit()
    form = {"key": "far-too-late", "step": "met", "age": str(hours * 3600 * 1000)}
    answer = client.send(f"{page}/moments", form, headers=JSON)
    assert answer.status_code == 409
    assert answer.json is not None
    assert "补记" in answer.json["refused"]
    assert db.session.scalars(select(PracticumMoment)).all() == []


def test_what_no_page_of_ours_sends(app: Flask, client: PageClient) -> None:
    """An unknown moment, an age from the future, no key."""
    page, _made = _begin(client)
    for form in (
        {"key": "k" * 9, "step": "tea"},
        {"key": "k" * 9, "step": "met", "age": "-5"},
        {"key": "", "step": "met"},
    ):
        assert client.send(f"{page}/moments", form).status_code == 400


def test_written_in_later(app: Flask, client: PageClient) -> None:
    """With what the time rests on; not in the future, not twice, and naming nobody."""
    page, made = _begin(client)
    _press_offered(client, page)
    at = clock.now().astimezone(clock.SHANGHAI)
    form = {"step": "ticket", "day": f"{at:%Y-%m-%d}", "at": f"{at:%H:%M}", "key": "add-key-1"}
    assert client.send(f"{page}/added", {**form, "basis": ""}).status_code == 400
    named = client.send(f"{page}/added", {**form, "basis": "问了陈医生"})
    assert "像姓名" in named.get_data(as_text=True)
    assert client.send(f"{page}/added", {**form, "basis": "号单"}).status_code == 302
    tomorrow = {**form, "day": f"{at + timedelta(days=1):%Y-%m-%d}", "key": "add-key-2"}
    assert client.send(f"{page}/added", {**tomorrow, "basis": "号单"}).status_code == 400
    again = client.send(f"{page}/added", {**form, "basis": "号单", "key": "add-key-3"})
    assert "已经记过一笔" in again.get_data(as_text=True)
    db.session.expire_all()
    assert [(one.kind, one.source, one.basis) for one in made.moments if one.basis] == [
        ("ticket", "added", "号单")
    ]


def test_a_test_nobody_came_out_of(app: Flask, client: PageClient) -> None:
    """The visit does not end before both entries are there."""
    page, _made = _begin(client)
    _press_offered(client, page)
    client.send(f"{page}/moments", {"key": "went-in-1", "step": "test.in"})
    answer = client.send(f"{page}/finish", {"tasks": ["test"], "note": ""})
    assert "进去、出来要各一笔" in answer.get_data(as_text=True)


def test_two_visits_at_once(app: Flask, client: PageClient) -> None:
    """One open visit a person; and nobody accompanies two people at the same time."""
    enrolment = rows.trainee()
    where = rows.place(enrolment)
    first = rows.visit(enrolment, where, hours_ago=5, minutes=120)
    client.sign_in(enrolment.user)
    form = {"place": where.id, "level": "tertiary", "department": "medicine"}
    opened = {client.send("/practicum/start", form).location for _time in range(2)}
    assert len(opened) == 1
    (page,) = opened
    second = db.session.get_one(PracticumVisit, page.rpartition("/")[2])
    second.began_at = first.began_at + timedelta(minutes=30)
    db.session.add_all(
        PracticumMoment(
            visit_id=second.id,
            key=kind,
            kind=kind,
            happened_at=first.began_at + timedelta(minutes=minutes),
            source="added",
            recorded_at=clock.now(),
        )
        for kind, minutes in (("met", 30), ("handover", 200))
    )
    db.session.commit()
    answer = client.send(f"{page}/finish", {"tasks": ["consult"], "note": ""})
    assert "同时只能陪一位" in answer.get_data(as_text=True)


def test_without_an_agreement(app: Flask, client: PageClient) -> None:
    """A place whose agreement has run out is not offered, nor taken when posted."""
    enrolment = rows.trainee()
    over = rows.place(enrolment, until=training.today() - timedelta(days=1))
    rows.place(enrolment)
    client.sign_in(enrolment.user)
    assert over.name not in client.page("/practicum/start")
    form = {"place": over.id, "level": "tertiary", "department": "medicine"}
    assert client.send("/practicum/start", form).status_code == 400


def test_set_aside(app: Flask, client: PageClient) -> None:
    """With the reason; it stays to be seen."""
    page, made = _begin(client)
    assert client.send(f"{page}/drop", {"reason": ""}).status_code == 400
    assert client.send(f"{page}/drop", {"reason": "老人临时取消"}).status_code == 302
    db.session.expire_all()
    assert made.state == "dropped"
    assert "老人临时取消" in client.page(page)


def test_who_may(app: Flask, client: PageClient) -> None:
    """The trainee alone; for anybody else the visit is not there."""
    page, _made = _begin(client)
    other = PageClient(app).sign_in(factories.user(Role.TRAINEE))
    assert other.get(page).status_code == 404
    for act in ("moments", "added", "finish", "drop", "correct", "ask"):
        assert other.send(f"{page}/{act}", {"step": "met", "key": "k" * 9}).status_code == 404
    assert PageClient(app).get(page).location.startswith("/sign-in")
