"""The identity number of a person: sealed, matched, masked, revealed with a reason."""

from __future__ import annotations

import dataclasses

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock, secrecy
from app.accounts import consents, identity
from app.config import Settings
from app.extensions import db
from app.models.journal import AuditLine
from app.models.people import Identity, Role, ScopeKind, User
from tests import factories
from tests.app.accounts.people import actions, browser, fresh, person
from tests.client import PageClient

pytestmark = pytest.mark.rows
PASSPORT, OTHER = "E99887766", "E99887755"


def _consenting(*roles: Role) -> User:
    user = person(*roles)
    consents.give(user, "identity_number", actor=user, now=clock.now())
    db.session.commit()
    return user


def _record(client: PageClient, number: str, kind: str = "passport") -> str:
    answer = client.send("/account/identity", {"kind": kind, "number": number})
    return "" if answer.status_code == 302 else answer.get_data(as_text=True)


def _row() -> Identity:
    db.session.expire_all()
    return db.session.scalars(select(Identity)).one()


def test_it_works(client: PageClient) -> None:
    """Stored sealed, bound to its row, shown masked; nothing of it in the trail."""
    user = _consenting(Role.TRAINEE)
    client.sign_in(user).page("/account/identity")
    assert _record(client, "e 9988 7766") == ""
    row = _row()
    assert row.shown == "E******66"
    assert PASSPORT not in row.number_sealed + row.match_hash
    place = {"table": "identity", "column": "number_sealed"}
    assert secrecy.unseal(row.number_sealed, row=row.id, **place) == PASSPORT
    with pytest.raises(secrecy.SecretDamagedError):
        secrecy.unseal(row.number_sealed, row="another", **place)
    html = client.page("/account")
    assert "E******66" in html
    assert PASSPORT not in html
    lines = db.session.scalars(select(AuditLine)).all()
    assert "identity.recorded" in [line.action for line in lines]
    assert PASSPORT not in " ".join(str(line.details) for line in lines)


def test_needs_its_own_consent(client: PageClient) -> None:
    """Without the separate consent nothing is kept."""
    client.sign_in(person(Role.TRAINEE))
    assert "先单独同意" in client.page("/account/identity")
    client.send("/account/identity", {"kind": "passport", "number": PASSPORT})
    assert db.session.scalar(select(Identity)) is None


def test_says_what_is_wrong(client: PageClient) -> None:
    """A short number is named as such."""
    client.sign_in(_consenting())
    assert "少了 1 位" in _record(client, "99011019640229012", "resident_id")
    assert "请填写证件号码" in _record(client, "")


def test_the_same_person_twice(client: PageClient, app: Flask) -> None:
    """The second account is refused, without being told whose the first is."""
    first = _consenting()
    client.sign_in(first)
    _record(client, PASSPORT)
    html = _record(browser(app).sign_in(_consenting()), PASSPORT)
    assert "另一个账户" in html
    assert first.name not in html


def test_is_corrected_until_a_decision_rests_on_it(
    client: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistake is mended by the person; after a proposal only by the registry."""
    client.sign_in(_consenting())
    _record(client, PASSPORT)
    assert _record(client, OTHER) == ""
    assert "identity.corrected" in actions()
    monkeypatch.setattr(identity, "is_in_use", lambda _user: True)
    assert "已经用于发证" in _record(client, PASSPORT)


def test_withdrawing_the_consent_deletes_the_number(client: PageClient) -> None:
    """Nothing of it stays when no decision rests on it."""
    user = _consenting()
    client.sign_in(user)
    _record(client, PASSPORT)
    client.send("/account/consents/identity_number/withdraw")
    assert db.session.scalar(select(Identity)) is None
    assert "identity.erased" in actions()
    assert fresh(user).identity is None


def _known(district: str) -> User:
    user = _consenting(Role.TRAINEE)
    identity.record(user, "passport", PASSPORT, actor=user, now=clock.now())
    db.session.commit()
    factories.employ(user, factories.organisation(district_code=factories.district(district).code))
    return user


def test_reveals_for_a_reason(client: PageClient) -> None:
    """The registrar writes why; the line says who, whose and why, never what."""
    user = _known("310110")
    registrar = person(Role.REGISTRAR)
    client.sign_in(registrar)
    path = f"/people/{user.id}/identity"
    assert PASSPORT not in client.page(path)
    assert "原因" in client.send(path, {"reason": ""}).get_data(as_text=True)
    assert "至少 4 个字" in client.send(path, {"reason": "看"}).get_data(as_text=True)
    shown = client.send(path, {"reason": "核对发证材料"}).get_data(as_text=True)
    assert PASSPORT in shown
    line = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "identity.revealed")
    ).one()
    assert line.actor_id == registrar.id
    assert line.object_id == _row().id
    assert line.details == {"reason": "核对发证材料"}


def test_who_may(app: Flask) -> None:
    """Registrars only, in their scope; outside it looks like a missing page."""
    user = _known("310110")
    path = f"/people/{user.id}/identity"
    for role in set(Role) - {Role.REGISTRAR}:
        assert browser(app).sign_in(person(role)).get(path).status_code == 403, role
    inside = person(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, "310110"))
    outside = person(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, "310101"))
    browser(app).sign_in(inside).page(path)
    assert browser(app).sign_in(outside).get(path).status_code == 404
    assert browser(app).sign_in(inside).get("/people/aaaaaaaaaaaaaaaa/identity").status_code == 404


def test_rehash_after_a_change_of_keys(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the old key at hand everything is sealed and hashed anew; then the old key may go."""
    user = _known("310110")
    before = _row().match_hash
    settings: Settings = app.config["PEIZHEN"]
    changed = dataclasses.replace(
        settings,
        identity_key="another-identity-key",
        match_key="another-match-key",
        old_identity_keys=(settings.identity_key,),
    )
    monkeypatch.setitem(app.config, "PEIZHEN", changed)
    result = app.test_cli_runner().invoke(args=["identity", "rehash"])
    assert result.exit_code == 0, result.output
    assert "证件号 1 个" in result.output
    assert _row().match_hash != before
    without = dataclasses.replace(changed, old_identity_keys=())
    monkeypatch.setitem(app.config, "PEIZHEN", without)
    registrar = person(Role.REGISTRAR)
    with app.test_request_context():
        shown = identity.reveal(fresh(user), reason="核对材料", actor=registrar, now=clock.now())
    assert shown == PASSPORT


def test_rehash_without_the_old_key_changes_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One clear sentence, and the rows as they were."""
    _known("310110")
    before = _row().number_sealed
    changed = dataclasses.replace(app.config["PEIZHEN"], identity_key="another-identity-key")
    monkeypatch.setitem(app.config, "PEIZHEN", changed)
    result = app.test_cli_runner().invoke(args=["identity", "rehash"])
    assert result.exit_code != 0
    assert "OLD_IDENTITY_KEYS" in result.output
    assert _row().number_sealed == before


def test_help_is_for_strangers(app: Flask) -> None:
    """The command says what it does and when."""
    result = app.test_cli_runner().invoke(args=["identity", "rehash", "--help"])
    assert "after a key was changed" in result.output
