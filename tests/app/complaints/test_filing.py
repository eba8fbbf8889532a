"""A complaint filed by phone from the check page: no account, no cookie, no puzzle."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from PIL import Image
from sqlalchemy import select

from app import blobs, clock, rulebook
from app.complaints import filing, tickets
from app.extensions import db
from app.models.awards import Certificate
from app.models.complaints import Complaint
from app.models.journal import AuditLine, Blob
from tests.app.awards import rows
from tests.app.complaints import filed
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def _many() -> int:
    db.session.expire_all()
    return len(db.session.scalars(select(Complaint.id)).all())


def test_it_works(client: PageClient, held: Certificate) -> None:
    """From the certificate's address: form, receipt, look-up; nothing is left in the browser."""
    stranger = PageClient(client.application)
    answer = stranger.get(f"/c/{held.token}/complain")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = stranger.page(f"/c/{held.token}/complain")
    assert held.printed["name"] in page
    assert "投诉谁" not in page
    sent = filed.send(client.application, held)
    assert "Set-Cookie" not in sent.headers
    number, code = filed.receipt(sent)
    case = filed.only_case()
    assert (case.certificate_id, case.state) == (held.id, "received")
    assert case.district_code == "310110"
    assert case.answer_by - case.accept_by == timedelta(days=27)
    assert filing.contact_of(case) == filed.TOLD["contact"]
    assert filed.TOLD["contact"] not in case.contact_sealed
    looked = stranger.post("/complain/state", data={"number": number, "code": code.upper()})
    assert looked.status_code == 200
    assert "已收到，待受理" in looked.text
    lines = db.session.scalars(select(AuditLine).where(AuditLine.action == "complaint.filed"))
    assert [line.details for line in lines] == [{"kind": "safety"}]


def test_a_second_click_is_the_same_case(client: PageClient, held: Certificate) -> None:
    """The same form sent twice shows the same receipt."""
    one = filed.ticket()
    first = filed.send(client.application, held, ticket=one)
    second = filed.send(client.application, held, ticket=one)
    assert filed.receipt(first) == filed.receipt(second)
    assert _many() == 1
    assert filed.receipt(filed.send(client.application, held)) != filed.receipt(first)


def test_by_number_or_by_name(client: PageClient, held: Certificate) -> None:
    """Without a scan: a number finds the certificate and says nothing of it; a name is kept as told."""
    stranger = PageClient(client.application)
    assert "投诉谁" in stranger.page("/complain")
    nobodys = stranger.get(f"/c/{'z' * 16}/complain")
    assert nobodys.headers["Location"].endswith("/complain")
    answers = [
        filed.send(client.application, None, about=about)
        for about in (held.printed["number_grouped"], "某某，某某机构", "PZ 0000")
    ]
    assert all(held.printed["name"] not in answer.text for answer in answers)
    cases = db.session.scalars(select(Complaint).order_by(Complaint.number)).all()
    assert [case.certificate_id for case in cases] == [held.id, None, None]
    assert [case.about for case in cases] == ["", "某某，某某机构", "PZ 0000"]


def test_photos_are_drawn_anew(client: PageClient, held: Certificate) -> None:
    """Upright, smaller, and without the place that a phone hides in them."""
    raw = filed.photo()
    sent = filed.send(client.application, held, photos=[(raw, "a.jpg")])
    assert "1 张" in sent.text
    (photo,) = filed.only_case().photos
    kept = blobs.get(db.session.get_one(Blob, photo.blob_id))
    assert b"secret place" in raw
    assert b"secret place" not in kept
    picture = Image.open(io.BytesIO(kept))
    assert picture.height > picture.width
    assert max(picture.size) <= 1600


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"text": ""}, "请写发生了什么"),
        ({"text": "x" * 2001}, "最多 2000 个字"),
        ({"kind": ""}, "请选一类最接近的"),
        ({"token": ""}, "请写投诉谁"),
        ({"website": "http://spam.example"}, "请再提交一次"),
        ({"ticket": "forged"}, "请看一眼再按一次"),
        ({"photos": [(b"<svg onload=alert(1)>", "a.jpg")]}, "SVG"),
        ({"photos": [(b"not a picture", "a.jpg")]}, "不是能用的图片"),
        ({"photos": [(b"x", f"{n}.jpg") for n in range(4)]}, "最多传 3 张"),
    ],
)
def test_comes_back_with_what_was_typed(
    client: PageClient, held: Certificate, changed: dict[str, object], sentence: str
) -> None:
    """Each refusal says what to do and loses nothing."""
    answer = filed.send(client.application, held, **changed)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert filed.TOLD["contact"] in answer.text
    assert _many() == 0


def test_a_call_back_needs_no_words(client: PageClient, held: Certificate) -> None:
    """Somebody who cannot write leaves a number."""
    assert filed.send(client.application, held, text="", call_back="y").status_code == 200
    assert filed.only_case().call_back
    assert (
        filed.send(client.application, held, text="", call_back="y", contact="").status_code == 400
    )


def test_too_quick_and_too_old(client: PageClient, held: Certificate) -> None:
    """A robot's post and yesterday's form come back; the same ticket works a little later."""
    now = clock.now()
    quick, old = tickets.new(now), tickets.new(now - timedelta(hours=25))
    for one, same in ((quick, True), (old, False)):
        answer = filed.send(client.application, held, ticket=one, photos=[(filed.photo(), "a.jpg")])
        assert answer.status_code == 400
        assert filed.TOLD["text"] in answer.text
        assert "照片没有留住" in answer.text
        assert (f'value="{one}"' in answer.text) is same
    assert _many() == 0


@pytest.mark.usefixtures("mid_window")
def test_a_network_is_slowed_down_and_shown_the_phone(
    client: PageClient, held: Certificate
) -> None:
    """After the hour's most, what was typed stays and the number to call is there."""
    rulebook.set_value(
        "complaint.hourly_most",
        2,
        from_date=training.today(),
        source="章程",
        official=True,
        actor=None,
        now=clock.now(),
    )
    db.session.commit()
    codes = [filed.send(client.application, held).status_code for _try in range(3)]
    assert codes == [200, 200, 429]
    answer = filed.send(client.application, held)
    assert filed.TOLD["text"] in answer.text
    assert "打电话给协会" in answer.text
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("mid_window")
def test_wrong_codes_look_alike_and_are_counted(client: PageClient, held: Certificate) -> None:
    """A wrong code and a wrong number get the same page; after many, one waits."""
    number, code = filed.receipt(filed.send(client.application, held))
    stranger = PageClient(client.application)
    wrong = stranger.post("/complain/state", data={"number": number, "code": "aaa aaa aaaa"})
    unknown = stranger.post("/complain/state", data={"number": "TS 2026 99999", "code": code})
    assert wrong.status_code == unknown.status_code == 404
    assert "没有这个编号，或回执码不对" in wrong.text
    assert "没有这个编号，或回执码不对" in unknown.text
    for _try in range(18):
        stranger.post("/complain/state", data={"number": number, "code": "x"})
    blocked = stranger.post("/complain/state", data={"number": number, "code": code})
    assert blocked.status_code == 429


def test_adding(client: PageClient, held: Certificate) -> None:
    """More can be said with the receipt; a second click says it once."""
    number, code = filed.receipt(filed.send(client.application, held))
    stranger = PageClient(client.application)
    more = {"number": number, "code": code, "text": "还有录音"}
    for _click in range(2):
        assert "还有录音" in stranger.post("/complain/add", data=more).text
    assert [event.kind for event in filed.only_case().events] == ["filed", "added"]
    empty = stranger.post("/complain/add", data={**more, "text": " "})
    assert "请写下要补充的" in empty.text
    assert stranger.post("/complain/add", data={**more, "code": "x"}).status_code == 404
