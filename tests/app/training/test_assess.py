"""The practical assessment by two examiners."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.extensions import db
from app.models.people import Role, ScopeKind, User
from app.models.training import Enrolment, PracticalAssessment, TrainingClass
from app.training.assessing import passes
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


@given(st.integers(0, 100), st.booleans(), st.integers(0, 100))
def test_passes(mark: int, critical: bool, pass_mark: int) -> None:
    """A critical error never passes; else the mark decides, and more is never worse."""
    assert not passes(mark, True, pass_mark)
    assert passes(mark, critical, pass_mark) <= passes(mark + 1, critical, pass_mark)
    assert passes(pass_mark, False, pass_mark)


@pytest.fixture
def pair(client: PageClient) -> tuple[User, User]:
    """Two examiners; the first is signed in."""
    first, second = factories.user(Role.EXAMINER), factories.user(Role.EXAMINER)
    client.sign_in(first)
    return first, second


@pytest.fixture
def enrolment(client: PageClient) -> Enrolment:
    """Somebody in a class."""
    return rows.enrol(rows.training_class())


def _send(client: PageClient, enrolment: Enrolment, fellow: User, **values: str) -> tuple[int, str]:
    data = {
        "second": fellow.id,
        "held_on": rows.today().isoformat(),
        "mark": "60",
        "critical_error": "no",
        **values,
    }
    address = f"/classes/{enrolment.class_id}/assess/{enrolment.id}"
    response = client.send(address, data)
    return response.status_code, response.get_data(as_text=True)


def _rows() -> list[PracticalAssessment]:
    ordered = select(PracticalAssessment).order_by(PracticalAssessment.recorded_at)
    return list(db.session.scalars(ordered))


@pytest.mark.parametrize(
    ("mark", "critical", "passed"),
    [("60", "no", True), ("59", "no", False), ("95", "yes", False), ("0", "no", False)],
)
def test_it_works(
    client: PageClient,
    enrolment: Enrolment,
    pair: tuple[User, User],
    mark: str,
    critical: str,
    passed: bool,
) -> None:
    """The pass mark and critical errors decide; both examiners are kept."""
    client.page(f"/classes/{enrolment.class_id}/assess/{enrolment.id}")
    status, _html = _send(client, enrolment, pair[1], mark=mark, critical_error=critical)
    assert status == 302
    row = _rows()[0]
    assert (row.passed, row.mark) == (passed, int(mark))
    assert {row.first_examiner_id, row.second_examiner_id} == {person.id for person in pair}
    client.page(f"/classes/{enrolment.class_id}")


def test_correction(client: PageClient, enrolment: Enrolment, pair: tuple[User, User]) -> None:
    """A second record needs a reason and keeps the first."""
    _send(client, enrolment, pair[1], mark="50")
    assert _send(client, enrolment, pair[1], mark="70")[0] == 409
    assert _send(client, enrolment, pair[1], mark="70", note="补考")[0] == 302
    assert _send(client, enrolment, pair[1], mark="70", note="补考")[0] == 409  # a double click
    assert [(row.mark, row.current) for row in _rows()] == [(50, False), (70, True)]
    html = client.page(f"/classes/{enrolment.class_id}/assess/{enrolment.id}")
    assert "已被后面的代替" in html


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"mark": "101"}, "0 到 100"),
        ({"mark": "-1"}, "0 到 100"),
        ({"critical_error": ""}, "没有”或“有"),
        ({"held_on": (rows.today() + timedelta(days=1)).isoformat()}, "还没有到"),
        ({"held_on": (rows.today() - timedelta(days=9)).isoformat()}, "早于开班"),
        ({"second": ""}, "两位考官"),
    ],
)
def test_refused(
    client: PageClient,
    enrolment: Enrolment,
    pair: tuple[User, User],
    values: dict[str, str],
    sentence: str,
) -> None:
    """What does not hold together is told and nothing is recorded."""
    status, html = _send(client, enrolment, pair[1], **values)
    assert status == 409
    assert sentence in html
    assert not _rows()


def test_needs_two(client: PageClient, enrolment: Enrolment, pair: tuple[User, User]) -> None:
    """Oneself twice, or somebody who is no examiner, does not make two."""
    assert _send(client, enrolment, pair[0])[0] == 409
    assert _send(client, enrolment, factories.user(Role.INSTRUCTOR))[0] == 409
    assert not _rows()


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("tie", ["teaches", "taught", "manages", "heads"])
def test_impartial(
    client: PageClient, enrolment: Enrolment, pair: tuple[User, User], which: int, tie: str
) -> None:
    """Neither examiner may teach the person, have taught them lately, or employ them."""
    person, tied = enrolment.user, pair[which]
    employer = factories.organisation("institution")
    if tie == "teaches":
        rows.teach(enrolment.training_class, tied)
    elif tie == "taught":
        before = rows.today() - timedelta(days=400)
        earlier = rows.training_class(starts_on=before, ends_on=before + timedelta(days=5))
        rows.enrol(earlier, person)
        rows.teach(earlier, tied)
    else:
        factories.employ(person, employer)
    if tie == "manages":
        factories.employ(tied, employer, "manager")
    if tie == "heads":
        head = factories.user(Role.INSTITUTION_MANAGER, scope=(ScopeKind.ORGANISATION, employer.id))
        head.grants[0].user = tied
        db.session.commit()
    status, html = _send(client, enrolment, pair[1])
    assert status == 409
    assert "不能考核" in html
    assert ("你不能" in html) == (which == 0)
    assert not _rows()


def test_a_wall_that_lapsed(
    client: PageClient, enrolment: Enrolment, pair: tuple[User, User]
) -> None:
    """Who taught the person three years ago may examine; so may a mere colleague."""
    before = rows.today() - timedelta(days=1100)
    earlier = rows.training_class(starts_on=before, ends_on=before + timedelta(days=5))
    rows.enrol(earlier, enrolment.user)
    rows.teach(earlier, pair[0])
    employer = factories.organisation("institution")
    factories.employ(enrolment.user, employer)
    factories.employ(pair[1], employer)
    assert _send(client, enrolment, pair[1])[0] == 302


def test_who_may(client: PageClient, enrolment: Enrolment) -> None:
    """Only examiners within reach; the class's people and managers do not."""
    found: TrainingClass = enrolment.training_class
    other = (ScopeKind.DISTRICT, factories.district("310104").code)
    people = [
        (factories.user(Role.EXAMINER, scope=(ScopeKind.DISTRICT, found.district_code)), 200),
        (factories.user(Role.EXAMINER, scope=other), 404),
        (factories.user(Role.TRAINING_MANAGER), 403),
        (factories.user(Role.INSTRUCTOR), 403),
        (enrolment.user, 403),
    ]
    for who, status in people:
        browser = PageClient(client.application).sign_in(who)
        address = f"/classes/{found.id}/assess/{enrolment.id}"
        assert browser.get(address).status_code == status, who.name
    assert client.get(f"/classes/{found.id}/assess/{enrolment.id}").status_code in {302, 401}
