"""Is the person at the desk the holder: the code of the minute and the two minutes it opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from app import clock
from app.checking import limits, presence
from app.extensions import db
from app.models.awards import Certificate
from app.models.journal import AuditLine
from app.models.people import Consent, Role
from certificates import numbers
from tests import factories
from tests.app.awards import rows
from tests.client import PageClient, check_page

pytestmark = pytest.mark.rows
NOON = datetime(2026, 11, 20, 4, 0, 10, tzinfo=UTC)
Later = Callable[[float], None]


@pytest.fixture
def later() -> Iterator[Later]:
    """Let time pass: `later(60)`."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield lambda seconds: traveller.shift(timedelta(seconds=seconds))


@pytest.fixture
def held(client: PageClient, later: Later) -> Certificate:
    """A certificate whose holder agreed to everything."""
    enrolment = rows.ready()
    rows.give_photo(enrolment.user)
    rows.agree(enrolment.user, "photo_on_certificate", "photo_public")
    return rows.certificate(rows.proposal(enrolment))


def _card(row: Certificate) -> str:
    return f"/my/certificates/{row.id}/card"


def _code(row: Certificate, *, with_photo: bool = True) -> str:
    return presence.code(row.id, clock.now(), with_photo=with_photo)


def _holder(client: PageClient, row: Certificate) -> PageClient:
    return PageClient(client.application).sign_in(row.user)


def test_it_works(client: PageClient, held: Certificate, later: Later) -> None:
    """The desk scans the card: photo and status for two minutes, then it is over."""
    card = _holder(client, held).page(_card(held))
    code = _code(held)
    assert f"{code[:4]} {code[4:]}" in card
    assert "两分钟里能看到你的照片" in card
    opened = client.get(f"/c/{held.token}/now/{code}")
    assert opened.status_code == 303
    window = opened.location
    page = client.page(window)
    for text in ("有效</h1>", "林知秋", "刚才给出的", f"{window}/photo"):
        assert text in page
    assert client.get(window).headers["Refresh"] == "121"
    assert client.get(f"{window}/photo").mimetype == "image/jpeg"
    assert "Set-Cookie" not in client.get(window).headers
    later(119)
    client.page(window)
    later(2)
    over = client.page(window, status=410)
    assert "两分钟到了" in over
    assert "林知秋" not in over
    assert client.get(f"{window}/photo").status_code == 404


def test_the_card_turns_over(client: PageClient, held: Certificate, later: Later) -> None:
    """Each minute another code; the last one is still taken, the one before is not."""
    holder = _holder(client, held)
    code = _code(held)
    assert holder.get(_card(held)).headers["Refresh"] == "50"
    later(60)
    assert _code(held) != code
    assert client.get(f"/c/{held.token}/now/{code}").status_code == 303
    later(60)
    answer = client.get(f"/c/{held.token}/now/{code}")
    assert answer.status_code == 404
    assert "每分钟换一次" in answer.text
    assert "林知秋" not in answer.text
    check_page(answer.text, "/c/now")


def test_typed(client: PageClient, held: Certificate) -> None:
    """Digits read out are typed beside the scanned certificate, or with its number."""
    code = _code(held)
    spaced = f"{code[:4]} {code[4:]}"
    client.page(f"/check/present?token={held.token}")
    beside = client.post(f"/check/present?token={held.token}", data={"digits": spaced})
    assert beside.status_code == 303
    client.page("/check/present")
    numbered = client.post("/check/present", data={"number": held.number, "digits": spaced})
    assert numbered.location == beside.location
    for data in ({"number": held.number}, {"digits": spaced}):
        answer = client.post("/check/present", data=data)
        assert answer.status_code in {400, 422}
        check_page(answer.text, "/check/present")


def test_misses_are_alike(
    client: PageClient, held: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wrong code and a certificate that is not there look the same; guessing is stopped."""
    monkeypatch.setattr(limits, "CARDS", limits.Limit("check.card", 4, limits.QUARTER))
    other = str(numbers.compose(2026, factories.DISTRICT, 77))
    wrong = client.post("/check/present", data={"number": held.number, "digits": "00000000"})
    missing = client.post("/check/present", data={"number": other, "digits": "00000000"})
    assert wrong.status_code == missing.status_code == 404
    assert "数字不对" in wrong.text
    assert wrong.text == missing.text
    assert held.token not in wrong.text
    for _turn in range(3):
        client.post("/check/present", data={"number": held.number, "digits": "00000000"})
    answer = client.post("/check/present", data={"number": held.number, "digits": _code(held)})
    assert answer.status_code == 429
    assert client.get(f"/c/{held.token}").status_code == 200


def test_a_forged_window(client: PageClient, held: Certificate) -> None:
    """An address of that kind that nobody was given opens nothing."""
    window = client.get(f"/c/{held.token}/now/{_code(held)}").location
    longer = window.replace(window.rsplit("/", 1)[1][:10], "9999999999")
    for forged in (
        longer,
        f"/c/{held.token}/present/x",
        window[:-1] + ("0" if window[-1] != "0" else "1"),
    ):
        assert client.get(forged).status_code == 410
        assert client.get(f"{forged}/photo").status_code == 404


def test_photo_only_as_the_holder_wants(
    client: PageClient, held: Certificate, later: Later
) -> None:
    """Without the public consent the desk sees a photo only when the holder says so, for a while."""
    consent = db.session.scalars(select(Consent).where(Consent.kind == "photo_public")).one()
    consent.withdrawn_at = clock.now()
    db.session.commit()
    holder = _holder(client, held)
    assert "看不到你的照片" in holder.page(_card(held))
    window = client.get(f"/c/{held.token}/now/{_code(held, with_photo=False)}").location
    page = client.page(window)
    assert "/photo" not in page
    assert "没有让照片给人看" in page
    assert client.get(f"{window}/photo").status_code == 404
    assert holder.send(_card(held), {"photo": "yes"}).status_code == 302
    assert f"{_code(held)[:4]} {_code(held)[4:]}" in holder.page(_card(held))
    window = client.get(f"/c/{held.token}/now/{_code(held)}").location
    assert f"{window}/photo" in client.page(window)
    lines = db.session.scalars(select(AuditLine.action)).all()
    assert "certificate.photo_let_be_seen" in lines
    holder.send(_card(held), {"photo": "no"})
    assert "看不到你的照片" in holder.page(_card(held))
    holder.send(_card(held), {"photo": "yes"})
    later(601)
    assert "看不到你的照片" in holder.page(_card(held))


def test_suspended(client: PageClient, held: Certificate) -> None:
    """The desk sees how the certificate stands, whatever the phone shows."""
    rows.change(held, "suspended", factories.user(Role.CERTIFIER))
    page = client.page(client.get(f"/c/{held.token}/now/{_code(held)}").location)
    assert "已暂停</h1>" in page


def test_who_may(client: PageClient, held: Certificate) -> None:
    """The card is its holder's alone."""
    assert client.get(_card(held)).status_code == 302
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(_card(held)).status_code == 404
        assert browser.get(f"{_card(held)}/photo").status_code == 404
        assert browser.send(_card(held), {"photo": "yes"}).status_code == 404
    assert _holder(client, held).get(f"{_card(held)}/photo").status_code == 200
    assert _card(held) in _holder(client, held).page("/my/certificates")
