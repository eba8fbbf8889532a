"""Applying by phone: documents and declarations, returned with named faults, the clock standing."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from app import blobs, clock, rulebook
from app.applications import documents, reviewing
from app.applications.refusals import ApplicationRefused
from app.eligibility.panel import award_panel
from app.extensions import db
from app.models.applications import Application, ApplicationDocument, ApplicationStep
from app.models.journal import AuditLine, Blob, OutboxMessage
from app.models.people import Role, User
from app.models.training import Enrolment
from tests import factories
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
ALL = ["truth", "record", "notice"]


def photo(size: tuple[int, int] = (900, 1200), kind: str = "JPEG", **more: Any) -> bytes:
    """Return a picture of a paper."""
    out = io.BytesIO()
    Image.new("RGB", size, "#f4f0e6").save(out, kind, **more)
    return out.getvalue()


@pytest.fixture
def enrolment(client: PageClient) -> Enrolment:
    """Somebody in a class."""
    return training.enrol(training.training_class(), factories.user(Role.TRAINEE, name="林知秋"))


@pytest.fixture
def phone(client: PageClient, enrolment: Enrolment) -> PageClient:
    """The applicant's phone."""
    return client.sign_in(enrolment.user)


@pytest.fixture
def desk(client: PageClient) -> PageClient:
    """The reviewer's browser."""
    return PageClient(client.application).sign_in(factories.user(Role.REGISTRAR))


def _send(phone: PageClient, enrolment: Enrolment, data: bytes, kind: str = "health") -> None:
    path = f"/my/applications/{enrolment.id}/documents/{kind}"
    answer = phone.send(path, {"file": (io.BytesIO(data), "paper.jpg")})
    assert answer.status_code == 302


def _file(phone: PageClient, enrolment: Enrolment, declared: list[str] = ALL) -> Application:
    phone.send(f"/my/applications/{enrolment.id}/file", {"declared": declared})
    db.session.expire_all()
    return db.session.scalars(select(Application)).one()


def test_it_works(phone: PageClient, desk: PageClient, enrolment: Enrolment) -> None:
    """Documents, filed, returned with two faults, mended, filed again, accepted; told each time."""
    assert "申请发证" in phone.page("/my/applications")
    page = f"/my/applications/{enrolment.id}"
    assert "健康证明" in phone.page(page)
    _send(phone, enrolment, photo())
    assert "已传" in phone.page(page)
    row = _file(phone, enrolment)
    assert row.state == "filed"
    assert "协会在审" in phone.page(page)
    assert "林知秋" in desk.page("/applications")
    case = f"/applications/{row.id}"
    assert "最晚" in desk.page(case)
    faults = {"fault-health": "看不清日期", "fault-general": "姓名和证件不一样", "fault-work": " "}
    desk.send(f"{case}/return", faults)
    shown = phone.page(page)
    assert "看不清日期" in shown
    assert "姓名和证件不一样" in shown
    _send(phone, enrolment, photo(kind="PNG"))
    row = _file(phone, enrolment)
    assert [step.state for step in row.steps] == ["filed", "returned", "filed"]
    assert row.steps[1].faults == {"health": "看不清日期", "general": "姓名和证件不一样"}
    assert row.steps[2].declarations == dict.fromkeys(ALL, "1")
    desk.send(f"{case}/accept")
    assert "已接受" in phone.page(page)
    told = db.session.scalars(select(OutboxMessage.kind).order_by(OutboxMessage.created_at)).all()
    assert told == ["award.application_returned", "award.application_accepted"]
    assert "application.document_read" not in db.session.scalars(select(AuditLine.action)).all()
    assert desk.get(f"{case}/documents/health").mimetype == "image/jpeg"
    assert "application.document_read" in db.session.scalars(select(AuditLine.action)).all()


def test_the_clock_stands_while_returned(
    phone: PageClient, desk: PageClient, enrolment: Enrolment
) -> None:
    """The deadline moves by as long as the applicant had it."""
    _send(phone, enrolment, photo())
    row = _file(phone, enrolment)
    now = clock.now()
    due = reviewing.clock_of(row, now).due
    assert due is not None
    assert due - now == pytest.approx(timedelta(days=20), abs=timedelta(minutes=1))
    desk.send(f"/applications/{row.id}/return", {"fault-health": "看不清"})
    db.session.expire_all()
    assert reviewing.clock_of(row, now + timedelta(days=9)).due is None
    # Nine days with the applicant, as the rows would say.
    for step in db.session.scalars(select(ApplicationStep)):
        step.at -= timedelta(days=9)
    db.session.commit()
    row = _file(phone, enrolment)
    later = reviewing.clock_of(row, clock.now())
    assert later.used < timedelta(minutes=1)
    assert later.due is not None
    assert later.due - due < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("declared", "document", "said"),
    [(ALL, False, "还缺健康证明"), (["truth"], True, "没有全部勾上"), ([], True, "没有全部勾上")],
)
def test_not_filed(
    phone: PageClient, enrolment: Enrolment, declared: list[str], document: bool, said: str
) -> None:
    """What is missing is named, and nothing is handed in."""
    if document:
        _send(phone, enrolment, photo())
    phone.send(f"/my/applications/{enrolment.id}/file", {"declared": declared})
    assert said in phone.page(f"/my/applications/{enrolment.id}")
    assert db.session.scalar(select(func.count(ApplicationStep.id))) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "先选一个文件"),
        (b"GIF89a not a picture", "不是照片，也不是 PDF"),
        (photo()[:4000], "损坏"),
        (photo((100, 90)), "太小"),
        (b"%PDF-1.7 cut", "不完整"),
    ],
)
def test_a_file_that_is_none(
    phone: PageClient, enrolment: Enrolment, data: bytes, said: str
) -> None:
    """Refused with what to do; nothing is stored."""
    _send(phone, enrolment, data)
    assert said in phone.page(f"/my/applications/{enrolment.id}")
    assert db.session.scalar(select(func.count(Blob.id))) == 0


def test_a_file_too_large(client: PageClient) -> None:
    """Refused by its size, whatever it is."""
    with (
        client.application.test_request_context(),
        pytest.raises(ApplicationRefused, match="10 MB"),
    ):
        documents.prepare(b"x" * (documents.MOST_BYTES + 1))


def test_where_a_photo_was_taken_is_gone(phone: PageClient, enrolment: Enrolment) -> None:
    """A photo is drawn anew, upright; a replaced one leaves no file."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Phone"
    _send(phone, enrolment, photo((1200, 900), exif=exif.tobytes()))
    first = db.session.scalars(select(Blob)).one()
    with Image.open(io.BytesIO(blobs.get(first))) as picture:
        assert picture.size == (900, 1200)
        assert not picture.getexif()
    _send(phone, enrolment, photo((800, 600)))
    db.session.expire_all()
    (blob,) = db.session.scalars(select(Blob)).all()
    assert blob.id != first.id
    with pytest.raises(blobs.BlobDamagedError):
        blobs.get(first)
    assert db.session.scalar(select(func.count(ApplicationDocument.id))) == 2


def test_filed_is_not_changed(phone: PageClient, enrolment: Enrolment) -> None:
    """What the association has in hand stays as it is, until it is taken back."""
    _send(phone, enrolment, photo())
    _file(phone, enrolment)
    _send(phone, enrolment, photo(), "work")
    assert "申请在协会那里" in phone.page(f"/my/applications/{enrolment.id}")
    phone.send(f"/my/applications/{enrolment.id}/withdraw")
    _send(phone, enrolment, photo(), "work")
    assert db.session.scalars(select(Application)).one().state == "withdrawn"
    assert _file(phone, enrolment).state == "filed"


def test_returning_needs_a_fault(phone: PageClient, desk: PageClient, enrolment: Enrolment) -> None:
    """Nothing named, nothing returned; a part nobody knows is no fault."""
    _send(phone, enrolment, photo())
    row = _file(phone, enrolment)
    desk.send(f"/applications/{row.id}/return", {"fault-nonsense": "x"})
    assert "至少写明一处问题" in desk.page(f"/applications/{row.id}")
    db.session.expire_all()
    assert row.state == "filed"


def test_who_taught_them_does_not_review(
    phone: PageClient, client: PageClient, enrolment: Enrolment
) -> None:
    """The reviewer is untied."""
    _send(phone, enrolment, photo())
    row = _file(phone, enrolment)
    tied = factories.user(Role.REGISTRAR)
    training.teach(enrolment.training_class, tied)
    desk = PageClient(client.application).sign_in(tied)
    assert "教过这位学员" in desk.page(f"/applications/{row.id}")
    desk.send(f"/applications/{row.id}/accept")
    db.session.expire_all()
    assert row.state == "filed"


def test_where_the_rules_ask_for_it(
    phone: PageClient, desk: PageClient, enrolment: Enrolment
) -> None:
    """The panel asks for an accepted application only where the dated rule says so."""
    today = training.today()
    assert "application" not in {line.code for line in award_panel(enrolment, today).rules}
    rulebook.set_value(
        "application.required",
        True,
        from_date=today,
        source="章程",
        official=True,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    assert not award_panel(enrolment, today).line("application").met
    _send(phone, enrolment, photo())
    row = _file(phone, enrolment)
    assert not award_panel(enrolment, today).line("application").met
    desk.send(f"/applications/{row.id}/accept")
    db.session.expire_all()
    assert award_panel(enrolment, today).line("application").met


def test_who_may(phone: PageClient, client: PageClient, enrolment: Enrolment) -> None:
    """Another trainee sees nothing of it; only reviewers in scope review."""
    _send(phone, enrolment, photo())
    row = _file(phone, enrolment)
    stranger = PageClient(client.application).sign_in(factories.user(Role.TRAINEE))
    for path in ("", "/documents/health"):
        assert stranger.get(f"/my/applications/{enrolment.id}{path}").status_code == 404
    assert stranger.get(f"/applications/{row.id}").status_code == 403
    elsewhere = factories.user(
        Role.REGISTRAR,
        scope=("organisation", factories.organisation().id),  # type: ignore[arg-type]
    )
    away = PageClient(client.application).sign_in(elsewhere)
    assert away.get(f"/applications/{row.id}").status_code == 404
    assert "林知秋" not in away.page("/applications")
    assert db.session.get_one(User, enrolment.user_id).name == "林知秋"


def test_the_same_file_twice_is_one(phone: PageClient, enrolment: Enrolment) -> None:
    """Sent again it is the one that is there."""
    _send(phone, enrolment, photo())
    _send(phone, enrolment, photo())
    assert len(db.session.scalars(select(ApplicationDocument)).all()) == 1
