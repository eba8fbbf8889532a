"""Guides for everyone who learns, stations for those who examine, documents for both."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from app import clock, jobs, press
from app.extensions import db
from app.handbook import circuits
from app.handbook.material import shipped
from app.models.journal import AuditLine, Blob
from app.models.people import Role
from certificates.printing import print_page
from tests import factories
from tests.app.training import rows as training
from tests.client import PageClient

pytestmark = pytest.mark.rows
STATION = "/stations/S4-choking"
READERS = {Role.EXAMINER, Role.EXAM_MANAGER, Role.INSTRUCTOR}


def words(pdf: bytes) -> tuple[int, str]:
    """Return the number of pages of a PDF and its text without line ends."""
    document = pypdfium2.PdfDocument(io.BytesIO(pdf))
    texts = [page.get_textpage().get_text_range() for page in document]
    return len(document), "".join("".join(texts).split())


@pytest.fixture
def examiner(client: PageClient) -> PageClient:
    return client.sign_in(factories.user(Role.EXAMINER))


@pytest.fixture
def trainee(client: PageClient) -> PageClient:
    return client.sign_in(factories.user(Role.TRAINEE))


def test_a_trainee_finds_every_guide(trainee: PageClient) -> None:
    page = trainee.page("/learn/guides")
    for guide in shipped().guides:
        assert f"/learn/guides/{guide.kind}/{guide.id}" in page
    one = trainee.page("/learn/guides/pathway/heart")
    for told in ("出门前", "危险信号", "等待审核", "最晚2027年11月30日复审"):
        assert told in one, told
    assert "<table>" in trainee.page("/learn/guides/template/service-record")
    assert "Heart clinic" in trainee.page("/learn/guides?lang=en")


@pytest.mark.parametrize("path", ["pathway/none", "template/heart", "else/heart"])
def test_a_guide_that_is_not_there(trainee: PageClient, path: str) -> None:
    trainee.page(f"/learn/guides/{path}", 404)


def test_the_documents_are_made_from_the_same_data(trainee: PageClient) -> None:
    assert "/scheme/norm" in trainee.page("/scheme")
    syllabus = trainee.page("/scheme/syllabus")
    for told in ("考试大纲", "95 题", "A 服务要求、伦理与法律", "安全转移与上下车", "S4"):
        assert told in syllabus, told
    evaluation = trainee.page("/scheme/evaluation")
    assert "学完全部课程，出勤不少于 36 课时的 90%" in evaluation
    assert "超过该站满分的 20%" in evaluation
    norm = trainee.page("/scheme/norm")
    for part in ("一、定义", "二、适用对象", "三、能力标准与鉴定内容", "四、鉴定要求"):
        assert part in norm, part
    assert "7 名考评员" in norm
    trainee.page("/scheme/other", 404)


def test_no_document_tells_what_happens_in_a_station(trainee: PageClient) -> None:
    pages = [trainee.page(f"/scheme/{name}") for name in ("syllabus", "evaluation", "norm")]
    for station in shipped().stations:
        secrets = [station.candidate.task, *(one.act for one in station.critical_errors)]
        secrets += [item.full for item in station.items]
        assert not any(secret in page for secret in secrets for page in pages), station.id


def test_a_document_as_a_file(trainee: PageClient) -> None:
    answer = trainee.get("/scheme/evaluation.pdf")
    assert answer.mimetype == "application/pdf"
    pages, text = words(answer.data)
    assert pages >= 2
    assert "评价方案" in text
    assert "一票否决" in text


def test_a_document_is_drawn_once_for_everybody(
    trainee: PageClient, examiner: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until its words or its day change: drawing takes a second of computing."""
    drawn: list[str] = []

    def noted(page: str, *rest: Any) -> Any:
        drawn.append(page)
        return print_page(page, *rest)

    monkeypatch.setattr(press, "print_page", noted)
    press._kept.cache_clear()
    first, again = (who.get("/scheme/norm.pdf").data for who in (trainee, examiner))
    assert first == again
    assert len(drawn) == 1
    with time_machine.travel(clock.now() + timedelta(days=1)):
        assert (
            PageClient(trainee.application).sign_in(factories.user()).get("/scheme/norm.pdf").data
        )
    assert len(drawn) == 2


def test_an_examiner_reads_a_station_and_that_is_on_record(examiner: PageClient) -> None:
    assert STATION in examiner.page("/stations")
    page = examiner.page(STATION)
    for told in (
        "轮着做（拍背5次、推腹5次）",
        "先推腹（不拍背）",
        "关键错误",
        "2026年11月22日起用",
    ):
        assert told in page, told
    line = db.session.scalars(select(AuditLine).where(AuditLine.action == "station.opened")).one()
    assert line.details == {"station": "S4-choking"}
    examiner.page("/stations/S9", 404)


def test_the_sheets_of_a_station(examiner: PageClient) -> None:
    answer = examiner.get(f"{STATION}/sheets.pdf")
    assert answer.mimetype == "application/pdf"
    pages, text = words(answer.data)
    assert pages >= 5
    station = shipped().station("S4-choking")
    assert station is not None
    for told in ("考生题卡", "演员脚本", "考评员评分表", "考评员指南", "布置和物品单", "整体评定"):
        assert told in text, told
    for item in station.items:
        for anchor in (item.full, item.half, item.none):
            assert "".join(anchor.split()) in text or anchor[:6] in text, anchor
    card = text[: text.index("演员脚本")]
    assert "轮着做" in card
    assert "关键错误" not in card


def test_a_circuit_is_printed_by_the_worker(app: Flask, examiner: PageClient) -> None:
    sent = examiner.send("/stations/circuits/S4-fall")
    assert sent.status_code == 302
    examiner.send("/stations/circuits/S4-fall")  # pressed twice
    assert "正在生成" in examiner.page("/stations")
    assert examiner.get("/stations/circuits/S4-fall.pdf").status_code == 302
    assert jobs.run_next(clock.now())
    assert not jobs.run_next(clock.now())
    answer = examiner.get("/stations/circuits/S4-fall.pdf")
    assert answer.mimetype == "application/pdf"
    _pages, text = words(answer.data)
    for told in ("S1-intake", "S2-transfer", "S3-consultation", "S4-fall", "S5-handover-complaint"):
        assert told in text, told
    assert "S4-choking" not in text
    assert circuits.sweep(clock.now() + timedelta(days=2)) == 1
    assert db.session.scalars(select(Blob).where(Blob.purpose == circuits.PURPOSE)).all() == []


def test_a_circuit_needs_a_draw_of_a_station_that_is_drawn(examiner: PageClient) -> None:
    for draw in ("S1-intake", "S9-none"):
        assert examiner.send(f"/stations/circuits/{draw}").status_code == 404
        assert examiner.get(f"/stations/circuits/{draw}.pdf").status_code == 404


def test_whoever_is_in_a_class_sees_no_station_whatever_else_they_are(client: PageClient) -> None:
    both = factories.user(Role.EXAMINER, Role.TRAINEE)
    training.enrol(training.training_class(), both)
    client.sign_in(both)
    for path in ("/stations", STATION, f"{STATION}/sheets.pdf", "/stations/circuits/S4-fall.pdf"):
        assert "看不到考站" in client.page(path, 403)
    assert client.send("/stations/circuits/S4-fall").status_code == 403


@pytest.mark.parametrize("role", list(Role))
def test_who_may(client: PageClient, role: Role) -> None:
    client.sign_in(factories.user(role))
    assert client.get("/stations").status_code == (200 if role in READERS else 403)
    assert client.get("/learn/guides").status_code == 200


def test_a_stranger_is_asked_to_sign_in(client: PageClient) -> None:
    for path in ("/learn/guides", "/stations", "/scheme", "/scheme/norm.pdf"):
        assert client.get(path).status_code == 302
