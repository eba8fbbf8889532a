"""A whole class issued by the worker: one that may not does not stop the others, and no fault doubles."""

from __future__ import annotations

import csv
import errno
import hashlib
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from sqlalchemy import func, select

from app import clock, jobs
from app.awards import batch_issuing, batches, entering, files, issuing
from app.awards.refusals import CannotIssue
from app.extensions import db
from app.models.awards import Certificate, CertificateSerial, Decision, StatusChange
from app.models.bulk import Batch, BatchItem, TakenNumber
from app.models.conflicts import ConflictDeclaration
from app.models.credentials import Credential
from app.models.journal import AuditLine, Job, OutboxMessage
from app.models.people import Identity, Role, User
from app.models.training import Enrolment
from bench.made_up_class import Made, proposed_class
from certificates.signing import make_key
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def made(client: PageClient) -> Made:
    """A class of eight, proposed."""
    return proposed_class(8, photos=False)


@pytest.fixture
def certifier(client: PageClient, made: Made) -> PageClient:
    """A browser of who decides."""
    return client.sign_in(db.session.get_one(User, made.certifier_id))


def _issue(certifier: PageClient, made: Made, act: str = "issue") -> str:
    answer = certifier.send(f"/awards/classes/{made.class_id}/issue", {"act": act})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:300]
    db.session.expire_all()
    found = db.session.scalars(select(Batch.id).order_by(Batch.made_at.desc())).first()
    assert found is not None
    return found


def _work() -> None:
    assert jobs.run_next(clock.now())
    db.session.rollback()


def _whole(many: int) -> None:
    """Assert that the register is whole: everything once for each certificate."""
    db.session.expire_all()
    rows = db.session.scalars(select(Certificate)).all()
    assert len(rows) == many
    assert len({row.decision_id for row in rows}) == many
    assert len({row.number for row in rows}) == many
    lines = db.session.execute(select(StatusChange.certificate_id, StatusChange.status)).all()
    assert sorted(lines) == sorted((row.id, "valid") for row in rows)
    assert db.session.scalar(select(func.count(Credential.certificate_id))) == many
    granted = select(func.count(Decision.id)).where(Decision.state == "granted")
    assert db.session.scalar(granted) == many
    for action in ("award.granted", "certificate.issued"):
        lines_of = select(func.count(AuditLine.id)).where(AuditLine.action == action)
        assert db.session.scalar(lines_of) == many
    assert db.session.scalar(select(func.count(OutboxMessage.id))) == many


def test_it_works(certifier: PageClient, made: Made) -> None:
    """Previewed, issued with progress; the list and all files can be had, each the file issued."""
    assert "预览和签发" in certifier.page(f"/awards/classes/{made.class_id}")
    assert "签发这 8 张" in certifier.page(f"/awards/classes/{made.class_id}/issue")
    batch_id = _issue(certifier, made)
    path = f"/awards/batches/{batch_id}"
    assert certifier.get(path).headers["Refresh"] == "3"
    assert "0 / 8" in certifier.page(path)
    _work()
    _whole(8)
    assert "Refresh" not in certifier.get(path).headers
    assert "下载 8 张证书" in certifier.page(path)
    rows = {row.number: row for row in db.session.scalars(select(Certificate))}
    table = certifier.get(f"{path}/result.csv").data.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(table)))
    assert [line["证书编号"] for line in lines] == sorted(rows)
    assert {line["SHA-256"] for line in lines} == {row.pdf_sha256 for row in rows.values()}
    answer = certifier.get(f"{path}/files.zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert packed.testzip() is None
        files = [name for name in packed.namelist() if name.endswith(".pdf")]
        assert len(files) == 8
        for name in files:
            number = name.split("-")[1].removesuffix(".pdf")
            assert hashlib.sha256(packed.read(name)).hexdigest() == rows[number].pdf_sha256
    assert db.session.scalars(select(CertificateSerial.last)).one() == 8


def test_a_trial_keeps_nothing(certifier: PageClient, made: Made) -> None:
    """Everything is drawn; no number is taken, nothing stored; what cannot be drawn is named."""
    user = db.session.get_one(Decision, made.decisions[3]).user
    user.name = "王\U0002fa1d"
    db.session.commit()
    batch_id = _issue(certifier, made, "try")
    _work()
    assert batches.counts(db.session.get_one(Batch, batch_id)) == {"done": 7, "failed": 1}
    assert db.session.scalar(select(func.count(Certificate.id))) == 0
    assert db.session.scalar(select(func.count(TakenNumber.number))) == 0
    assert db.session.scalars(select(CertificateSerial)).all() == []
    page = certifier.page(f"/awards/batches/{batch_id}")
    assert "字库" in page or "字" in page
    assert "可以签发" in page


def test_one_who_may_not_does_not_stop_the_others(certifier: PageClient, made: Made) -> None:
    """Of eight one lacks the identity document, one is tied to the decider: six are issued."""
    first, second = (db.session.get_one(Decision, one) for one in made.decisions[:2])
    db.session.delete(
        db.session.scalars(select(Identity).where(Identity.user_id == first.user_id)).one()
    )
    db.session.add(
        ConflictDeclaration(
            user_id=made.certifier_id,
            subject_name=second.user.name,
            reason="relative",
            since=clock.shanghai_date(clock.now()),
            declared_at=clock.now(),
        )
    )
    db.session.commit()
    page = certifier.page(f"/awards/classes/{made.class_id}/issue")
    assert "签发这 6 张" in page
    assert "登记证件信息" in page
    assert "利益关系" in page
    batch_id = _issue(certifier, made)
    _work()
    _whole(6)
    counts = batches.counts(db.session.get_one(Batch, batch_id))
    assert counts == {"done": 6, "skipped": 2}


def test_becoming_unable_meanwhile(certifier: PageClient, made: Made) -> None:
    """Who loses a condition after the click, before the worker comes, is left out and told."""
    batch_id = _issue(certifier, made)
    enrolment = db.session.get_one(
        Enrolment, db.session.get_one(Decision, made.decisions[5]).enrolment_id
    )
    enrolment.state = "left"
    db.session.commit()
    _work()
    _whole(7)
    items = db.session.scalars(select(BatchItem).where(BatchItem.state == "skipped")).all()
    assert [one.decision_id for one in items] == [made.decisions[5]]
    assert "已离开这个班" in items[0].why
    assert db.session.get_one(Batch, batch_id).state == "done"


def test_somebody_issued_singly_meanwhile(certifier: PageClient, made: Made) -> None:
    """A single issue and a batch do not make two."""
    _issue(certifier, made)
    other = factories.user(Role.CERTIFIER)
    row = db.session.get_one(Decision, made.decisions[2])
    issuing.issue(row, actor=other, now=clock.now())
    db.session.commit()
    _work()
    _whole(8)


def test_cancelled_and_gone_on(
    certifier: PageClient, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped between two fews: what is done stays; going on does the rest, no number twice."""
    monkeypatch.setattr("app.awards.batch_issuing.AT_ONCE", 3)
    batch_id = _issue(certifier, made)
    stopped: list[bool] = []

    def stop_once(*_args: Any) -> None:
        if not stopped:
            stopped.append(True)
            row = db.session.get_one(Batch, batch_id)
            batches.stop(row, actor=db.session.get_one(User, made.certifier_id), now=clock.now())

    with _before_commit_of_items(stop_once):
        _work()
    row = db.session.get_one(Batch, batch_id)
    assert row.state == "stopped"
    assert batches.counts(row) == {"done": 3, "waiting": 5}
    page = certifier.page(f"/awards/batches/{batch_id}")
    assert "接着做剩下的 5 个" in page
    certifier.send(f"/awards/batches/{batch_id}/go-on")
    _work()
    _whole(8)
    assert db.session.scalars(select(CertificateSerial.last)).one() == 8


@contextmanager
def _before_commit_of_items(act: Any) -> Iterator[None]:
    """Do something in the transactions that enter certificates."""
    real = entering.register

    def register(*drawn: Any, **values: Any) -> Any:
        act()
        return real(*drawn, **values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(entering, "register", register)
        yield


def test_the_disk_is_full(
    certifier: PageClient, made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room for the seventh file: six stand whole, the rest waits under the numbers taken."""
    monkeypatch.setattr("app.awards.batch_issuing.AT_ONCE", 4)
    batch_id = _issue(certifier, made)
    synced, real = [], os.fsync

    def full(number: int) -> None:
        synced.append(number)
        if len(synced) == 8:  # the template is one of them
            raise OSError(errno.ENOSPC, "No space left on device")
        real(number)

    monkeypatch.setattr(os, "fsync", full)
    _work()
    row = db.session.get_one(Batch, batch_id)
    assert row.state == "stopped"
    assert "磁盘" in row.trouble
    done = batches.counts(row)["done"]
    assert 5 <= done <= 7
    _whole(done)
    monkeypatch.setattr(os, "fsync", real)
    certifier.send(f"/awards/batches/{batch_id}/go-on")
    _work()
    _whole(8)
    assert db.session.scalars(select(CertificateSerial.last)).one() == 8


@pytest.mark.parametrize(
    ("wrong", "said"),
    [("missing", "打不开"), ("ended", "到期"), ("kind", "P-256")],
)
def test_a_wrong_key(
    certifier: PageClient, made: Made, tmp_path: Any, wrong: str, said: str
) -> None:
    """Without a usable key nothing is issued and no number taken, and the page says which fault."""
    path = tmp_path / "key.pem"
    if wrong == "ended":
        path.write_bytes(make_key("示例协会", datetime(2001, 1, 1, tzinfo=UTC), 2))
    elif wrong == "kind":
        path.write_bytes(_of_another_kind())
    app = certifier.application
    settings = app.config["PEIZHEN"]
    app.config["PEIZHEN"] = _with(settings, signing_key_file=path)
    try:
        batch_id = _issue(certifier, made)
        _work()
    finally:
        app.config["PEIZHEN"] = settings
    row = db.session.get_one(Batch, batch_id)
    assert row.state == "stopped"
    assert said in row.trouble
    assert db.session.scalars(select(TakenNumber)).all() == []
    assert row.trouble in certifier.page(f"/awards/batches/{batch_id}")


def _with(settings: Any, **values: Any) -> Any:
    return replace(settings, **values)


def _of_another_kind() -> bytes:
    return ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_the_clock_went_back(certifier: PageClient, made: Made) -> None:
    """With a clock before the last issue nothing is issued, and it is said why."""
    _issue(certifier, made)
    _work()
    earlier = clock.now() - timedelta(days=2)
    again = proposed_class(1, earlier, photos=False)
    row = db.session.get_one(Decision, again.decisions[0])
    actor = db.session.get_one(User, made.certifier_id)
    with pytest.raises(CannotIssue, match="时钟"):
        issuing.issue(row, actor=actor, now=earlier)
    db.session.rollback()


def test_the_same_person_under_another_spelling(certifier: PageClient, made: Made) -> None:
    """Held until somebody has compared the two accounts and says that they are two people."""
    _issue(certifier, made)
    _work()
    holder = db.session.get_one(Decision, made.decisions[0]).user
    again = proposed_class(1, photos=False)
    other = db.session.get_one(Decision, again.decisions[0]).user
    other.name = f" {holder.name[0]} {holder.name[1:]}"
    db.session.scalars(select(Identity).where(Identity.user_id == other.id)).one().kind = "passport"
    db.session.commit()
    page = certifier.page(f"/awards/classes/{again.class_id}")
    assert "同一个人" in page
    compare = f"/awards/compare/{other.id}/{holder.id}"
    assert holder.name in certifier.page(compare)
    registrar = PageClient(certifier.application).sign_in(factories.user(Role.REGISTRAR))
    registrar.send(compare, {"note": "看了两本证件原件，出生日期不同"})
    assert "同一个人" not in certifier.page(f"/awards/classes/{again.class_id}")


def test_who_may(client: PageClient, made: Made) -> None:
    """Only who decides may issue a class; who reads sees the class and no button."""
    for role, status in ((Role.TRAINEE, 403), (Role.REGISTRAR, 403), (Role.TRAINING_MANAGER, 403)):
        browser = PageClient(client.application).sign_in(factories.user(role))
        assert browser.get(f"/awards/classes/{made.class_id}/issue").status_code == status
    auditor = PageClient(client.application).sign_in(factories.user(Role.AUDITOR))
    assert "预览和签发" not in auditor.page(f"/awards/classes/{made.class_id}")
    assert db.session.scalar(select(func.count(Job.id))) == 0


def test_overtaken(certifier: PageClient, made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run whose claim ran out enters nothing when another took its numbers and removed its files."""
    batch_id = _issue(certifier, made)
    keep, overtaken = batch_issuing._keep_templates, list[bool]()

    def slow(few: batch_issuing.Few, now: datetime) -> None:
        keep(few, now)
        if not overtaken:
            overtaken.append(True)
            job = db.session.scalars(select(Job)).one()
            job.claimed_until = clock.now() - timedelta(seconds=1)
            db.session.commit()
            assert jobs.run_next(clock.now())

    monkeypatch.setattr(batch_issuing, "_keep_templates", slow)
    _work()
    _whole(8)
    assert overtaken
    assert batches.counts(db.session.get_one(Batch, batch_id)) == {"done": 8}
    for certificate in db.session.scalars(select(Certificate)):
        assert files.read(certificate).startswith(b"%PDF")
