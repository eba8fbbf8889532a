"""A handed-in file: the original, an edited one, one printed anew, one of somebody else's."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from app import clock
from app.awards import files, issuing, keys
from app.extensions import db
from app.models.awards import Certificate
from app.models.journal import Blob
from app.models.people import Role
from bench.made_up_certificates import facts
from certificates.signing import load_signer, make_key
from certificates.stamping import stamp
from tests import factories
from tests.app.awards import rows
from tests.client import PageClient, check_page

pytestmark = pytest.mark.rows


@pytest.fixture
def issued(client: PageClient) -> Certificate:
    """A certificate drawn and signed as always."""
    row = issuing.issue(rows.proposal(), actor=factories.user(Role.CERTIFIER), now=clock.now())
    db.session.commit()
    return row


def sent(client: PageClient, data: bytes):  # type: ignore[no-untyped-def]
    """Upload a file; a huge one as a stream, which the test's own client would leave open on a disk."""
    if len(data) < 10_000_000:
        return client.post("/check/file", data={"file": (io.BytesIO(data), "one")})
    return client.post(
        "/check/file",
        input_stream=io.BytesIO(data),
        content_length=len(data),
        content_type="multipart/form-data; boundary=x",
    )


def test_it_works(client: PageClient, issued: Certificate) -> None:
    """The original is known by its bytes, and shown with how it stands today; nothing is stored."""
    client.page("/check/file")
    before = db.session.query(Blob).count()
    answer = sent(client, files.read(issued))
    assert answer.status_code == 200
    for text in ("有效</h1>", "一模一样", "林知秋", issued.printed["number_grouped"]):
        assert text in answer.text
    check_page(answer.text, "/check/file")
    assert db.session.query(Blob).count() == before
    rows.change(issued, "withdrawn", factories.user(Role.CERTIFIER))
    assert "已撤销</h1>" in sent(client, files.read(issued)).text


def test_an_edited_file(client: PageClient, issued: Certificate) -> None:
    """One changed byte in what was signed is said, and gives nothing of the register away."""
    data = bytearray(files.read(issued))
    data[len(data) // 2] ^= 1
    answer = sent(client, bytes(data))
    assert answer.status_code == 422
    assert "文件被改过</h1>" in answer.text
    assert "里面被改过" in answer.text
    assert "林知秋" not in answer.text
    assert issued.number in answer.text  # what the file calls itself
    check_page(answer.text, "/check/file")


def test_added_to(client: PageClient, issued: Certificate) -> None:
    """What an editor writes behind the signed file is said; the way leads to what is registered."""
    answer = sent(client, files.read(issued) + b"\n1 0 obj <</Hidden true>> endobj\n%%EOF\n")
    assert "文件被改过</h1>" in answer.text
    assert "后面加了内容" in answer.text
    assert f"/c/{issued.token}" in answer.text


def test_unsigned_and_foreign(client: PageClient, issued: Certificate) -> None:
    """A file printed anew has no signature; a forger's own signature is named as his."""
    answer = sent(client, b"%PDF-1.4\n1 0 obj <<>> endobj\n%%EOF")
    assert "没有我们的签名" in answer.text
    forged = load_signer(make_key("自称协会", datetime(2020, 1, 1, tzinfo=UTC)))
    made = stamp(facts(3), forged, datetime(2026, 11, 1, tzinfo=UTC), sample=False)
    answer = sent(client, made.pdf)
    assert "签名不是本协会的" in answer.text
    assert "自称协会" in answer.text


def test_signed_by_us_but_not_registered(client: PageClient, issued: Certificate) -> None:
    """A file with our signature that the register does not hold is to be told."""
    made = stamp(facts(4), keys.signer(), clock.now(), sample=False)
    assert "登记里却没有这个文件" in sent(client, made.pdf).text


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 400, "还没有选文件"),
        (b"\xff\xd8\xff a photo", 422, "不是 PDF"),
        (b"%PDF-1.7" + bytes(12_000_000), 413, "文件太大"),
        (b"%PDF-1.7 /ByteRange [0 9 99 5] nonsense", 422, "文件被改过"),
        (b"%PDF-1.7 /ByteRange [0 10 20 18446744073709551616]", 422, "文件被改过"),
    ],
)
def test_bad_files(client: PageClient, data: bytes, status: int, said: str) -> None:
    """Everything else is answered with a sentence."""
    answer = sent(client, data)
    assert answer.status_code == status
    assert said in answer.text
