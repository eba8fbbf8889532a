"""A completion list: frozen with its hash, handed in, accepted or returned, read by eligibility."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, rulebook
from app.completion import lists
from app.eligibility.panel import exam_panel
from app.extensions import db
from app.models.finishing import CompletionEntry, CompletionList
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, ScopeKind
from app.models.training import Enrolment, TrainingClass
from tests import factories
from tests.app.eligibility import evidence
from tests.app.practicum import rows as practicum
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _ended() -> TrainingClass:
    """Make a class that ended yesterday."""
    made = training.training_class()
    made.ends_on = training.today() - timedelta(days=1)
    made.starts_on = made.ends_on - timedelta(days=4)
    db.session.commit()
    return made


def _complete(enrolment: Enrolment) -> Enrolment:
    evidence.attend(enrolment, 1458)
    for code in training.PRACTICAL:
        evidence.sign(enrolment, code)
    return enrolment


def _rule(name: str, value: object) -> None:
    rulebook.set_value(
        name,
        value,
        from_date=training.today() - timedelta(days=9),
        source="测试",
        official=False,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()


class Office:
    """A class with one who completed and one who did not, the training body and the association."""

    def __init__(self, app: Flask) -> None:
        self.training_class = _ended()
        self.done = _complete(training.enrol(self.training_class))
        self.short = training.enrol(self.training_class)
        self.body = PageClient(app).sign_in(factories.user(Role.TRAINING_MANAGER))
        self.association = PageClient(app).sign_in(factories.user(Role.EXAM_MANAGER))
        self.page = f"/classes/{self.training_class.id}/completion"

    def make(self) -> str:
        """Freeze a list and return its page."""
        return str(self.body.send(self.page).location)

    def list(self) -> CompletionList:
        """Return the newest list."""
        db.session.expire_all()
        return lists.of_class(self.training_class)[0]

    def handed(self) -> CompletionList:
        """Return a list that was handed in."""
        self.body.send(f"{self.make()}/hand-in")
        return self.list()


def test_it_works(app: Flask) -> None:
    """Made, handed in, accepted; then the panel of everyone on it says so, and they are told."""
    _rule("training.completion_list", True)
    office = Office(app)
    html = office.body.page(office.page)
    assert "1" in html
    row = office.handed()
    assert [one.complete for one in sorted(row.entries, key=lambda e: not e.complete)] == [
        True,
        False,
    ]
    assert not exam_panel(office.done, training.today()).line("completion").met
    assert "等协会审" in office.association.page("/completion")
    office.association.page(f"/completion/{row.id}")
    office.association.send(f"/completion/{row.id}/accept")
    assert office.list().state == "accepted"
    assert exam_panel(office.done, training.today()).line("completion").met
    assert not exam_panel(office.short, training.today()).line("completion").met
    told = db.session.scalars(
        select(OutboxMessage.user_id).where(OutboxMessage.kind == "class.completed")
    )
    assert list(told) == [office.done.user_id]
    lines = db.session.scalars(select(AuditLine.action).order_by(AuditLine.id))
    actions = [one for one in lines if one.startswith("completion.")]
    assert actions == ["completion.made", "completion.handed", "completion.accepted"]


def test_without_the_rule_the_panel_does_not_ask(app: Flask) -> None:
    """As shipped: lists are made, and open nothing."""
    codes = [line.code for line in exam_panel(Office(app).done, training.today()).rules]
    assert "completion" not in codes
    assert "practicum" not in codes


def test_the_practicum_counts_where_it_is_asked(app: Flask) -> None:
    """The one panel has its line, the list its figures."""
    _rule("practicum.required", True)
    office = Office(app)
    line = exam_panel(office.done, training.today()).line("practicum")
    assert (line.met, line.missing_sentence) == (False, "还差 480 分钟")
    where = practicum.place(office.done)
    by, _code = practicum.supervisor(where)
    tasks = ("register", "consult", "test", "payment", "pharmacy", "handover")
    for hours_ago in (60, 30):
        made = practicum.visit(office.done, where, hours_ago=hours_ago, minutes=240, tasks=tasks)
        practicum.signed(made, by)
    assert exam_panel(office.done, training.today()).line("practicum").met
    office.make()
    figures = {one.enrolment_id: one.figures["practicum"]["met"] for one in office.list().entries}
    assert figures == {office.done.id: True, office.short.id: False}


def test_a_list_is_frozen(app: Flask) -> None:
    """What is recorded later goes into the next; pressed twice it is the same list."""
    office = Office(app)
    assert office.make() == office.make()
    first = office.list()
    _complete(office.short)
    office.make()
    second = office.list()
    assert (first.number, first.state, second.number) == (1, "replaced", 2)
    assert sum(one.complete for one in first.entries) == 1
    assert sum(one.complete for one in second.entries) == 2
    assert lists.is_untouched(db.session.get_one(CompletionList, first.id))


def test_a_row_changed_behind_the_back_is_not_accepted(app: Flask) -> None:
    """The hash tells."""
    office = Office(app)
    row = office.handed()
    entry = db.session.scalars(
        select(CompletionEntry).where(CompletionEntry.enrolment_id == office.short.id)
    ).one()
    entry.complete = True
    db.session.commit()
    office.association.send(f"/completion/{row.id}/accept")
    assert office.list().state == "handed"


def test_nothing_new_after_acceptance_is_said(app: Flask) -> None:
    """The list that was accepted is shown again, and nobody is told to hand it in."""
    office = Office(app)
    row = office.handed()
    office.association.send(f"/completion/{row.id}/accept")
    office.body.page("/")  # what was said of making it and handing it in has been read
    html = office.body.page(office.make())
    assert "没有出新的名单" in html
    assert "就交给协会" not in html
    assert "90% / 90%" in html


def test_in_english(app: Flask) -> None:
    """A person has completed the class; the heading is another word. A narrow row may break."""
    office = Office(app)
    address = office.make()
    office.body.send("/display", {"lang": "en", "next": "/"})
    html = office.body.page(address)
    assert "Completed</span>" in html
    assert 'class="sheet row row--wrap plain-link"' in office.body.page(office.page)


def test_returned_with_named_faults(app: Flask) -> None:
    """Without one it is not returned; the training body reads them and makes the next list."""
    office = Office(app)
    row = office.handed()
    office.association.send(f"/completion/{row.id}/return", {})
    assert office.list().state == "handed"
    entry = next(one for one in row.entries if one.enrolment_id == office.done.id)
    office.association.send(f"/completion/{row.id}/return", {f"fault-{entry.id}": "签到表缺一页"})
    assert office.list().state == "returned"
    assert "签到表缺一页" in office.body.page(f"{office.page}/{row.id}")
    assert office.make().endswith(office.list().id)
    assert office.list().number == 2


def test_before_the_class_has_ended(app: Flask) -> None:
    """No list."""
    office = Office(app)
    office.training_class.ends_on = training.today() + timedelta(days=1)
    db.session.commit()
    office.body.send(office.page)
    assert db.session.scalars(select(CompletionList)).all() == []


def test_who_made_it_does_not_accept_it(app: Flask) -> None:
    """Nor does who taught the class."""
    office = Office(app)
    row = office.handed()
    both = factories.user(Role.EXAM_MANAGER, Role.TRAINING_MANAGER)
    row.made_by_id = both.id
    teacher = factories.user(Role.EXAM_MANAGER, Role.INSTRUCTOR)
    training.teach(office.training_class, teacher)
    db.session.commit()
    for person in (both, teacher):
        PageClient(app).sign_in(person).send(f"/completion/{row.id}/accept")
        assert office.list().state == "handed"


def test_who_may(app: Flask) -> None:
    """The training body hands in, the association decides; elsewhere the list is not there."""
    office = Office(app)
    path = office.make()
    assert office.association.send(f"{path}/hand-in").status_code == 403
    assert office.body.get("/completion").status_code == 403
    row = office.list()
    assert office.association.get(f"/completion/{row.id}").status_code == 404  # not handed in
    office.body.send(f"{path}/hand-in")
    far = factories.user(
        Role.EXAM_MANAGER, scope=(ScopeKind.DISTRICT, factories.district("310115").code)
    )
    assert PageClient(app).sign_in(far).get(f"/completion/{row.id}").status_code == 404
    assert row.training_class.title not in PageClient(app).sign_in(far).page("/completion")
