"""List pages ask the database as often for twenty rows as for one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from app import audit, clock
from app.bank import approving, commenting
from app.exams import accommodations, handing_in, marking, papers
from app.extensions import db
from app.models.bank import QuestionVersion
from app.models.people import Role, User
from app.models.training import TrainingClass
from question_bank.question import Writer
from tests import factories
from tests.app.awards import rows as awards
from tests.app.bank import rows as bank
from tests.app.eligibility import evidence
from tests.app.exams import bookable
from tests.app.exams import hall as halls
from tests.app.training import rows as training
from tests.client import PageClient
from tests.queries import counted

pytestmark = pytest.mark.rows
MANY = 20


@pytest.fixture
def noon() -> Iterator[None]:
    """The start minute of the exam's hall."""
    with time_machine.travel(halls.NOON, tick=False):
        yield


def asked(app: Flask, reader_id: str, path: str, row: str) -> tuple[int, int]:
    """Return how many statements a page takes, and how many of its rows it shows."""
    client = PageClient(app).sign_in(db.session.get_one(User, reader_id))
    client.page(path)  # the first reading notes when the person was last here
    db.session.remove()  # rows that the test itself holds would be read for nothing
    with counted() as statements:
        html = client.page(path)
    return len(statements), html.count(row)


def same(app: Flask, reader: Role | str, path: str, row: str, add: Callable[[int], object]) -> None:
    """Assert that a page that shows `row` once a row costs the same after `add` made many.

    `reader` is a role, or the id of the one person who may read the page.
    """
    reader_id = factories.user(reader).id if isinstance(reader, Role) else reader
    add(0)
    few, shown_few = asked(app, reader_id, path, row)
    for number in range(1, MANY):
        add(number)
    many, shown_many = asked(app, reader_id, path, row)
    assert shown_many - shown_few >= MANY - 1, (shown_few, shown_many)
    assert few > 0
    assert many == few


def test_questions(app: Flask) -> None:
    """Each with an author and a version of its own."""
    same(
        app,
        Role.ITEM_REVIEWER,
        "/bank/questions",
        'href="/bank/questions/',
        lambda number: bank.entry(f"q{number}"),
    )


@pytest.mark.parametrize("name", ["first", "returned", "untaken", "due"])
def test_work(app: Flask, name: str) -> None:
    """Each list of what waits, each question with a version, words and people of its own."""
    reader_id = factories.user(Role.ITEM_WRITER, Role.ITEM_REVIEWER).id

    def add(number: int) -> None:
        reader = db.session.get_one(User, reader_id)
        drafted = Writer(kind="ai_drafted" if name == "untaken" else "human")
        today = clock.shanghai_date(clock.now())
        of = bank.entry(
            f"q{number}",
            author=reader if name == "returned" else None,
            writer=drafted,
            review_by=today if name == "due" else None,
        )
        if name in ("first", "returned"):
            bank.hand_in(of)
        if name == "returned":
            version = bank.current(of)
            reviewer = factories.user(Role.ITEM_REVIEWER)
            approving.return_to_author(version, "改选项", actor=reviewer, now=clock.now())
            db.session.commit()

    same(app, reader_id, f"/bank/worklist?list={name}", 'href="/bank/questions/', add)


def test_remarks(app: Flask) -> None:
    """One question with remarks, each by somebody else, with an answer."""
    version_id = bank.current(bank.entry()).id
    entry_id = db.session.get_one(QuestionVersion, version_id).entry_id

    def add(number: int) -> None:
        version = db.session.get_one(QuestionVersion, version_id)
        one, other = factories.user(Role.ITEM_REVIEWER), factories.user(Role.ITEM_WRITER)
        now = clock.now()
        first = commenting.comment(version, f"意见{number}", parent="", actor=one, now=now)
        commenting.comment(version, f"答{number}", parent=first.id, actor=other, now=now)
        db.session.commit()

    same(app, Role.ITEM_REVIEWER, f"/bank/questions/{entry_id}", 'class="thread"', add)


def test_classes(app: Flask) -> None:
    """Each of an organisation, an edition and people of its own."""

    def add(_number: int) -> None:
        found = training.training_class()
        training.enrol(found)
        training.teach(found, factories.user(Role.INSTRUCTOR))
        training.meeting(found)

    same(app, Role.TRAINING_MANAGER, "/classes", 'href="/classes/', add)


def test_training_class(app: Flask) -> None:
    """Each trainee with records of every kind."""
    class_id = training.training_class().id

    def add(number: int) -> None:
        person = factories.user(Role.TRAINEE, name=f"学员{number}号")
        enrolment = training.enrol(db.session.get_one(TrainingClass, class_id), person)
        evidence.make_ready(enrolment)
        evidence.assess(enrolment)

    # Each trainee's records come with a half day of their own, which is a row of the page too.
    same(app, Role.EXAMINER, f"/classes/{class_id}", "/assess/", add)


def test_exams(app: Flask) -> None:
    """Each exam with a revision and a sitting."""
    class_id = training.training_class().id

    def add(_number: int) -> None:
        evidence.result(training.enrol(db.session.get_one(TrainingClass, class_id)))

    same(app, Role.EXAM_MANAGER, "/exams/", 'href="/exams/sittings/', add)


def test_results(app: Flask) -> None:
    """Each sitting with a result that is held."""
    class_id = training.training_class().id

    def add(_number: int) -> None:
        enrolment = training.enrol(db.session.get_one(TrainingClass, class_id))
        evidence.result(enrolment, released=False)

    same(app, Role.CERTIFIER, "/exams/results", 'href="/exams/results/', add)


def _fill_hall(hall: halls.Hall, number: int, *, hands_in: bool) -> None:
    """Let one more candidate sit; the first has a place already."""
    if number > 0:
        halls.build_late(hall)
        papers.draw_missing(hall.sitting, actor=None, now=clock.now())
        db.session.commit()
    sat = hall.started(number + 1)
    sat.save((1, 1, halls.right_value(hall.slots(number + 1)[0])))
    if hands_in:
        attempt = hall.attempt(number + 1)
        handing_in.hand_in(attempt, "candidate", actor=attempt.booking.user, now=clock.now())
        marking.mark(attempt, clock.now())
        db.session.commit()


@pytest.mark.parametrize(
    ("reader", "address", "row"),
    [
        ("manager", "/exams/sittings/{}", "/papers/"),
        ("invigilator", "/exams/rooms/{}", 'id="row-'),
        ("certifier", "/exams/results/{}", "tag--stop"),
    ],
)
def test_sitting(app: Flask, noon: None, reader: str, address: str, row: str) -> None:
    """The roster, the room and the results of one sitting, each candidate with answers."""
    hall = halls.build(app, candidates=1)
    same(
        app,
        getattr(hall, reader),
        address.format(hall.sitting_id),
        row,
        lambda number: _fill_hall(hall, number, hands_in=reader == "certifier"),
    )


@pytest.mark.parametrize("stage", ["ready", "waiting", "decided"])
def test_awards(app: Flask, stage: str) -> None:
    """Who is ready, what waits for a decision, what was decided."""
    make: dict[str, Callable[[int], object]] = {
        "ready": lambda _n: awards.ready(),
        "waiting": lambda _n: awards.proposal(),
        "decided": lambda number: awards.certificate(serial=number + 1),
    }
    row = 'href="/awards/enrolments/' if stage == "ready" else 'href="/awards/decisions/'
    same(app, Role.REGISTRAR, "/awards", row, make[stage])


def test_people(app: Flask) -> None:
    """Each with a role and an employer."""

    def add(_number: int) -> None:
        factories.employ(factories.user(Role.INSTRUCTOR), factories.organisation())

    same(app, Role.ADMINISTRATOR, "/people", 'href="/people/', add)


def test_trail(app: Flask) -> None:
    """Each line by somebody else."""

    def add(_number: int) -> None:
        person = factories.user(Role.INSTRUCTOR)
        audit.record("session.confirmed", person, actor=person, now=clock.now())
        db.session.commit()

    same(app, Role.AUDITOR, "/trail", "session.confirmed", add)


def test_open_sittings(app: Flask, noon: None) -> None:
    """Each on a day of its own, with a room; the reader is ready for the exam."""
    hall = halls.build(app, candidates=0)
    reader = bookable.ready().user_id
    same(
        app,
        reader,
        "/exams/book",
        "data-sitting=",
        lambda number: bookable.sitting(hall, place=f"{number}", days=10 + number),
    )


def test_accommodations(app: Flask, noon: None) -> None:
    """Each of another person, by another approver."""
    class_id = training.training_class().id

    def add(_number: int) -> None:
        person = training.enrol(db.session.get_one(TrainingClass, class_id)).user
        grant = accommodations.Grant(percent=150, reason="视力", evidence="已核对")
        approver = factories.user(Role.EXAM_MANAGER)
        accommodations.grant_to(person, grant, actor=approver, now=clock.now())
        db.session.commit()

    same(app, Role.EXAM_MANAGER, "/exams/accommodations", "/accommodation", add)
