"""The worker's part of an import: long files, cancelled, died in the middle, dropped and swept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from app import clock, jobs
from app.bank import import_jobs, import_taking, importing
from app.extensions import db
from app.models.bank import (
    ImportedQuestion,
    MarkingKey,
    QuestionImport,
    QuestionLabel,
    QuestionSearch,
    QuestionVersion,
)
from app.models.journal import Blob, Job
from tests.app.bank.imports import GIFT, entries, only, send, work
from tests.client import PageClient

pytestmark = pytest.mark.rows


def test_long_files_are_read_and_written_by_the_worker(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "AT_ONCE", 10)
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(import_jobs, "CHUNK", 1)
    address = send(page, GIFT.encode())
    assert "正在读文件" in page.page(address)
    work()
    assert "会写入" in page.page(address)
    page.send(address + "/take")
    assert "正在写入题库" in page.page(address)
    again = page.send(address + "/take")
    assert again.status_code == 409
    work()
    assert "已写入题库" in page.page(address)
    assert {one.pool for one in entries()} == {"practice"}
    assert only(QuestionImport).job_id is None


def test_a_cancelled_writing_leaves_nothing(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(import_jobs, "CHUNK", 1)
    address = send(page, GIFT.encode())
    page.send(address + "/take")
    report = jobs.report_progress

    def cancelled_after_one(job: Job, done: int, total: int) -> None:
        report(job, done, total)
        page.send(address + "/drop")
        report(job, done, total)

    monkeypatch.setattr(jobs, "report_progress", cancelled_after_one)
    work()
    assert entries() == []
    assert only(QuestionImport).state == "ready"
    for model in (QuestionVersion, MarkingKey, QuestionLabel, QuestionSearch):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
    monkeypatch.undo()
    assert page.send(address + "/take").status_code == 302
    assert len(entries()) == 2


def test_a_worker_that_dies_in_the_middle_is_followed_by_the_next(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    monkeypatch.setattr(import_jobs, "CHUNK", 1)
    address = send(page, GIFT.encode())
    page.send(address + "/take")
    finish = import_taking.finish

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(import_taking, "finish", dies)
    jobs.run_next(clock.now())
    db.session.expire_all()
    assert {one.pool for one in entries()} == {"+practice"}
    assert "轮椅" not in page.page("/bank/questions")
    monkeypatch.setattr(import_taking, "finish", finish)
    jobs.run_next(clock.now() + importing.SECOND_CLICK)
    assert {one.pool for one in entries()} == {"practice"}
    assert len(entries()) == 2


def test_a_job_that_failed_for_good_is_put_back_by_the_duty(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "TAKEN_AT_ONCE", 1)
    address = send(page, GIFT.encode())
    page.send(address + "/take")

    def dies(*_args: Any, **_kwargs: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(import_taking, "finish", dies)
    for turn in range(1, 4):
        jobs.run_next(clock.now() + turn * importing.SECOND_CLICK)
    later = clock.now() + 9 * importing.SECOND_CLICK
    jobs.do_duties(later, only="bank.imports_mended")
    assert entries() == []
    assert "没有成功" in page.page(address)


def test_dropping_leaves_nothing_and_the_sweep_takes_the_rest(page: PageClient) -> None:
    address = send(page, GIFT.encode())
    assert page.send(address + "/drop").status_code == 302
    assert "已经放弃" in page.page(address)
    assert page.send(address + "/take").status_code == 409
    assert db.session.scalar(select(func.count()).select_from(ImportedQuestion)) == 0
    jobs.do_duties(clock.now() + 2 * import_jobs.KEPT, only="bank.imports_swept")
    assert db.session.scalar(select(func.count()).select_from(QuestionImport)) == 0
    assert db.session.scalar(select(func.count()).select_from(Blob)) == 0
