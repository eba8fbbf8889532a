"""A certificate's own page, its file, its holder's view, and its ending."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import blobs, clock
from app.extensions import db
from app.models.awards import Certificate, StatusChange
from app.models.journal import AuditLine, OutboxMessage
from app.models.people import Role, ScopeKind, UserSession
from tests import factories
from tests.app.awards import rows
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
ENDING = {"status": "withdrawn", "reason": "材料是假的"}


@pytest.fixture
def held(client: PageClient) -> Certificate:
    """A certificate."""
    return rows.certificate()


def _statuses() -> list[str]:
    db.session.expire_all()
    return list(db.session.scalars(select(StatusChange.status).order_by(StatusChange.number)))


def test_it_works(client: PageClient, held: Certificate) -> None:
    """Withdrawn with a reason: a line, a message, an audit line; the next scan shows it."""
    certifier = factories.user(Role.CERTIFIER)
    client.sign_in(certifier)
    path = f"/awards/certificates/{held.id}"
    assert "撤销或注销" in client.page(path)
    client.page(f"{path}/withdraw")
    for _click in range(2):
        client.send(f"{path}/withdraw", ENDING)
    assert _statuses() == ["valid", "withdrawn"]
    page = client.page(path)
    assert "材料是假的" in page
    assert certifier.name in page
    assert "已撤销</h1>" in PageClient(client.application).page(f"/c/{held.token}")
    (message,) = db.session.scalars(select(OutboxMessage))
    assert message.user_id == held.user_id
    assert "材料是假的。" in message.text
    line = db.session.scalars(
        select(AuditLine).where(AuditLine.action == "certificate.status")
    ).one()
    assert line.details == {"status": "withdrawn"}


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"status": "withdrawn", "reason": " "}, "请写明理由"),
        ({"reason": "x"}, "请选撤销或注销"),
        ({"status": "valid", "reason": "x"}, ""),
    ],
)
def test_incomplete(
    client: PageClient, held: Certificate, form: dict[str, str], sentence: str
) -> None:
    """Nothing changes without a kind and a reason."""
    client.sign_in(factories.user(Role.CERTIFIER))
    answer = client.send(f"/awards/certificates/{held.id}/withdraw", form)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert _statuses() == ["valid"]


def test_a_teacher_does_not_withdraw(client: PageClient, held: Certificate) -> None:
    """Impartiality holds for taking back, too."""
    teacher = factories.user(Role.CERTIFIER)
    training.teach(rows.class_of(held.decision), teacher)
    client.sign_in(teacher)
    assert "教过这位学员" in client.page(f"/awards/certificates/{held.id}/withdraw")
    client.send(f"/awards/certificates/{held.id}/withdraw", ENDING)
    assert _statuses() == ["valid"]


def test_asks_for_the_password_again(client: PageClient, held: Certificate) -> None:
    """An old sign-in withdraws nothing."""
    client.sign_in(factories.user(Role.CERTIFIER))
    db.session.query(UserSession).update({"confirmed_at": clock.now() - timedelta(hours=2)})
    db.session.commit()
    assert client.get(f"/awards/certificates/{held.id}/withdraw").status_code == 302
    assert client.send(f"/awards/certificates/{held.id}/withdraw", ENDING).status_code == 403
    assert _statuses() == ["valid"]


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
    """The file: holder and award readers in scope. The page: readers. The ending: certifiers."""
    page, file = f"/awards/certificates/{held.id}", f"/certificates/{held.id}/file"
    readers = {Role.CERTIFIER, Role.REGISTRAR, Role.AUDITOR}
    for role in Role:
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(file).status_code == (200 if role in readers else 404), role
        assert browser.get(page).status_code == (200 if role in readers else 403), role
        if role is not Role.CERTIFIER:
            assert browser.send(f"{page}/withdraw", ENDING).status_code == 403, role
    factories.district("310101")
    elsewhere = factories.user(Role.CERTIFIER, scope=(ScopeKind.DISTRICT, "310101"))
    outside = PageClient(client.application).sign_in(elsewhere)
    for path in (page, file, f"{page}/withdraw", "/awards/certificates/x", "/certificates/x/file"):
        assert outside.get(path).status_code == 404, path
    assert outside.send(f"{page}/withdraw", ENDING).status_code == 404
    assert PageClient(client.application).get(file).status_code == 302
    own = PageClient(client.application).sign_in(held.user)
    assert own.get(file).status_code == 200
    assert own.get(page).status_code == 403
    assert _statuses() == ["valid"]
