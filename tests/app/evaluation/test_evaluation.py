"""Evaluation of a class: anonymous, once a person, shown from five answers on and in steps of five."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.evaluation import answers
from app.evaluation.answers import QUESTIONS
from app.extensions import db
from app.models.base import Base
from app.models.finishing import Evaluation, EvaluationDone
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind
from app.models.training import Enrolment, TrainingClass
from tests import factories
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
ALL_FOUR = dict.fromkeys(QUESTIONS, "4")


def ended(days_ago: int = 1) -> TrainingClass:
    """Make a class that has ended."""
    made = training.training_class()
    made.ends_on = training.today() - timedelta(days=days_ago)
    made.starts_on = made.ends_on - timedelta(days=4)
    db.session.commit()
    return made


def answer(app: Flask, enrolment: Enrolment, **changes: str) -> int:
    """Answer as the person would; returns the status."""
    client = PageClient(app).sign_in(enrolment.user)
    path = f"/evaluation/{enrolment.class_id}"
    client.page(path)
    return client.send(path, {**ALL_FOUR, **changes}).status_code


def manager(app: Flask) -> PageClient:
    return PageClient(app).sign_in(factories.user(Role.TRAINING_MANAGER))


def test_it_works(app: Flask) -> None:
    """Five answers: drawn and listed, with remarks in no order of time."""
    found = ended()
    page = f"/classes/{found.id}/evaluation"
    reader = manager(app)
    for number, person in enumerate([training.enrol(found) for _number in range(5)]):
        assert "还不够份数" in reader.page(page)
        remark = f"{5 - number}：练习再多一点" if number < 3 else ""
        assert answer(app, person, remark=remark) == 302
    html = reader.page(page)
    assert ">4.0<" in html
    assert html.index("3：练习") < html.index("4：练习") < html.index("5：练习")
    assert found.title in reader.page("/evaluation/results")
    assert ">4.0<" in PageClient(app).sign_in(factories.user(Role.CERTIFIER)).page(page)


def test_a_class_too_small_is_told_so(app: Flask) -> None:
    """Fewer people than answers are asked for: waiting for more would be in vain."""
    found = ended()
    answer(app, training.enrol(found))
    html = manager(app).page(f"/classes/{found.id}/evaluation")
    assert "这个班只有 1 人" in html
    assert "满 5 份就显示" not in html


def test_renewed_only_in_steps(app: Flask) -> None:
    """Between the fifth and the tenth nothing moves: nobody's answer shows by itself."""
    found = ended()
    for _number in range(5):
        answer(app, training.enrol(found))
    for number in range(5, 10):
        shown = answers.shown(found, 20, training.today())
        assert (shown.answers, shown.answered) == (5, number)
        assert {one.mean for one in shown.results} == {"4.0"}
        answer(app, training.enrol(found), **dict.fromkeys(QUESTIONS, "1"), remark="太赶")
    shown = answers.shown(found, 20, training.today())
    assert (shown.answers, {one.mean for one in shown.results}) == (10, {"2.5"})
    assert shown.remarks == ("太赶",) * 5


def test_nothing_leads_from_an_answer_to_a_person(app: Flask) -> None:
    """No row of one's own answers, no time, no name in the trail."""
    found = ended()
    person = training.enrol(found)
    answer(app, person)
    assert [c.name for c in Base.metadata.tables["evaluation_done"].columns] == ["enrolment_id"]
    assert len(db.session.scalars(select(Evaluation)).all()) == 1
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action.like("evaluation%"))).all()
    assert [(line.actor_id, line.details) for line in lines] == [(None, {})]


def test_once_a_person(app: Flask) -> None:
    """A second answer is refused, and the page says so."""
    person = training.enrol(ended())
    assert answer(app, person) == 302
    assert answer(app, person) == 400
    assert len(db.session.scalars(select(EvaluationDone)).all()) == 1
    assert db.session.scalars(select(Evaluation)).one().answers == 1


@pytest.mark.parametrize(
    "changes", [{"content": ""}, {"content": "6"}, {"remark": "打我电话13812345678"}]
)
def test_what_is_not_taken(app: Flask, changes: dict[str, str]) -> None:
    """A question left out, a mark off the scale, a phone number in the remark."""
    person = training.enrol(ended())
    assert answer(app, person, **changes) == 400
    assert db.session.scalars(select(EvaluationDone)).all() == []


def test_what_was_left_out_is_named(app: Flask) -> None:
    """In the sentence and beside the question; what was chosen and written stays."""
    person = training.enrol(ended())
    client = PageClient(app).sign_in(person.user)
    path = f"/evaluation/{person.class_id}"
    client.page(path)
    given = {**ALL_FOUR, "practice": "", "order": "", "remark": "房间太冷"}
    html = client.send(path, given).get_data(as_text=True)
    assert "还没有选的：“实操练得够”、“时间和场地安排得好”。" in html
    assert 'href="#practice-1"' in html
    assert html.count("field--bad") == 2
    assert 'id="order-error"' in html
    assert html.count("checked") == 3
    assert "房间太冷" in html


@pytest.mark.parametrize("days_ago", [-1, 31])
def test_only_for_some_time(app: Flask, days_ago: int) -> None:
    """Not before the class has ended, nor a month later."""
    assert answer(app, training.enrol(ended(days_ago))) == 400


def test_who_may(app: Flask) -> None:
    """Who is in the class answers; training body and association read; instructors do not."""
    found = ended()
    outsider = PageClient(app).sign_in(factories.user(Role.TRAINEE))
    assert outsider.get(f"/evaluation/{found.id}").status_code == 404
    page = f"/classes/{found.id}/evaluation"
    assert outsider.get(page).status_code == 403
    assert PageClient(app).sign_in(factories.user(Role.INSTRUCTOR)).get(page).status_code == 403
    far = factories.user(
        Role.TRAINING_MANAGER, scope=(ScopeKind.ORGANISATION, factories.organisation().id)
    )
    reader = PageClient(app).sign_in(far)
    assert reader.get(page).status_code == 404
    assert found.title not in reader.page("/evaluation/results")
