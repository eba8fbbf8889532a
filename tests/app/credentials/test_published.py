"""What anyone may read: keys, lists, issuer, achievement; and how soon a list says what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.credentials import keeping
from app.extensions import db
from app.models.awards import Certificate
from app.models.credentials import Credential, StatusList
from app.models.people import Role
from app.models.scheme import Scheme
from certificates.credential import did, jwt, proofs, status
from certificates.credential.keys import write
from tests import factories
from tests.app.awards import rows as awards
from tests.app.credentials.rows import certificate, published
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_it_works(app: Flask, client: PageClient) -> None:
    """What is published is enough to check a credential without asking anybody."""
    _row, credential = certificate()
    answer = client.get("/.well-known/did.json")
    ring = did.read(answer.get_json())
    assert ring.issuer == "did:web:localhost"
    said = jwt.read(credential.token)[1]
    assert jwt.verifies(credential.token, ring)
    for one in published(client, said).values():
        assert proofs.verifies(one, ring)
        assert not status.is_set(one["credentialSubject"]["encodedList"], credential.place)


@pytest.mark.parametrize(
    ("became", "purposes"),
    [
        ("suspended", {"suspension"}),
        ("withdrawn", {"revocation"}),
        ("cancelled", {"revocation"}),
        ("replaced", {"revocation"}),
    ],
)
def test_the_next_request_says_what_happened(
    app: Flask, client: PageClient, became: str, purposes: set[str]
) -> None:
    row, credential = certificate()
    certificate(serial=43)
    said = jwt.read(credential.token)[1]
    before = published(client, said)
    awards.change(row, became, factories.user(Role.CERTIFIER))
    found = {
        one["credentialSubject"]["statusPurpose"]
        for one in published(client, said).values()
        if status.is_set(one["credentialSubject"]["encodedList"], credential.place)
    }
    assert found == purposes
    for address, one in published(client, said).items():
        purpose = one["credentialSubject"]["statusPurpose"]
        assert (one != before[address]) == (purpose in purposes)


def test_a_suspension_that_was_lifted_is_off_the_list(app: Flask, client: PageClient) -> None:
    row, credential = certificate()
    certifier = factories.user(Role.CERTIFIER)
    awards.change(row, "suspended", certifier)
    awards.change(row, "valid", certifier, number=3)
    for one in published(client, jwt.read(credential.token)[1]).values():
        assert not status.is_set(one["credentialSubject"]["encodedList"], credential.place)


def test_caches_keep_a_list_for_less_than_a_minute(app: Flask, client: PageClient) -> None:
    certificate()
    answer = client.get("/credentials/status/1/revocation")
    assert answer.headers["Cache-Control"] == "public, max-age=30"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Vary"] == "Accept"
    assert "Set-Cookie" not in answer.headers
    again = client.get(
        "/credentials/status/1/revocation", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_list_is_given_as_jwt_to_who_asks(app: Flask, client: PageClient) -> None:
    _row, credential = certificate()
    answer = client.get(
        "/credentials/status/1/suspension", headers={"Accept": "application/vc+jwt"}
    )
    assert answer.mimetype == "application/vc+jwt"
    ring = did.read(client.get("/.well-known/did.json").get_json())
    assert jwt.verifies(answer.text, ring)
    subject = jwt.read(answer.text)[1]["credentialSubject"]
    assert not status.is_set(subject["encodedList"], credential.place)


@pytest.mark.parametrize(
    "path", ["2/revocation", "1/refresh", "0/suspension", "99999999999999999999/revocation"]
)
def test_other_lists_are_not_there(app: Flask, client: PageClient, path: str) -> None:
    certificate()
    assert client.get(f"/credentials/status/{path}").status_code == 404


def _places(issued: list[Certificate]) -> list[int]:
    """Make the credentials of certificates; return their places in the list."""
    keeping.make_many(issued, now=clock.now())
    return [db.session.get_one(Credential, one.id).place for one in issued]


def test_places_do_not_follow_the_order_of_issue(app: Flask) -> None:
    made = [awards.certificate(serial=number + 1) for number in range(8)]
    places = _places(made)
    db.session.commit()
    assert len(set(places)) == 8
    assert places not in (sorted(places), sorted(places, reverse=True))
    assert db.session.get_one(StatusList, 1).taken == 8


def test_a_place_that_is_taken_is_not_given_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _row, first = certificate()
    drawn = iter([first.place, 5, 5, 6])
    monkeypatch.setattr(status, "random_place", lambda: next(drawn))
    more = [awards.certificate(serial=number) for number in (43, 44)]
    assert _places(more) == [5, 6]


def test_a_list_that_is_half_full_is_followed_by_the_next(app: Flask) -> None:
    certificate()
    db.session.get_one(StatusList, 1).taken = keeping.MOST
    db.session.commit()
    _row, second = certificate(serial=43)
    assert second.list_number == 2
    assert db.session.get_one(StatusList, 2).taken == 1
    _row, third = certificate(serial=44)
    assert third.list_number == 2


def test_a_new_key_signs_and_the_old_one_still_vouches(app: Flask, client: PageClient) -> None:
    _row, credential = certificate()
    folder = app.config["PEIZHEN"].signing_key_file.parent / "credential-keys"
    made = write(folder, clock.shanghai_date(clock.now()))
    try:
        ring = did.read(client.get("/.well-known/did.json").get_json())
        assert len(ring.keys) >= 2
        assert jwt.verifies(credential.token, ring)
        _row, later = certificate(serial=43)
        assert later.key_name == made.stem
        assert jwt.verifies(later.token, ring)
    finally:
        made.unlink()


def test_a_former_address_keeps_its_name(app: Flask, client: PageClient) -> None:
    settings = app.config["PEIZHEN"]
    app.config["PEIZHEN"] = replace(settings, own_domains=("localhost", "old.example.cn"))
    try:
        found = client.get("/.well-known/did.json", base_url="http://old.example.cn").get_json()
        assert found["id"] == "did:web:old.example.cn"
        other = client.get("/.well-known/did.json", base_url="http://stranger.cn").get_json()
        assert other["id"] == "did:web:localhost"
    finally:
        app.config["PEIZHEN"] = settings


@pytest.mark.parametrize("what", ["issuer", "achievement"])
def test_people_get_a_page_and_programs_the_facts(
    app: Flask, client: PageClient, what: str
) -> None:
    _row, credential = certificate()
    said = jwt.read(credential.token)[1]
    wanted: dict[str, Any] = said["issuer"]
    path = "/credentials/issuer"
    if what == "achievement":
        wanted = said["credentialSubject"]["achievement"]
        path = wanted["id"].removeprefix("http://localhost")
    facts = client.get(path)
    assert {**facts.get_json(), "@context": None} == {**wanted, "@context": None}
    page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    assert page.mimetype == "text/html"
    assert "Set-Cookie" not in page.headers
    assert ("did:web:localhost" if what == "issuer" else "不是国家职业资格证书") in page.text
    english = client.get(f"{path}?lang=en", headers={"Accept": "text/html"})
    assert 'lang="en"' in english.text


def test_what_a_scheme_nobody_has_attests_is_not_there(app: Flask, client: PageClient) -> None:
    assert client.get("/credentials/achievements/zzzzzzzzzzzzzzzz").status_code == 404
    assert db.session.query(Scheme).count() == 0


def test_signatures_are_kept_while_nothing_changes(
    app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate()
    first = client.get("/credentials/status/1/revocation").get_json()
    assert client.get("/credentials/status/1/revocation").get_json() == first
    later = clock.now() + timedelta(hours=2)
    monkeypatch.setattr(clock, "now", lambda: later)
    second = client.get("/credentials/status/1/revocation").get_json()
    assert second["validUntil"] > first["validUntil"]
    assert Credential.__retention__ == "register"


def test_without_a_key_a_list_is_not_answered(
    app: Flask, client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate()
    monkeypatch.setattr("app.credentials.keys._keys", lambda _settings: ())
    answer = client.get("/credentials/status/1/revocation")
    assert answer.status_code == 503
    assert "new_key" in answer.text
