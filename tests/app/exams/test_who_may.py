"""Every staff page and act of the exam: each role, a district out of reach, an id nobody gave out."""

from __future__ import annotations

import pytest

from app.models.people import Role, ScopeKind
from app.permissions import PERMISSIONS
from tests import factories
from tests.app.exams.hall import Hall
from tests.app.training import rows

pytestmark = pytest.mark.rows
FAR = (ScopeKind.DISTRICT, "310115")


ROOM_ACTS = ("time", "pause", "resume", "messages", "devices", "admit", "incidents")


def pages(hall: Hall) -> dict[str, str]:
    """Return each staff page of this hall's objects with its permission."""
    sitting = f"/exams/sittings/{hall.sitting_id}"
    return {
        "/exams/": "exam.read",
        "/exams/new": "exam.build",
        f"/exams/{hall.sitting.revision.exam_id}": "exam.read",
        f"/exams/revisions/{hall.sitting.revision_id}/sittings/new": "exam.build",
        sitting: "exam.read",
        f"{sitting}/papers/{hall.bookings[0]}": "exam.build",
        f"{sitting}/print": "exam.build",
        "/exams/accommodations": "exam.build",
        f"/exams/people/{hall.candidates[0]}/accommodation": "exam.build",
        "/exams/duties": "exam.invigilate",
        "/exams/results": "exam.release",
        f"/exams/results/{hall.sitting_id}": "exam.release",
    }


def acts(hall: Hall) -> dict[str, str]:
    """Return each staff act with its permission."""
    sitting = f"/exams/sittings/{hall.sitting_id}"
    room = f"/exams/rooms/{hall.sitting_id}"
    attempt = f"/exams/rooms/attempts/{hall.attempt().id}"
    seat = f"/exams/rooms/seats/{hall.bookings[0]}"
    return {
        f"/exams/{hall.sitting.revision.exam_id}/publish": "exam.build",
        f"{sitting}/invigilators": "exam.build",
        f"{sitting}/roster": "exam.build",
        f"{sitting}/papers": "exam.build",
        f"{sitting}/people": "exam.build",
        f"{sitting}/rooms": "exam.build",
        f"{sitting}/seats": "exam.build",
        f"{sitting}/booking": "exam.build",
        f"{sitting}/booking/close": "exam.build",
        f"{sitting}/bookings/{hall.bookings[0]}/seat": "exam.build",
        f"{sitting}/bookings/{hall.bookings[0]}/remove": "exam.build",
        f"{sitting}/print/seat-list": "exam.build",
        f"/exams/people/{hall.candidates[0]}/accommodation": "exam.build",
        f"/exams/people/{hall.candidates[0]}/accommodation/withdraw": "exam.build",
        f"{room}/print/seat-list": "exam.invigilate",
        f"{room}/unlock": "exam.invigilate",
        f"{room}/door/photo": "exam.invigilate",
        **{f"{room}/{act}": "exam.invigilate" for act in ROOM_ACTS},
        f"{seat}/check-in": "exam.invigilate",
        f"{seat}/check-in/undo": "exam.invigilate",
        f"{seat}/password": "exam.invigilate",
        f"{attempt}/void": "exam.invigilate",
        f"{attempt}/hand-in": "exam.invigilate",
        f"/exams/results/{hall.sitting_id}/release": "exam.release",
    }


# What has no district: a list shows what is in reach, an exam serves all districts.
EVERYWHERE = {"/exams/", "/exams/new", "/exams/duties", "/exams/results", "/exams/accommodations"}


def test_roles(hall: Hall) -> None:
    hall.started()
    looked_at, done = pages(hall), acts(hall)
    for role in Role:
        browser = hall.browser(factories.user(role).id)
        for address, permission in looked_at.items():
            wanted = 200 if role in PERMISSIONS[permission][1] else 403
            browser.page(address, wanted)
        for address, permission in done.items():
            if role not in PERMISSIONS[permission][1]:
                assert browser.send(address).status_code == 403, (address, role)


def test_strangers(hall: Hall) -> None:
    hall.started()
    browser = hall.browser()
    for address in pages(hall):
        assert "/sign-in" in browser.get(address).location
    for address in acts(hall):
        assert "/sign-in" in browser.send(address).location


def test_another_district(hall: Hall) -> None:
    """What lies outside one's district answers as if it were not there."""
    hall.started()
    factories.district("310115")
    role_of = {
        "exam.read": Role.EXAM_MANAGER,
        "exam.build": Role.EXAM_MANAGER,
        "exam.release": Role.CERTIFIER,
        "exam.invigilate": Role.INVIGILATOR,
    }
    exam_id, revision_id = hall.sitting.revision.exam_id, hall.sitting.revision_id
    shared = EVERYWHERE | {f"/exams/{exam_id}", f"/exams/revisions/{revision_id}/sittings/new"}
    browsers = {
        role: hall.browser(factories.user(role, scope=FAR).id) for role in set(role_of.values())
    }
    for address, permission in pages(hall).items():
        browsers[role_of[permission]].page(address, 200 if address in shared else 404)
    for address, permission in acts(hall).items():
        if not address.endswith("/publish"):
            answer = browsers[role_of[permission]].send(address)
            assert answer.status_code == 404, address
    assert hall.sitting.place not in browsers[Role.EXAM_MANAGER].page("/exams/")
    assert hall.sitting.place not in browsers[Role.CERTIFIER].page("/exams/results")
    assert hall.attempt().state == "open"


def test_an_invigilator_of_another_room(hall: Hall) -> None:
    """The role is not enough: one must be named for the sitting."""
    hall.started()
    browser = hall.browser(factories.user(Role.INVIGILATOR).id)
    browser.page(f"/exams/rooms/{hall.sitting_id}", 404)
    for address, permission in acts(hall).items():
        if permission == "exam.invigilate":
            assert browser.send(address).status_code == 404
    room, seat = f"/exams/rooms/{hall.sitting_id}", f"/exams/rooms/seats/{hall.bookings[0]}"
    looked_at = [f"{room}/{act}" for act in (*ROOM_ACTS, "rows", "stream", "door", "door/person")]
    looked_at += [seat, f"{seat}/photo", f"{seat}/password"]
    looked_at += [f"/exams/rooms/attempts/{hall.attempt().id}/void"]
    for address in looked_at:
        assert browser.get(address).status_code == 404, address
    assert "还没有排你监考" in browser.page("/exams/duties")
    hall.browser(hall.invigilator).page(f"/exams/rooms/{hall.sitting_id}")


def test_ids_nobody_gave_out(hall: Hall) -> None:
    hall.started()
    person = factories.user(*Role)
    browser = hall.browser(person.id)
    known = {hall.sitting_id, hall.attempt().id, hall.sitting.revision_id}
    known |= {hall.sitting.revision.exam_id, hall.candidates[0]}
    for address in [*pages(hall), *acts(hall)]:
        for one in known:
            if one in address:
                strange = address.replace(one, "z" * 16)
                get = address in pages(hall)
                answer = browser.get(strange) if get else browser.send(strange)
                assert answer.status_code == 404, strange


def test_a_class_of_another_district_is_not_added(hall: Hall) -> None:
    factories.district("310115")
    far = rows.training_class(district_code="310115")
    near = factories.user(Role.EXAM_MANAGER, scope=(ScopeKind.DISTRICT, factories.DISTRICT))
    address = f"/exams/sittings/{hall.sitting_id}/roster"
    answer = hall.browser(near.id).send(address, {"training_class": far.id})
    assert answer.status_code == 404
