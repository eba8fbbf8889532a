"""What is kept of an enrolled person: details, employer with its days, unverified certificates."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.classes import OtherCertificate
from app.models.people import Affiliation, Role, ScopeKind
from app.training import ties
from tests import factories
from tests.app.training import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_it_works(client: PageClient) -> None:
    """Subdistrict and insurance are kept; the employer counts for impartiality from its first day."""
    found = rows.training_class()
    enrolment = rows.enrol(found)
    home = factories.organisation("institution")
    boss = factories.user(Role.INSTITUTION_MANAGER, scope=(ScopeKind.ORGANISATION, home.id))
    client.sign_in(factories.user(Role.TRAINING_MANAGER))
    address = f"/classes/{found.id}/people/{enrolment.id}"
    client.page(address)
    data = {"category": "platform", "subdistrict": "示例街道", "insurance_note": "机构投保"}
    assert client.send(address, data).status_code == 302
    db.session.refresh(enrolment)
    assert (enrolment.subdistrict, enrolment.category) == ("示例街道", "platform")
    assert not ties.employs(boss, enrolment.user, rows.today())
    day = (rows.today() - timedelta(days=3)).isoformat()
    for _twice in range(2):
        client.send(f"{address}/employer", {"employer": home.id, "starts_on": day})
    row = db.session.scalars(select(Affiliation)).one()
    assert ties.employs(boss, enrolment.user, rows.today())
    client.send(f"{address}/employer/{row.id}/end")
    db.session.refresh(row)
    assert row.ends_on == rows.today()
    assert "以前的记录保留" in client.page(address)
    later = (rows.today() + timedelta(days=3)).isoformat()
    client.send(f"{address}/employer", {"employer": home.id, "starts_on": later})
    assert "在将来" in client.page(address)
    assert client.send(f"{address}/employer", {"employer": ""}).status_code == 302


def test_other_certificates(client: PageClient) -> None:
    """Stated by oneself, called unverified, taken back by oneself only."""
    enrolment = rows.enrol(rows.training_class())
    client.sign_in(enrolment.user)
    client.page("/my-class/certificates")
    data = {"title": "养老护理员四级", "issuer": "示例人社局", "number": "A1"}
    assert client.send("/my-class/certificates", data).status_code == 302
    assert client.send("/my-class/certificates", data).status_code == 400
    assert "未核实" in client.page("/my-class/certificates")
    manager = PageClient(client.application).sign_in(factories.user(Role.TRAINING_MANAGER))
    assert "未核实" in manager.page(f"/classes/{enrolment.class_id}/people/{enrolment.id}")
    row = db.session.scalars(select(OtherCertificate)).one()
    assert manager.send(f"/my-class/certificates/{row.id}/forget").status_code == 404
    client.send(f"/my-class/certificates/{row.id}/forget")
    assert not db.session.scalars(select(OtherCertificate)).all()
