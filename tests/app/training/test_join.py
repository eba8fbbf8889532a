"""Joining a class by its code."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Consent, Role, User
from app.models.training import Enrolment, TrainingClass
from app.training import joining
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
WRONG = "没有这个班级码"


def _send(client: PageClient, code: str, **values: str) -> tuple[int, str]:
    data = {"code": code, "category": "independent", "consent": "y", **values}
    response = client.send("/join", data)
    return response.status_code, response.get_data(as_text=True)


def _enrolments() -> int:
    return db.session.scalar(select(func.count()).select_from(Enrolment)) or 0


@pytest.fixture
def trainee(client: PageClient) -> User:
    """A trainee without any consent, signed in."""
    person = factories.user(Role.TRAINEE)
    client.sign_in(person)
    return person


def test_it_works(client: PageClient, trainee: User) -> None:
    """The code typed with spaces and in small letters enrols, and the consent is noted."""
    found = rows.training_class()
    html = client.page(f"/join?code={found.join_code}")
    assert f'value="{found.join_code}"' in html
    assert "为办理培训、考试和发证" in html
    status, _html = _send(client, f" {found.join_code[:4].lower()} {found.join_code[4:]}")
    assert status == 302
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.user_id, enrolment.class_id) == (trainee.id, found.id)
    assert db.session.scalars(select(Consent)).one().kind == "service"
    assert "class.joined" in set(db.session.scalars(select(AuditLine.action)))
    assert found.title in client.page("/my-class")


def test_twice_enrols_once(client: PageClient, trainee: User) -> None:
    """A second click says so in a friendly way and changes nothing."""
    found = rows.training_class()
    _send(client, found.join_code)
    status, _html = _send(client, found.join_code)
    assert status == 302
    assert "早就在" in client.page("/my-class")
    assert _enrolments() == 1


def test_coming_back(client: PageClient, trainee: User) -> None:
    """Who left comes back to the same enrolment."""
    found = rows.training_class()
    left = rows.enrol(found, trainee, state="left")
    _send(client, found.join_code)
    db.session.refresh(left)
    assert left.state == "enrolled"
    assert _enrolments() == 1


def test_wrong_code(client: PageClient, trainee: User) -> None:
    """A wrong code is told beside the field and nothing is kept."""
    status, html = _send(client, "NOSUCH99")
    assert status == 409
    assert WRONG in html
    assert _enrolments() == 0
    assert not db.session.scalars(select(Consent)).all()


@pytest.mark.usefixtures("mid_window")
def test_throttled(client: PageClient, trainee: User) -> None:
    """After ten wrong codes even a right one waits."""
    found = rows.training_class()
    for _try in range(joining.WRONG_CODES):
        assert _send(client, "NOSUCH99")[0] == 409
    status, html = _send(client, found.join_code)
    assert status == 429
    assert "15 分钟" in html
    assert _enrolments() == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"open": False}, "不再收学员"),
        ({"ends_on": rows.today() - timedelta(days=1)}, "不再收学员"),
    ],
)
def test_no_place(
    client: PageClient, trainee: User, values: dict[str, object], sentence: str
) -> None:
    """A closed and a finished class each say so."""
    found = rows.training_class(**values)
    rows.enrol(found)
    status, html = _send(client, found.join_code)
    assert status == 409
    assert sentence in html
    assert _enrolments() == 1


def test_teacher_is_no_trainee(client: PageClient, trainee: User) -> None:
    """An instructor of record cannot learn in the same class."""
    found = rows.training_class()
    rows.teach(found, trainee)
    status, html = _send(client, found.join_code)
    assert status == 409
    assert "任课教师" in html


def test_consent_is_needed_once(client: PageClient, trainee: User) -> None:
    """Without the tick nothing happens; who consented before is not asked again."""
    found = rows.training_class()
    status, html = _send(client, found.join_code, consent="")
    assert (status, "没有这项同意" in html) == (400, True)
    assert _enrolments() == 0
    rows.consent(trainee)
    assert 'name="consent"' not in client.page("/join")
    assert _send(client, found.join_code, consent="")[0] == 302


def test_category_is_needed(client: PageClient, trainee: User) -> None:
    """A category nobody offered is refused."""
    found = rows.training_class()
    assert _send(client, found.join_code, category="king")[0] == 400
    assert _enrolments() == 0


def test_who_may(client: PageClient) -> None:
    """A stranger is sent to open an account, the code in hand."""
    found = rows.training_class()
    response = client.get(f"/join?code={found.join_code}")
    assert response.status_code == 302
    assert response.location.endswith(f"/register?code={found.join_code}")
    assert client.get("/my-class").status_code in {302, 401}


def test_database_refuses_a_second(client: PageClient, trainee: User) -> None:
    """The constraint holds where two requests pass the check at once."""
    found = rows.training_class()
    rows.enrol(found, trainee)
    with pytest.raises(Exception, match=r"(?i)unique"):
        rows.enrol(db.session.get_one(TrainingClass, found.id), trainee)
    db.session.rollback()
