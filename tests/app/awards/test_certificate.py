"""A certificate's own page, its file, its holder's view."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from app import blobs
from app.extensions import db
from app.models.awards import Certificate
from app.models.journal import AuditLine
from app.models.people import Role, ScopeKind
from tests import factories
from tests.app.awards import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def test_the_page(client: PageClient, held: Certificate) -> None:
    """What is printed, the file's hash, and the way to its standing."""
    client.sign_in(factories.user(Role.CERTIFIER))
    page = client.page(f"/awards/certificates/{held.id}")
    assert held.printed["class_name"] in page
    assert held.pdf_sha256 in page
    assert f"/awards/register/certificates/{held.id}" in page


def test_own(client: PageClient, held: Certificate) -> None:
    """The holder sees how it stands, the code, the address and the file."""
    client.sign_in(held.user)
    page = client.page("/my/certificates")
    assert "有效" in page
    assert 'src="data:image/png;base64,' in page
    assert held.printed["check_address"] in page
    assert f"/certificates/{held.id}/file" in page
    rows.change(held, "withdrawn", factories.user(Role.CERTIFIER))
    page = client.page("/my/certificates")
    assert "已撤销" in page
    assert "核实后收回" in page
    assert "data:image/png" not in page


def test_none_yet(client: PageClient) -> None:
    """Nobody's page is empty without a word; a waiting proposal is told of."""
    client.sign_in(factories.user(Role.TRAINEE))
    assert "还没有证书" in client.page("/my/certificates")
    waiting = rows.proposal()
    own = PageClient(client.application).sign_in(waiting.user)
    assert "正在等待发证决定" in own.page("/my/certificates")


def test_file(client: PageClient, held: Certificate) -> None:
    """The stored bytes are given out; that staff read them is noted, that the holder did is not."""
    path = f"/certificates/{held.id}/file"
    answer = client.sign_in(held.user).get(path)
    assert hashlib.sha256(answer.data).hexdigest() == held.pdf_sha256
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{held.number}.pdf"'
    reads = select(AuditLine.actor_id).where(AuditLine.action == "certificate.read")
    assert db.session.scalars(reads).all() == []
    auditor = factories.user(Role.AUDITOR)
    PageClient(client.application).sign_in(auditor).get(path)
    assert db.session.scalars(reads).all() == [auditor.id]


def test_damaged_file(client: PageClient, held: Certificate) -> None:
    """Bytes that are not those issued are not given out."""
    blobs._path(held.pdf_blob_id).write_bytes(b"%PDF-1.7 another")
    answer = client.sign_in(held.user).get(f"/certificates/{held.id}/file")
    assert answer.status_code == 500
    assert "和签发时存下的不一样" in answer.text


def test_who_may(client: PageClient, held: Certificate) -> None:
    """The file: holder and award readers in scope. The page: readers."""
    page, file = f"/awards/certificates/{held.id}", f"/certificates/{held.id}/file"
    readers = {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(file).status_code == (200 if role in readers else 404), role
        assert browser.get(page).status_code == (200 if role in readers else 403), role
    factories.district("310101")
    elsewhere = factories.user(Role.CERTIFIER, scope=(ScopeKind.DISTRICT, "310101"))
    outside = PageClient(client.application).sign_in(elsewhere)
    for path in (page, file, "/awards/certificates/x", "/certificates/x/file"):
        assert outside.get(path).status_code == 404, path
    assert PageClient(client.application).get(file).status_code == 302
    own = PageClient(client.application).sign_in(held.user)
    assert own.get(file).status_code == 200
    assert own.get(page).status_code == 403
