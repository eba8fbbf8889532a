"""Who must keep away from whose certificate, and that the refusal says why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import clock
from app.eligibility import impartiality
from app.extensions import db
from app.models.exams import Booking, SittingStaff
from app.models.people import Role, User
from app.models.training import Enrolment, PracticalAssessment
from tests import factories
from tests.app.eligibility import evidence
from tests.app.training import rows
from tests.client import PageClient
from tests.factories import save

pytestmark = pytest.mark.rows
ACT = "决定这张证书"


@pytest.fixture
def enrolment(client: PageClient) -> Enrolment:
    """Somebody in a class."""
    return rows.enrol(rows.training_class())


@pytest.fixture
def certifier(client: PageClient) -> User:
    """Somebody who would decide."""
    return factories.user(Role.CERTIFIER)


def _refusal(person: User, subject: User) -> str:
    with pytest.raises(impartiality.Impartial) as caught:
        impartiality.refuse_if_tied(person, subject, rows.today(), ACT)
    return caught.value.sentence


def test_untied(enrolment: Enrolment, certifier: User) -> None:
    """A stranger may decide."""
    assert impartiality.ties(certifier, enrolment.user, rows.today()) == []
    impartiality.refuse_if_tied(certifier, enrolment.user, rows.today(), ACT)
    assert not impartiality.behind_wall(certifier, rows.today())


def test_oneself(certifier: User) -> None:
    """Nobody decides on themselves."""
    assert "本人" in _refusal(certifier, certifier)


def test_taught(enrolment: Enrolment, certifier: User) -> None:
    """Teaching ties for 24 months after it ended, and puts the class behind the wall."""
    found = enrolment.training_class
    row = rows.teach(found, certifier)
    sentence = _refusal(certifier, enrolment.user)
    assert sentence.startswith("你不能决定这张证书：")
    assert found.title in sentence
    assert impartiality.taught_classes_within(certifier, rows.today()) == {found.id}
    assert impartiality.behind_wall(certifier, rows.today())
    later = found.ends_on + timedelta(days=720)
    assert impartiality.behind_wall(certifier, later)
    assert not impartiality.behind_wall(certifier, later + timedelta(days=20))
    row.until = rows.today()
    db.session.commit()
    assert impartiality.ties(certifier, enrolment.user, rows.today())


def test_taught_others(enrolment: Enrolment, certifier: User) -> None:
    """Teaching a class the person was never in ties nobody."""
    rows.teach(rows.training_class(), certifier)
    assert impartiality.ties(certifier, enrolment.user, rows.today()) == []


def test_left_class_still_ties(enrolment: Enrolment, certifier: User) -> None:
    """Having left the class does not undo having been taught."""
    rows.teach(enrolment.training_class, certifier)
    enrolment.state = "left"
    db.session.commit()
    assert impartiality.ties(certifier, enrolment.user, rows.today())


def test_assessed(enrolment: Enrolment) -> None:
    """Both examiners of any assessment are tied, for good."""
    evidence.assess(enrolment)
    row = db.session.scalars(select(PracticalAssessment)).one()
    for examiner_id in (row.first_examiner_id, row.second_examiner_id):
        examiner = db.session.get_one(User, examiner_id)
        assert "考核过" in _refusal(examiner, enrolment.user)


def test_invigilated(enrolment: Enrolment, certifier: User) -> None:
    """Having invigilated the person's sitting counts as examining."""
    evidence.result(enrolment)
    sitting_id = db.session.scalars(select(Booking)).one().sitting_id
    save(SittingStaff(sitting_id=sitting_id, user_id=certifier.id))
    assert "监考过" in _refusal(certifier, enrolment.user)


def test_employs(enrolment: Enrolment, certifier: User) -> None:
    """The head of the person's institution is tied, while both are there."""
    employer = factories.organisation("institution")
    work = factories.employ(enrolment.user, employer)
    factories.employ(certifier, employer, "manager")
    assert employer.name in _refusal(certifier, enrolment.user)
    work.ends_on = rows.today() - timedelta(days=1)
    db.session.commit()
    assert impartiality.ties(certifier, enrolment.user, clock.shanghai_date(clock.now())) == []


def test_colleague(enrolment: Enrolment, certifier: User) -> None:
    """A mere colleague employs nobody."""
    employer = factories.organisation("institution")
    factories.employ(enrolment.user, employer)
    factories.employ(certifier, employer)
    assert impartiality.ties(certifier, enrolment.user, rows.today()) == []
