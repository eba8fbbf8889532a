"""The holder's log: by phone, with proofs, one's own alone."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models.journal import Blob
from app.models.renewal import LearningEntry, PracticeEntry
from tests import factories
from tests.app.renewal import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows
LEARNING = {
    "category": "law",
    "title": "法律更新讲座",
    "provider": "示例培训中心",
    "hours": "2.5",
}


def test_it_works(client: PageClient) -> None:
    row = rows.certificate()
    client.sign_in(row.user)
    client.page("/my/renewal/learning/new?category=law")
    data = {
        **LEARNING,
        "day": rows.day(5).isoformat(),
        "proof": (io.BytesIO(rows.picture()), "IMG_0001.jpg"),
    }
    assert client.send("/my/renewal/learning/new", data).status_code == 302
    entry = db.session.scalars(select(LearningEntry)).one()
    assert entry.halves == 5
    page = client.page("/my/renewal")
    assert "法律更新讲座" in page
    assert "还差 1.5 课时" in page
    kept = client.get(f"/renewal/proofs/learning/{entry.id}")
    assert kept.mimetype == "image/jpeg"
    assert "sandbox" in kept.headers["Content-Security-Policy"]


def test_practice_is_counts_alone(client: PageClient) -> None:
    row = rows.certificate()
    client.sign_in(row.user)
    data = {"day": rows.day(1).isoformat(), "visits": "12", "hours": "30.5", "arranged_by": "示例"}
    assert client.send("/my/renewal/practice/new", data).status_code == 302
    entry = db.session.scalars(select(PracticeEntry)).one()
    assert (entry.visits, entry.minutes) == (12, 1830)
    assert "陪诊还差 18 次，或 29 小时 30 分" in client.page("/my/renewal")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"hours": "1.3"}, "整数或半课时"),
        ({"hours": "0"}, "0.5 到 24"),
        ({"day": "2999-01-01"}, "日期还没有到"),
        ({"day": "2001-01-01"}, "日期太早了"),
        ({"title": ""}, "请写课程或活动的名称"),
        ({"category": "nonsense"}, "哪一类"),
    ],
)
def test_what_cannot_be_is_said_and_not_kept(
    client: PageClient, change: dict[str, str], sentence: str
) -> None:
    row = rows.certificate()
    client.sign_in(row.user)
    data = {**LEARNING, "day": rows.day(5).isoformat(), **change}
    response = client.send("/my/renewal/learning/new", data)
    assert response.status_code == 400
    assert sentence in response.get_data(as_text=True)
    assert db.session.scalar(select(LearningEntry)) is None


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"MZ\x90 not a picture", "不是照片，也不是 PDF"),
        (b"%PDF-1.4 cut off", "这个 PDF 不完整"),
        (rows.picture()[:300], "已经损坏"),
    ],
)
def test_a_file_that_is_no_proof_is_refused(client: PageClient, data: bytes, sentence: str) -> None:
    row = rows.certificate()
    client.sign_in(row.user)
    form = {**LEARNING, "day": rows.day(5).isoformat(), "proof": (io.BytesIO(data), "x.jpg")}
    response = client.send("/my/renewal/learning/new", form)
    assert response.status_code == 400
    assert sentence in response.get_data(as_text=True)
    assert db.session.scalar(select(LearningEntry)) is None


def test_a_proof_can_follow_and_an_entry_go(client: PageClient) -> None:
    row = rows.certificate()
    entry = rows.learn(row.user, "law", 2, 5, proved=False)
    client.sign_in(row.user)
    client.page(f"/my/renewal/learning/{entry.id}")
    form = {"proof": (io.BytesIO(b"%PDF-1.4 x %%EOF"), "zm.pdf")}
    client.send(f"/my/renewal/learning/{entry.id}", form)
    db.session.expire_all()
    kept = client.get(f"/renewal/proofs/learning/{entry.id}")
    assert kept.headers["Content-Disposition"].startswith("attachment")
    client.send(f"/my/renewal/learning/{entry.id}/remove")
    assert db.session.scalar(select(LearningEntry)) is None


def test_what_was_handed_in_stays(client: PageClient) -> None:
    renewal = rows.handed_in()
    entry = renewal.learning[0]
    client.sign_in(renewal.user)
    assert "不能再改" in client.page(f"/my/renewal/learning/{entry.id}")
    client.send(f"/my/renewal/learning/{entry.id}/remove")
    assert len(db.session.scalars(select(LearningEntry)).all()) == len(rows.HOURS)
    data = {**LEARNING, "day": rows.day(5).isoformat()}
    assert "已经交给协会" in client.send("/my/renewal/learning/new", data).get_data(as_text=True)


def test_who_may(client: PageClient) -> None:
    entry = rows.learn(rows.certificate().user, "law", 2, 5)
    paths = [f"/my/renewal/learning/{entry.id}", f"/renewal/proofs/learning/{entry.id}"]
    for path in paths:
        assert client.get(path).status_code == 302
    client.sign_in(factories.user())
    for path in paths:
        assert client.get(path).status_code == 404
    assert client.get(f"/my/renewal/nonsense/{entry.id}").status_code == 404
    client.send(f"/my/renewal/learning/{entry.id}/remove")
    assert db.session.scalar(select(LearningEntry)) is not None


def test_one_proof_is_kept_of_each_entry(client: PageClient) -> None:
    """The same file again adds nothing; another one takes its place and the former is gone."""
    row = rows.certificate()
    client.sign_in(row.user)
    client.send("/my/renewal/learning/new", {**LEARNING, "day": rows.day(5).isoformat()})
    entry = db.session.scalars(select(LearningEntry)).one()
    kept = []
    for data in (rows.picture(), rows.picture(), b"%PDF-1.4 %%EOF"):
        proof = {"proof": (io.BytesIO(data), "proof")}
        assert client.send(f"/my/renewal/learning/{entry.id}", proof).status_code == 302
        db.session.expire_all()
        kept.append(db.session.scalars(select(Blob.id).where(Blob.purpose == "evidence")).one())
    assert kept[0] == kept[1] != kept[2]
    assert kept[2] == entry.evidence_blob_id
