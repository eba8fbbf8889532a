"""The holder's own page: shown to whom they give the address, read anew, ended by them alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.directory import EmployerLink
from tests import factories
from tests.app.awards import rows as awards
from tests.app.renewal import rows as renewal
from tests.client import PageClient

pytestmark = pytest.mark.rows


def _link() -> EmployerLink:
    return db.session.scalars(select(EmployerLink)).one()


def test_it_works(client: PageClient) -> None:
    row = renewal.certificate()
    renewal.learn(row.user, "law", 3, 5)
    client.sign_in(row.user)
    assert "/my/page" in client.page("/my/certificates")
    client.send("/my/page", {"learning": "y"})
    token = _link().token
    assert token in client.page("/my/page")
    stranger = PageClient(client.application)
    html = stranger.page(f"/p/{token}")
    assert row.printed["name"] in html
    assert "3 / 4 课时" in html
    assert row.printed["check_address"] in html
    assert "Set-Cookie" not in stranger.get(f"/p/{token}").headers
    awards.change(row, "suspended", factories.user())
    assert "已暂停" in stranger.page(f"/p/{token}")


def test_revoked_or_ended_it_is_gone(client: PageClient) -> None:
    row = renewal.certificate()
    client.sign_in(row.user)
    client.send("/my/page")
    link = _link()
    client.send(f"/my/page/{link.id}/revoke")
    assert client.get(f"/p/{link.token}").status_code == 404
    db.session.expire_all()
    link.revoked_at = None
    link.expires_at = link.made_at - timedelta(days=1)
    db.session.commit()
    assert client.get(f"/p/{link.token}").status_code == 404
    assert client.get("/p/nonsense").status_code == 404


def test_without_a_certificate_there_is_nothing_to_show(client: PageClient) -> None:
    client.sign_in(factories.user())
    client.send("/my/page")
    assert db.session.scalar(select(EmployerLink)) is None


def test_who_may(client: PageClient) -> None:
    row = renewal.certificate()
    client.sign_in(row.user)
    client.send("/my/page")
    link = _link()
    client.sign_in(factories.user())
    assert client.send(f"/my/page/{link.id}/revoke").status_code == 404
    db.session.expire_all()
    assert _link().revoked_at is None


def test_asked_for_twice_it_is_one_link(client: PageClient) -> None:
    """A link that shows more is another one."""
    client.sign_in(renewal.certificate().user)
    client.send("/my/page")
    client.send("/my/page")
    first = _link().token
    client.send("/my/page", {"learning": "y"})
    tokens = db.session.scalars(select(EmployerLink.token)).all()
    assert len(tokens) == 2
    assert first in tokens
