"""Corrections and replacements: asked with proof, decided by somebody else, the old one marked."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.people import Role, ScopeKind, User
from app.models.renewal import Correction
from app.renewal import correcting
from app.renewal.correcting import Wanted
from tests import factories
from tests.app.awards import rows as awards
from tests.app.renewal import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
NAME = {"kind": "name", "new_name": "林知春", "statement": "改了名，户口簿有记载。"}


def _asked(row: Certificate, kind: str = "lost", name: str = "") -> Correction:
    wanted = Wanted(kind, name, "", "说明")
    return factories.save(
        correcting.ask(row, wanted, rows.proof(), actor=row.user, now=clock.now())
    )


def _again(row: Correction) -> Correction:
    db.session.expire_all()
    return db.session.get_one(Correction, row.id)


def test_it_works(client: PageClient) -> None:
    old = rows.certificate(400)
    client.sign_in(old.user)
    path = f"/my/certificates/{old.id}/exchange"
    assert path in client.page("/my/certificates")
    client.page(path)
    proof = (io.BytesIO(rows.picture()), "hkb.jpg")
    assert client.send(path, {**NAME, "proof": proof}).status_code == 302
    row = db.session.scalars(select(Correction)).one()
    assert "等协会决定" in client.page(path)
    client.sign_in(factories.user(Role.CERTIFIER))
    assert old.printed["name"] in client.page("/exchanges")
    here = f"/exchanges/{row.id}"
    assert "林知春" in client.page(here)
    assert client.get(f"{here}/proof").mimetype == "image/jpeg"
    client.page(f"{here}/approve")
    client.send(f"{here}/approve")
    done = _again(row)
    new = db.session.get_one(Certificate, done.new_certificate_id)
    assert done.state == "approved"
    assert new.printed["name"] == "林知春"
    assert db.session.get_one(User, old.user_id).name == "林知春"
    assert (new.valid_from, new.valid_until) == (old.valid_from, old.valid_until)
    assert old.status == "replaced"
    assert old.printed["name"] == "林知秋"
    line = db.session.scalars(
        select(StatusChange).where(StatusChange.certificate_id == old.id, StatusChange.number == 2)
    ).one()
    assert line.reason_code == "corrected"


def test_a_lost_one_is_issued_again_once(app: object) -> None:
    row = _asked(rows.certificate(400))
    certifier = factories.user(Role.CERTIFIER)
    first = correcting.approve(row, actor=certifier, now=clock.now())
    db.session.commit()
    assert correcting.approve(row, actor=certifier, now=clock.now()).id == first.id
    assert first.number != row.certificate.number


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"new_name": ""}, "请填正确的姓名"),
        ({"new_name": "林知秋"}, "没有要改的"),
        ({}, "改姓名要有证明"),
        ({"statement": ""}, "请写一两句"),
        ({"kind": "else"}, "要换的原因"),
    ],
)
def test_what_is_missing_is_said(client: PageClient, change: dict[str, str], sentence: str) -> None:
    old = rows.certificate(400)
    client.sign_in(old.user)
    answer = client.send(f"/my/certificates/{old.id}/exchange", {**NAME, **change})
    assert answer.status_code == 400
    assert sentence in answer.get_data(as_text=True)
    assert db.session.scalar(select(Correction)) is None


def test_one_request_at_a_time_and_it_can_be_taken_back(client: PageClient) -> None:
    old = rows.certificate(400)
    row = _asked(old)
    client.sign_in(old.user)
    path = f"/my/certificates/{old.id}/exchange"
    answer = client.send(path, {"kind": "spoilt", "statement": "湿了"})
    assert "正在等决定" in answer.get_data(as_text=True)
    client.send(f"/my/exchanges/{row.id}/take-back")
    assert _again(row).state == "taken_back"
    assert client.send(path, {"kind": "spoilt", "statement": "湿了"}).status_code == 302


def test_a_withdrawn_one_is_not_exchanged(client: PageClient) -> None:
    old = rows.certificate(400)
    row = _asked(old)
    awards.change(old, "withdrawn", factories.user())
    client.sign_in(factories.user(Role.CERTIFIER))
    assert "已撤销" in client.page(f"/exchanges/{row.id}")
    client.send(f"/exchanges/{row.id}/approve")
    assert _again(row).state == "asked"


def test_a_refusal_is_told_with_its_reason(client: PageClient) -> None:
    row = _asked(rows.certificate(400))
    client.sign_in(factories.user(Role.CERTIFIER))
    client.send(f"/exchanges/{row.id}/refuse", {"reason": ""})
    assert _again(row).state == "asked"
    client.send(f"/exchanges/{row.id}/refuse", {"reason": "照片看不清，请再提一次。"})
    assert _again(row).state == "refused"
    client.sign_in(row.user)
    assert "照片看不清" in client.page(f"/my/certificates/{row.certificate_id}/exchange")


def test_nobody_decides_on_their_own(client: PageClient) -> None:
    old = rows.certificate(400)
    row = _asked(old)
    factories.grant(old.user, Role.CERTIFIER)
    client.sign_in(old.user)
    client.send(f"/exchanges/{row.id}/approve")
    assert _again(row).state == "asked"


def test_who_may(client: PageClient) -> None:
    old = rows.certificate(400)
    row = _asked(old)
    here = f"/exchanges/{row.id}"
    for role in Role:
        client.sign_in(factories.user(role))
        reads = role in {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
        assert client.get("/exchanges").status_code == (200 if reads else 403), role
        assert client.get(here).status_code == (200 if reads else 403), role
        assert client.get(f"{here}/proof").status_code == (200 if reads else 404), role
        assert client.get(f"/my/certificates/{old.id}/exchange").status_code == 404, role
        if role is not Role.CERTIFIER:
            assert client.send(f"{here}/approve").status_code == 403, role
    elsewhere = factories.district("310101").code
    client.sign_in(factories.user(Role.CERTIFIER, scope=(ScopeKind.DISTRICT, elsewhere)))
    assert client.get(here).status_code == 404
    assert client.send(f"{here}/approve").status_code == 404
