"""What is printed: tickets whose code scans, lists by room, who gets them, nothing said in addresses."""

from __future__ import annotations

import io
from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from sqlalchemy import select
from time_machine import Traveller

from app import blobs, clock, jobs
from app.exams import accommodations, seating
from app.exams.accommodations import Grant
from app.exams.documents import contents, files, kinds
from app.exams.documents.kinds import KINDS
from app.extensions import db
from app.models.exams import Booking
from app.models.journal import AuditLine, Blob, Job
from app.models.people import Role, User
from app.models.room import Incident
from tests import factories
from tests.app.exams.hall import NOON, Hall
from tests.app.training import rows

pytestmark = pytest.mark.rows


def text_of(pdf: bytes) -> list[str]:
    """Return the text of each page without its line breaks: a long name may have one."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        texts = [page.get_textpage().get_text_bounded() for page in document]
        return [text.replace("\r\n", "") for text in texts]
    finally:
        document.close()


def pictures_of(pdf: bytes, dpi: int = 150) -> list[Image.Image]:
    """Return each page as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil() for page in document]
    finally:
        document.close()


def give_photo(person: User, colour: str = "#b04a2f") -> None:
    """Store a photo of one colour."""
    drawn = io.BytesIO()
    Image.new("RGB", (300, 400), colour).save(drawn, "JPEG")
    kept = blobs.put(drawn.getvalue(), media_type="image/jpeg", purpose="photo", now=clock.now())
    db.session.flush()
    person.photo_blob_id = kept.id
    db.session.commit()


def prepare(hall: Hall) -> None:
    """Give the hall two rooms, the first candidate a photo and a document."""
    manager = db.session.get_one(User, hall.manager)
    plan = [seating.RoomPlan("301 考场", 1), seating.RoomPlan("302 考场", 2)]
    seating.set_rooms(hall.sitting, plan, actor=manager, now=clock.now())
    db.session.commit()
    give_photo(hall.booking().user)
    rows.identity(hall.booking().user)


def printed(hall: Hall, kind: str) -> bytes:
    """Return a document as the worker draws it."""
    db.session.rollback()
    return kinds.printed(hall.sitting, kind, clock.now())


def test_ticket(hall: Hall) -> None:
    """Photo, masked number, seat, room, rules, and a code that leads to the door."""
    prepare(hall)
    reply = hall.candidate().get(f"/exams/sit/{hall.bookings[0]}/ticket.pdf")
    assert reply.mimetype == "application/pdf"
    (page,) = text_of(reply.data)
    booking = hall.booking()
    for fact in (booking.user.name, booking.ticket_number, "301 考场", "302 考场", "12:20"):
        assert (fact in page) == (fact != "302 考场" or hall.sitting.place == "302 考场")
    assert "E12******678" in page
    assert "每次改动都会保存" in page
    (picture,) = pictures_of(reply.data)
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"http://localhost/exams/door/{booking.ticket_number}"
    colours = picture.convert("RGB").getcolors(10_000_000)
    assert colours
    red = sum(n for n, (r, g, b) in colours if abs(r - 176) < 9 and abs(g - 74) < 9 and b < 70)
    assert red > 10_000  # the photo: 25 × 35 mm at 150 dpi are 30,000 points


def test_the_code_on_the_phone(hall: Hall) -> None:
    html = hall.candidate().page(f"/exams/sit/{hall.bookings[0]}/ticket")
    encoded = html.split("data:image/png;base64,")[1].split('"')[0]
    picture = Image.open(io.BytesIO(__import__("base64").b64decode(encoded)))
    (code,) = zxingcpp.read_barcodes(picture.convert("L"))
    address = f"/exams/door/{hall.booking().ticket_number}"
    assert code.text == f"http://localhost{address}"
    # What the address leads to: the check for the invigilator, nothing for anyone else.
    assert hall.booking().user.name in hall.browser(hall.invigilator).page(address)
    assert hall.browser().get(address).status_code == 302


def test_all_tickets_one_a_page(hall: Hall) -> None:
    pages = text_of(printed(hall, "tickets"))
    assert len(pages) == 2
    found = [
        code.text
        for p in pictures_of(printed(hall, "tickets"))
        for code in zxingcpp.read_barcodes(p)
    ]
    assert [one[-12:] for one in found] == [hall.booking(n).ticket_number for n in (1, 2)]


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"tickets", "staff-sign-in"}))
def test_a_page_for_each_room(hall: Hall, kind: str) -> None:
    prepare(hall)
    first, second = text_of(printed(hall, kind))
    one, two = hall.booking(1), hall.booking(2)
    assert "301 考场" in first
    assert "302 考场" in second
    if kind != "room-record":
        assert one.user.name in first
        assert two.user.name not in first
        assert two.ticket_number in second
    shows_documents = kind in {"door-list", "sign-in"}
    assert ("E12******678" in first) == shows_documents


def test_who_signs_in_as_invigilator(hall: Hall) -> None:
    (page,) = text_of(printed(hall, "staff-sign-in"))
    assert db.session.get_one(User, hall.invigilator).name in page


def test_room_record_after_the_exam(hall: Hall, time: Traveller) -> None:
    """Who did not come, what was granted, what was reported: filled in as the server knows it."""
    prepare(hall)
    manager = db.session.get_one(User, hall.manager)
    grant = Grant(percent=150, reason="视力", evidence="已核对")
    accommodations.grant_to(hall.booking().user, grant, actor=manager, now=clock.now())
    db.session.commit()
    hall.started()
    db.session.add(
        Incident(
            sitting_id=hall.sitting_id,
            attempt_id=hall.attempt().id,
            kind="device",
            text="手机没电，换了备用机",
            happened_at=clock.now(),
            by_id=hall.invigilator,
            at=clock.now(),
        )
    )
    db.session.commit()
    time.move_to(NOON + timedelta(minutes=70))
    first, second = text_of(printed(hall, "room-record"))
    assert "1 座 时间 150%" in first
    assert "手机没电，换了备用机" in first
    assert "没有人缺考" in first
    assert "手机没电" not in second
    assert "0 人" in second  # the only one of this room did not come


def test_a_sign_no_font_has(hall: Hall) -> None:
    person = hall.booking().user
    person.name = "王\U0003fffd"
    db.session.commit()
    assert "王〓" in text_of(printed(hall, "seat-list"))[0]


def test_a_lost_photo_stops_no_list(hall: Hall) -> None:
    prepare(hall)
    blob_id = hall.booking().user.photo_blob_id
    assert blob_id is not None
    blobs.remove_bytes(blob_id)
    assert "没有照片" in text_of(printed(hall, "door-list"))[0]


def ask(hall: Hall, browser_of: str, where: str, kind: str = "seat-list") -> bytes:
    """Have a document made by the worker and fetch it."""
    browser, address = hall.browser(browser_of), f"/exams/{where}/{hall.sitting_id}/print"
    assert "生成座位表" in browser.page(address)
    assert browser.get(f"{address}/{kind}").status_code == 302  # nothing yet
    for _click in range(2):
        assert browser.send(f"{address}/{kind}").status_code == 302
    assert "正在生成" in browser.page(address)
    db.session.rollback()
    assert jobs.run_next(clock.now())
    assert not jobs.run_next(clock.now())
    assert "打开座位表" in browser.page(address)
    reply = browser.get(f"{address}/{kind}")
    assert reply.mimetype == "application/pdf"
    return reply.data


@pytest.mark.parametrize("where", ["sittings", "rooms"])
def test_made_by_the_worker(hall: Hall, where: str) -> None:
    """For the office and for the invigilator; each taking is a line in the trail."""
    by = hall.manager if where == "sittings" else hall.invigilator
    assert hall.booking().user.name in text_of(ask(hall, by, where))[0]
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "sitting.printed"))
    assert [(line.actor_id, line.details) for line in lines] == [(by, {"document": "seat-list"})]


def test_files_are_taken_away(hall: Hall, time: Traveller) -> None:
    ask(hall, hall.manager, "sittings")
    blob = db.session.scalars(select(Blob).where(Blob.purpose == files.PURPOSE)).one()
    blob_id = blob.id
    db.session.rollback()
    time.shift(timedelta(hours=25))
    assert files.sweep(clock.now()) == 1
    assert db.session.get(Blob, blob_id) is None
    page = hall.browser(hall.manager).page(f"/exams/sittings/{hall.sitting_id}/print")
    assert "还没生成" in page


def test_a_failed_printing_says_so(hall: Hall) -> None:
    manager = db.session.get_one(User, hall.manager)
    job = files.ask(hall.sitting, "seat-list", actor=manager, now=clock.now())
    job.state = "failed"
    db.session.commit()
    page = hall.browser(hall.manager).page(f"/exams/sittings/{hall.sitting_id}/print")
    assert "没有生成成" in page
    assert "重新生成座位表" in page


def test_who_may(hall: Hall) -> None:
    """An invigilator of another room, an auditor, a candidate: none of the lists."""
    ask(hall, hall.manager, "sittings")
    other = hall.browser(factories.user(Role.INVIGILATOR).id)
    auditor = hall.browser(factories.user(Role.AUDITOR).id)
    for path in ("print", "print/seat-list"):
        assert other.get(f"/exams/rooms/{hall.sitting_id}/{path}").status_code == 404
        assert auditor.get(f"/exams/sittings/{hall.sitting_id}/{path}").status_code == 403
        assert hall.candidate().get(f"/exams/sittings/{hall.sitting_id}/{path}").status_code == 403
    assert (
        hall.browser(hall.manager)
        .get(f"/exams/sittings/{hall.sitting_id}/print/nothing")
        .status_code
        == 404
    )
    assert len(db.session.scalars(select(Job).where(Job.kind == files.KIND)).all()) == 1


def test_nothing_whole_is_read(hall: Hall) -> None:
    """What is printed of an identity number is what pages show, never the number."""
    prepare(hall)
    known = contents.read(hall.sitting, clock.now(), photos=True)
    person = known.rooms[0].people[0]
    assert person.document == "E12******678"
    assert list(known.assets) == [person.photo]
    assert len(db.session.scalars(select(Booking)).all()) == 2


def test_many_tickets_are_drawn_in_parts(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each part tells how far it is; the one file holds every ticket by seat, each with its code."""
    monkeypatch.setattr(kinds, "PART", 1)
    room = hall.browser(hall.invigilator)
    room.send(f"/exams/rooms/{hall.sitting_id}/print/tickets")
    assert jobs.run_next(clock.now())
    job = db.session.scalars(select(Job).where(Job.kind == files.KIND)).one()
    assert (job.state, job.done, job.total) == ("done", 2, 2)
    blob = files.file_of(job)
    assert blob is not None
    pages = pictures_of(blobs.get(blob))
    found = [zxingcpp.read_barcodes(page)[0].text[-12:] for page in pages]
    assert found == [hall.booking(seat).ticket_number for seat in (1, 2)]
