"""Keys and the endpoint: issued once, hashed, scoped, throttled, withdrawn at once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import clock, rulebook
from app.extensions import db
from app.hospitals import keys
from app.models.hospitals import HospitalKey
from app.models.people import Role, ScopeKind
from tests import factories
from tests.app.awards import rows as awards
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
ENDPOINT = "/api/v1/certificates/status"


def _key(*scopes: str) -> str:
    row, key = keys.issue(
        "示例医院",
        "导医台",
        scopes or ("status",),
        training.today() + timedelta(days=30),
        actor=factories.user(Role.REGISTRAR),
        now=clock.now(),
    )
    factories.save(row)
    return key


def _ask(client: PageClient, key: str, numbers: Any) -> TestResponse:
    return client.post(
        ENDPOINT, json={"numbers": numbers}, headers={"Authorization": f"Bearer {key}"}
    )


def test_it_works(client: PageClient) -> None:
    registrar = factories.user(Role.REGISTRAR)
    client.sign_in(registrar)
    client.page("/hospital-keys/new")
    until = (training.today() + timedelta(days=90)).isoformat()
    html = client.send(
        "/hospital-keys/new",
        {
            "holder": "示例医院",
            "purpose": "导医台",
            "scopes": ["status", "dates"],
            "valid_until": until,
        },
    ).get_data(as_text=True)
    key = re.search(r"pzk_[\w-]+", html)
    assert key is not None
    row = db.session.scalars(select(HospitalKey)).one()
    assert key.group() not in row.key_hash
    assert row.shown == key.group()[: keys.SHOWN]
    assert key.group() not in client.page("/hospital-keys")
    certificate = awards.certificate()
    answer = _ask(
        PageClient(client.application),
        key.group(),
        [certificate.number, {"number": certificate.number, "name": "王"}, "PZ1"],
    )
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    first, second, third = answer.get_json()["results"]
    assert first == {
        "number": certificate.number,
        "status": "valid",
        "may_serve": True,
        "issued_before_this_register": False,
        "valid_until": certificate.printed["valid_until"],
    }
    assert second["name_fits"] is False
    assert (third["status"], third["may_serve"]) == ("not_found", False)
    db.session.expire_all()
    assert row.last_used_at is not None


def test_without_the_scope_no_dates(client: PageClient) -> None:
    answer = _ask(client, _key(), [awards.certificate().number])
    assert "valid_until" not in answer.get_json()["results"][0]


@pytest.mark.parametrize("key", ["", "pzk_wrong", "nonsense"])
def test_an_unknown_key_is_refused(client: PageClient, key: str) -> None:
    answer = _ask(client, key, ["PZ1"])
    assert (answer.status_code, "error" in answer.get_json()) == (401, True)


def test_a_withdrawn_or_ended_key_is_refused_at_once(client: PageClient) -> None:
    key = _key()
    row = db.session.scalars(select(HospitalKey)).one()
    assert _ask(client, key, ["PZ1"]).status_code == 200
    client.sign_in(factories.user(Role.REGISTRAR))
    client.page(f"/hospital-keys/{row.id}/withdraw")
    client.send(f"/hospital-keys/{row.id}/withdraw", {"reason": "系统停用"})
    assert _ask(client, key, ["PZ1"]).status_code == 401
    assert "系统停用" in client.page("/hospital-keys")
    other = _key()
    ended = db.session.scalars(select(HospitalKey).where(HospitalKey.withdrawn_at.is_(None))).one()
    ended.valid_until = training.today() - timedelta(days=1)
    db.session.commit()
    assert _ask(client, other, ["PZ1"]).status_code == 401


@pytest.mark.parametrize("numbers", [[], ["x"] * 501, "PZ1", [1], [{"name": "林"}], None])
def test_what_is_not_documented_is_refused(client: PageClient, numbers: Any) -> None:
    answer = _ask(client, _key(), numbers)
    assert answer.status_code == 400
    assert "numbers" in answer.get_json()["error"]


@pytest.mark.usefixtures("mid_window")
def test_each_key_has_its_own_limit(client: PageClient) -> None:
    for name, most in (("requests_a_minute", 2), ("numbers_a_day", 3)):
        rulebook.set_value(
            f"hospital.{name}",
            most,
            from_date=training.today() - timedelta(days=1),
            source="测试",
            official=False,
            actor=None,
            now=clock.now(),
        )
    db.session.commit()
    key, other = _key(), _key()
    assert _ask(client, key, ["PZ1"] * 3).status_code == 200
    refused = _ask(client, key, ["PZ1"])
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert [_ask(client, other, ["PZ1"]).status_code for _ in range(3)] == [200, 200, 429]


def test_who_may(client: PageClient) -> None:
    for role in Role:
        client.sign_in(factories.user(role))
        expected = 200 if role is Role.REGISTRAR else 403
        assert client.get("/hospital-keys").status_code == expected, role
        assert client.get("/hospital-keys/new").status_code == expected, role
    district = factories.district().code
    client.sign_in(factories.user(Role.REGISTRAR, scope=(ScopeKind.DISTRICT, district)))
    assert client.get("/hospital-keys").status_code == 404


def test_asked_for_twice_one_key_stands(client: PageClient) -> None:
    """The key shown last is the one that is taken; one that was used stays beside it."""
    client.sign_in(factories.user(Role.REGISTRAR))
    until = (training.today() + timedelta(days=90)).isoformat()
    form = {"holder": "示例医院", "purpose": "导医台", "scopes": ["status"], "valid_until": until}

    def issued() -> str:
        page = client.send("/hospital-keys/new", form).get_data(as_text=True)
        return re.findall(r"pzk_[\w-]{30,}", page)[0]

    first, second = issued(), issued()
    assert len(db.session.scalars(select(HospitalKey)).all()) == 1
    assert _ask(client, first, ["PZ1"]).status_code == 401
    assert _ask(client, second, ["PZ1"]).status_code == 200
    issued()
    assert _ask(client, second, ["PZ1"]).status_code == 200
    assert len(db.session.scalars(select(HospitalKey)).all()) == 2
