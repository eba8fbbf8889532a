"""Reports of irregularities: with a photo drawn anew, listed in the room and beside the results."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from time_machine import Traveller

from app.extensions import db
from app.models.journal import Blob
from app.models.people import Role
from app.models.room import Incident
from tests import factories
from tests.app.exams.hall import NOON, Hall, Sat

pytestmark = pytest.mark.rows


def photo() -> io.BytesIO:
    """Return a picture with something hidden behind its end."""
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (320, 240), "navy").save(written, "JPEG", exif=exif)
    written.seek(0)
    return written


def report(hall: Hall, **fields: object) -> str:
    room = hall.browser(hall.invigilator)
    filled = {"kind": "power", "text": "停电两分钟", "happened_at": "2026-11-27T12:00", **fields}
    address = f"/exams/rooms/{hall.sitting_id}/incidents"
    answer = room.send(address, filled, follow_redirects=True, content_type="multipart/form-data")
    return answer.get_data(as_text=True)


def test_it_works(hall: Hall, sat: Sat, time: Traveller) -> None:
    time.shift(timedelta(minutes=3))
    html = report(hall, seat="1", kind="behaviour", place="后门", photo=(photo(), "a.jpg"))
    assert "已记下异常情况" in html
    row = db.session.query(Incident).one()
    assert (row.attempt_id, row.kind, row.place) == (sat.attempt_id, "behaviour", "后门")
    assert row.happened_at == NOON
    blob = db.session.get_one(Blob, row.photo_id)
    assert blob.purpose == "incident"
    room = hall.browser(hall.invigilator)
    picture = room.get(f"/exams/incidents/{row.id}/photo").data
    assert b"secret place" not in picture
    assert Image.open(io.BytesIO(picture)).size == (320, 240)
    certifier = hall.browser(hall.certifier)
    assert certifier.get(f"/exams/incidents/{row.id}/photo").status_code == 200
    assert "停电两分钟" in certifier.page(f"/exams/results/{hall.sitting_id}")
    assert "异常 1" in room.page(f"/exams/rooms/{hall.sitting_id}")
    for stranger in (hall.candidates[0], factories.user(Role.INVIGILATOR).id):
        assert hall.browser(stranger).get(f"/exams/incidents/{row.id}/photo").status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": " "}, "请写看到了什么"),
        ({"kind": "gossip"}, "请选异常情况的种类"),
        ({"happened_at": "x"}, "请写成年月日和时分"),
        ({"happened_at": "2026-11-27T13:00"}, "请检查"),
        ({"photo": b"<svg/>"}, "SVG"),
        ({"seat": "9999"}, "没有你选的座位"),
        ({"seat": "第三排"}, "没有你选的座位"),
    ],
)
def test_refused(hall: Hall, fields: dict[str, object], sentence: str) -> None:
    if "photo" in fields:
        fields = {"photo": (io.BytesIO(b"<svg/>"), "a.svg")}  # read once only
    assert sentence in report(hall, **fields)
    assert db.session.query(Incident).count() == 0


def test_a_double_click_reports_once(hall: Hall) -> None:
    report(hall)
    assert "没有再记一次" in report(hall)
    assert db.session.query(Incident).count() == 1


def test_one_row_for_each_candidate(hall: Hall, sat: Sat) -> None:
    hall.started(2)
    report(hall, seat=["1", "2"])
    assert {row.attempt_id for row in db.session.query(Incident)} == {
        hall.attempt(1).id,
        hall.attempt(2).id,
    }
