"""An institution's entry: kept by its own manager, nobody else's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.directory import InstitutionPage, InstitutionPrice
from app.models.people import Role
from tests import factories
from tests.app.directory import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
FORM = {
    "kind": "care_institution",
    "address": "示例路1号",
    "phone": "021-00000000",
    "published": "y",
}


def test_it_works(client: PageClient) -> None:
    home = rows.institution()
    client.sign_in(rows.manager(home))
    assert client.get("/institutions").location.endswith(f"/institutions/{home.id}")
    client.page(f"/institutions/{home.id}")
    until = (training.today() + timedelta(days=30)).isoformat()
    insurance = {"insurer": "示例保险", "insurance_kind": "liability", "insured_until": until}
    client.send(f"/institutions/{home.id}", {**FORM, **insurance})
    row = db.session.scalars(select(InstitutionPage)).one()
    assert (row.published, row.insurance_kind) == (True, "liability")
    price = {"service": "门诊陪诊", "yuan": "98.5", "unit": "visit"}
    client.send(f"/institutions/{home.id}/prices", price)
    kept = db.session.scalars(select(InstitutionPrice)).one()
    assert kept.fen == 9850
    assert "98.50 元" in client.page(f"/directory/{row.id}")
    client.send(f"/institutions/{home.id}/prices/{kept.id}/remove")
    assert db.session.scalar(select(InstitutionPrice)) is None


def test_insurance_by_halves_is_refused(client: PageClient) -> None:
    home = rows.institution()
    client.sign_in(rows.manager(home))
    answer = client.send(f"/institutions/{home.id}", {**FORM, "insurer": "示例保险"})
    assert answer.status_code == 400
    assert "保险要写全" in answer.get_data(as_text=True)
    assert db.session.scalar(select(InstitutionPage)) is None


def test_a_price_without_a_number_is_refused(client: PageClient) -> None:
    home = rows.institution()
    rows.page(home)
    client.sign_in(rows.manager(home))
    client.send(
        f"/institutions/{home.id}/prices", {"service": "x", "yuan": "免费", "unit": "visit"}
    )
    assert db.session.scalar(select(InstitutionPrice)) is None


def test_who_may(client: PageClient) -> None:
    home, other = rows.institution(), rows.institution("另一家护理院")
    rows.page(other)
    path = f"/institutions/{other.id}"
    client.sign_in(rows.manager(home))
    assert client.get(path).status_code == 404
    assert client.send(path, FORM).status_code == 404
    assert client.send(f"{path}/prices", {"service": "x"}).status_code == 404
    for role in Role:
        client.sign_in(factories.user(role))
        expected = 200 if role is Role.INSTITUTION_MANAGER else 403
        assert client.get("/institutions").status_code == expected, role
        assert client.get(path).status_code == expected, role
