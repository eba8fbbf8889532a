"""Mock exams: practice questions on the real screen, by oneself, explained at once, counted nowhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from time_machine import Traveller

from app import clock, jobs
from app.bank import exposure
from app.bank.content import BankContent
from app.bank.retiring import open_sittings
from app.bank.usage import usage_of
from app.eligibility import facts
from app.exams import explaining, mock, papers, publishing, rostering
from app.extensions import db
from app.home import trainee
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.exams import (
    Attempt,
    Booking,
    ExamRevision,
    Paper,
    PaperSlot,
    Result,
    Sitting,
)
from app.models.journal import OutboxMessage
from app.models.people import Role, User
from tests import factories
from tests.app.exams import hall as halls
from tests.app.exams.hall import NOON, Browser, Sat
from tests.app.training import rows

pytestmark = pytest.mark.rows


def rehearsal() -> BankContent:
    """Return the small bank, live, with another as large of practice questions beside it."""
    live = halls.few()
    taken = {question.id for question in live.questions}
    practice = []
    for (domain, kind), most in halls.WANTED.items():
        fitting = [
            q
            for q in halls.shipped().questions
            if (q.domain, q.kind) == (domain, kind)
            and q.id not in taken
            and (not q.parts or len(q.parts) == 3)
        ]
        practice += [replace(q, pool="practice", enemies=()) for q in fitting[:most]]
    return replace(live, questions=(*live.questions, *practice))


@pytest.fixture
def revision(app: Flask, time: Traveller) -> str:
    """A published mock exam; returns its revision's id."""
    halls.fill_bank(rehearsal())
    manager = factories.user(Role.EXAM_MANAGER)
    exam = publishing.create_exam(
        title="模拟考",
        title_en="Mock exam",
        blueprint=halls.blueprint(),
        minutes=halls.MINUTES,
        pass_percent=60,
        pass_panel="考试委员会",
        pass_set_on=date(2026, 11, 2),
        purpose="mock",
        actor=manager,
        now=clock.now(),
    )
    db.session.flush()
    found = publishing.publish(exam, actor=manager, now=clock.now())
    db.session.commit()
    return found.id


@pytest.fixture
def person(revision: str) -> str:
    """A trainee in a class."""
    person = factories.user(Role.TRAINEE)
    rows.enrol(rows.training_class(), person)
    return person.id


@pytest.fixture
def browser(app: Flask, person: str) -> Browser:
    """The trainee's browser."""
    found = Browser(app)
    found.sign_in(db.session.get_one(User, person))
    return found


def newest() -> Booking:
    return db.session.scalars(select(Booking).order_by(Booking.created_at.desc())).first() or halt()


def halt() -> Booking:
    raise AssertionError("there is no booking")


def begun(browser: Browser, revision: str) -> Sat:
    """Begin a try and start it, as a trainee does."""
    browser.page("/exams/mock")
    answer = browser.send(f"/exams/mock/{revision}/begin")
    assert answer.status_code == 303
    booking_id = answer.location.rsplit("/", 1)[-1]
    assert "考场口令" not in browser.page(f"/exams/sit/{booking_id}")
    answer = halls.start(browser, booking_id, "")
    assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
    attempt = db.session.scalars(select(Attempt).where(Attempt.booking_id == booking_id)).one()
    return Sat(None, browser, booking_id, attempt.id)  # type: ignore[arg-type]


def slots(sat: Sat) -> list[PaperSlot]:
    paper = db.session.scalars(select(Paper).where(Paper.booking_id == sat.booking_id)).one()
    return list(paper.slots)


def sat_through(browser: Browser, revision: str, *, right: int = 8) -> Sat:
    """Begin, answer some rightly and hand in."""
    sat = begun(browser, revision)
    changes = [(s.number, s.number, halls.right_value(s)) for s in slots(sat) if s.number <= right]
    if changes:
        assert sat.save(*changes)["refused"] == []
    assert sat.hand_in().status_code == 303
    return sat


def test_it_works(browser: Browser, revision: str) -> None:
    sat = sat_through(browser, revision, right=7)
    answer = browser.get(f"/exams/sit/{sat.booking_id}/receipt")
    assert answer.location.endswith(f"/exams/mock/tries/{sat.booking_id}")
    html = browser.page(f"/exams/mock/tries/{sat.booking_id}")
    assert "每题解析" in html
    assert html.count('class="sheet ask"') == 6  # a case is one card
    assert "这题没有答对" in html
    assert "正确答案" in html
    result = db.session.scalars(select(Result)).one()
    assert result.released_at == clock.now()
    assert "够线" in browser.page("/exams/mock")


def test_only_practice_questions(browser: Browser, revision: str) -> None:
    sat = begun(browser, revision)
    pools = db.session.scalars(
        select(QuestionEntry.pool)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .where(QuestionVersion.id.in_([slot.version_id for slot in slots(sat)]))
    ).all()
    assert set(pools) == {"practice"}
    body = db.session.get_one(ExamRevision, revision).body
    assert body["purpose"] == "mock"
    assert len(slots(sat)) == halls.SLOTS


def test_as_often_as_wanted_and_with_other_questions_first(
    browser: Browser, revision: str, time: Traveller
) -> None:
    first = sat_through(browser, revision)
    time.shift(timedelta(minutes=1))
    second = sat_through(browser, revision)
    assert first.booking_id != second.booking_id
    both = [
        {s.version_id for s in slots(sat) if not s.part and _kind(s) == "single_choice"}
        for sat in (first, second)
    ]
    assert not both[0] & both[1]
    paper = db.session.scalars(select(Paper).where(Paper.booking_id == second.booking_id)).one()
    assert paper.seen
    assert papers.rebuilds(paper)
    assert browser.page("/exams/mock").count("/exams/mock/tries/") == 2


def _kind(slot: PaperSlot) -> str:
    return db.session.get_one(QuestionVersion, slot.version_id).entry.kind


def test_pressing_twice_leads_to_the_same_try(browser: Browser, revision: str) -> None:
    one = browser.send(f"/exams/mock/{revision}/begin").location
    assert browser.send(f"/exams/mock/{revision}/begin").location == one
    assert "回到没做完的这一次" in browser.page("/exams/mock")


def test_it_counts_nowhere(browser: Browser, revision: str, person: str) -> None:
    sat = sat_through(browser, revision)
    browser.page(f"/exams/mock/tries/{sat.booking_id}")
    user = db.session.get_one(User, person)
    assert db.session.scalars(select(Result)).one().passed
    assert facts._theory({person}) == {}
    home = trainee.of(user, clock.now())
    assert home is not None
    assert (home.exam_passed, home.booking) == (False, None)
    db.session.rollback()
    assert exposure.recount(clock.now()) == 0
    entry = db.session.scalars(
        select(QuestionEntry)
        .join(QuestionVersion, QuestionVersion.entry_id == QuestionEntry.id)
        .where(QuestionVersion.id == slots(sat)[0].version_id)
    ).one()
    used = usage_of(entry, date(2026, 11, 27))
    assert (used.people, used.answers, used.exams) == (0, {}, [])
    assert open_sittings([entry.id]) == {}
    assert db.session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


def test_staff_pages_do_not_show_it(browser: Browser, revision: str, app: Flask) -> None:
    sat = sat_through(browser, revision)
    sitting_id = db.session.get_one(Booking, sat.booking_id).sitting_id
    certifier, manager = Browser(app), Browser(app)
    certifier.sign_in(factories.user(Role.CERTIFIER))
    manager.sign_in(factories.user(Role.EXAM_MANAGER))
    assert sitting_id not in certifier.page("/exams/results")
    assert sitting_id not in manager.page("/exams/")
    manager.page(f"/exams/sittings/{sitting_id}", 404)
    assert sitting_id not in browser.page("/exams/mine")


def test_nobody_plans_a_sitting_of_it(revision: str) -> None:
    with pytest.raises(rostering.BadSitting, match="模拟考不排场次"):
        rostering.plan(
            db.session.get_one(ExamRevision, revision),
            district=factories.district(),
            place="302",
            opens_at=NOON,
            late_minutes=5,
            closes_at=NOON + timedelta(hours=1),
            actor=factories.user(Role.EXAM_MANAGER),
            now=NOON,
        )


def test_a_real_exam_cannot_be_begun_so(
    browser: Browser, revision: str, app: Flask, person: str
) -> None:
    row = db.session.get_one(ExamRevision, revision)
    row.exam.purpose = "certification"
    db.session.commit()
    assert browser.send(f"/exams/mock/{revision}/begin").status_code == 404
    user = db.session.get_one(User, person)
    row = db.session.get_one(ExamRevision, revision)
    with pytest.raises(mock.NoMock):
        mock.begin(row, user, NOON, frozen=papers.frozen_pool(row))


def test_a_real_paper_is_never_explained(hall: halls.Hall) -> None:
    sat = hall.started()
    sat.hand_in()
    with pytest.raises(explaining.NotMockError):
        explaining.explained(hall.attempt())
    hall.candidate().page(f"/exams/mock/tries/{hall.bookings[0]}", 404)


def test_who_is_in_no_class(app: Flask, revision: str) -> None:
    stranger = Browser(app)
    stranger.sign_in(factories.user(Role.TRAINEE))
    assert "还没有模拟考" in stranger.page("/exams/mock")
    html = stranger.send(f"/exams/mock/{revision}/begin", follow_redirects=True)
    assert "加入一个班以后" in html.get_data(as_text=True)


def test_anothers_try_is_not_shown(browser: Browser, revision: str, app: Flask) -> None:
    sat = sat_through(browser, revision)
    other = Browser(app)
    other.sign_in(factories.user(Role.TRAINEE))
    other.page(f"/exams/mock/tries/{sat.booking_id}", 404)


def test_an_abandoned_try_ends_at_its_deadline(
    browser: Browser, revision: str, time: Traveller
) -> None:
    sat = begun(browser, revision)
    time.shift(timedelta(minutes=halls.MINUTES, seconds=halls.GRACE + 1))
    jobs.do_duties(clock.now(), only="exams.sweep")
    jobs.do_duties(clock.now(), only="exams.mark")
    sitting = db.session.get_one(Booking, sat.booking_id).sitting
    assert sitting.closed_at == clock.now()
    assert "没够线" in browser.page("/exams/mock")


def test_a_try_nobody_started_is_taken_away(
    browser: Browser, revision: str, time: Traveller
) -> None:
    browser.send(f"/exams/mock/{revision}/begin")
    db.session.rollback()
    time.shift(mock.WAITS)
    jobs.do_duties(clock.now(), only="exams.mock_tidy")
    assert db.session.scalar(select(func.count()).select_from(Sitting)) == 1
    db.session.rollback()
    time.shift(timedelta(seconds=1))
    jobs.do_duties(clock.now(), only="exams.mock_tidy")
    for table in (Sitting, Booking, Paper, PaperSlot):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
