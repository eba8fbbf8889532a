"""What a holder takes away: both forms, only one's own, believed by verifiers written by others."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.credentials import keeping
from app.extensions import db
from app.models.awards import Certificate
from app.models.credentials import Credential
from app.models.people import Role, User
from certificates.credential import did, jwt, proofs
from tests import factories
from tests.app.awards import rows as awards
from tests.app.credentials.rows import certificate, published
from tests.certificates.credential.making import ask_others
from tests.client import PageClient

pytestmark = pytest.mark.rows


def holder(row: Certificate) -> User:
    return db.session.get_one(User, row.user_id)


def path(row: Certificate, kind: str) -> str:
    return f"/my/certificates/{row.id}/credential.{kind}"


def fetched(client: PageClient, row: Certificate) -> tuple[str, dict[str, Any]]:
    """Return both forms as their holder gets them."""
    client.sign_in(holder(row))
    return client.get(path(row, "jwt")).text, json.loads(client.get(path(row, "json")).text)


def test_it_works(app: Flask, client: PageClient) -> None:
    row, credential = certificate()
    token, document = fetched(client, row)
    assert token == credential.token
    ring = did.read(client.get("/.well-known/did.json").get_json())
    assert jwt.verifies(token, ring)
    assert proofs.verifies(document, ring)
    assert jwt.credential(jwt.read(token)[1]) == {k: v for k, v in document.items() if k != "proof"}
    subject = document["credentialSubject"]
    assert subject["licenseNumber"] == row.number
    assert subject["creditsEarned"] == row.printed["hours"]
    answer = client.get(path(row, "jwt"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{row.number}.jwt"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_page_says_what_it_is_for(app: Flask, client: PageClient) -> None:
    row, _credential = certificate()
    page = client.sign_in(holder(row)).page("/my/certificates")
    assert "就能核对真假和现在的状态" in page
    assert path(row, "jwt") in page
    assert path(row, "json") in page


def test_it_says_no_more_than_the_paper(app: Flask, client: PageClient) -> None:
    row, _credential = certificate()
    token, document = fetched(client, row)
    said = json.dumps([jwt.read(token)[1], document], ensure_ascii=False)
    assert row.printed["name"] in said
    assert row.printed["masked_identity"] not in said
    assert holder(row).phone not in said
    assert row.user_id not in said


def test_one_issued_before_there_were_credentials_gets_its_own(
    app: Flask, client: PageClient
) -> None:
    row = awards.certificate()
    token, _document = fetched(client, row)
    assert keeping.find(row).token == token  # type: ignore[union-attr]
    assert fetched(client, row)[0] == token


def test_a_key_that_was_taken_away_vouches_for_nothing_and_the_holder_gets_a_new_one(
    app: Flask, client: PageClient
) -> None:
    row, credential = certificate()
    place = credential.place
    credential.key_name = "2020-01-01-000000"
    db.session.commit()
    fetched(client, row)
    db.session.expire_all()
    again = db.session.scalars(select(Credential)).one()
    assert again.key_name != "2020-01-01-000000"
    assert again.place == place


def test_without_a_key_the_holder_is_told(
    app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = awards.certificate()
    monkeypatch.setattr("app.credentials.keys._keys", lambda _settings: ())
    client.sign_in(holder(row))
    answer = client.get(path(row, "jwt"))
    assert answer.status_code == 409
    assert "还没有签发电子凭证的密钥" in answer.text


def test_who_may(app: Flask, client: PageClient) -> None:
    row, _credential = certificate()
    assert client.get(path(row, "jwt")).status_code == 302
    for role in Role:
        other = factories.user(role)
        client.sign_in(other)
        for kind in ("jwt", "json"):
            assert client.get(path(row, kind)).status_code == 404


@pytest.mark.parametrize("became", ["", "suspended", "withdrawn"])
def test_verifiers_written_by_others_read_what_we_publish(
    app: Flask, client: PageClient, became: str
) -> None:
    row, _credential = certificate()
    token, document = fetched(client, row)
    if became:
        awards.change(row, became, factories.user(Role.CERTIFIER))
    ring = did.read(client.get("/.well-known/did.json").get_json())
    lists = published(client, document)
    answer = ask_others(ring, vc=document, jwt=token, lists=lists, now=None)
    wanted = {"": [], "suspended": ["suspension"], "withdrawn": ["revocation"]}[became]
    assert answer["vc"] == {"verified": not became, "set": wanted}
    assert answer["jwt"]["verified"]  # a token alone cannot know
