"""The register of places and supervisors."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models.people import Role, ScopeKind
from app.models.practicum import PracticumPlace, PracticumSupervisor
from app.practicum import places
from tests import factories
from tests.app.practicum import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_it_works(app: Flask, client: PageClient) -> None:
    """A place, its supervisor with consent, the code shown once."""
    body = factories.organisation()
    client.sign_in(rows.manager())
    form = {
        "organisation": body.id,
        "name": "江畔示例医院",
        "kind": "hospital",
        "district": factories.DISTRICT,
        "agreed_from": f"{training.today()}",
        "agreed_until": "",
    }
    answer = client.send("/practicum/places/new", form)
    assert answer.status_code == 302
    assert client.send("/practicum/places/new", form).status_code == 400  # stands there already
    person = {"name": "沈带教", "phone": "138 0000 0001"}
    refused = client.send(f"{answer.location}/supervisors", person).get_data(as_text=True)
    assert "要本人同意" in refused
    shown = client.send(f"{answer.location}/supervisors", {**person, "consented": "y"})
    row = db.session.scalars(select(PracticumSupervisor)).one()
    code = re.search(r'id="code">(\d{6})<', shown.get_data(as_text=True))
    assert code
    assert places.code_fits(row, code[1])
    assert (places.phone_of(row), row.phone_shown) == ("13800000001", "138****0001")
    page = client.page(answer.location)
    assert code[1] not in page
    assert "13800000001" not in page


def test_district_is_chosen_or_known(client: PageClient) -> None:
    """One body's own district stands there already; with several none does, and one is asked for."""
    body = factories.organisation()
    client.sign_in(rows.manager())
    own = f'<option selected value="{body.district_code}">'
    assert own in client.page("/practicum/places/new")
    factories.organisation()
    page = client.page("/practicum/places/new")
    assert own not in page
    assert '<option selected value="">' in page or '<option value="">' in page
    form = {
        "organisation": body.id,
        "name": "江畔示例医院",
        "kind": "hospital",
        "district": "",
        "agreed_from": f"{training.today()}",
    }
    answer = client.send("/practicum/places/new", form)
    assert answer.status_code == 400
    assert "请选一个区。" in answer.get_data(as_text=True)
    assert not db.session.scalars(select(PracticumPlace)).all()


def test_a_new_code_ends_the_old(app: Flask, client: PageClient) -> None:
    """As after one was told to the wrong person."""
    row, code = rows.supervisor(rows.place(rows.trainee()))
    client.sign_in(rows.manager())
    client.send(f"/practicum/supervisors/{row.id}/code")
    db.session.expire_all()
    assert not places.code_fits(row, code)


def test_ending(app: Flask, client: PageClient) -> None:
    """A supervisor who left, and an agreement with an end."""
    where = rows.place(rows.trainee())
    row, _code = rows.supervisor(where)
    client.sign_in(rows.manager())
    client.send(f"/practicum/supervisors/{row.id}/end")
    early = where.agreed_from - timedelta(days=1)
    client.send(f"/practicum/places/{where.id}/term", {"until": f"{early}"})
    db.session.expire_all()
    assert where.agreed_until is None
    client.send(f"/practicum/places/{where.id}/term", {"until": f"{training.today()}"})
    db.session.expire_all()
    assert where.agreed_until == training.today()
    assert places.supervisors(where, training.today()) == []


def test_who_may(app: Flask, client: PageClient) -> None:
    """A training manager within reach; for one of another body the place is not there."""
    where = rows.place(rows.trainee())
    far = factories.organisation()
    client.sign_in(factories.user(Role.TRAINING_MANAGER, scope=(ScopeKind.ORGANISATION, far.id)))
    assert where.name not in client.page("/practicum/places")
    assert client.get(f"/practicum/places/{where.id}").status_code == 404
    form = {
        "organisation": where.organisation_id,
        "name": "x",
        "kind": "hospital",
        "district": where.district_code,
        "agreed_from": "2026-01-01",
    }
    assert client.send("/practicum/places/new", form).status_code == 400
    assert len(db.session.scalars(select(PracticumPlace)).all()) == 1
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert client.get("/practicum/places").status_code == 403
