"""Exports: what is lost is said first, live questions are written down, an archive comes back whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app import clock, jobs
from app.bank import commenting, exporting
from app.extensions import db
from app.models.bank import (
    Approval,
    MarkingKey,
    QuestionEntry,
    QuestionLabel,
    QuestionVersion,
    ReviewComment,
)
from app.models.base import Base
from app.models.journal import AuditLine, Blob, Job
from app.models.people import Role, User, UserSession
from question_bank.archive import read_archive
from question_bank.readers.anything import read_any
from tests import factories
from tests.app.bank import rows
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.fixture
def writer(app: Flask) -> PageClient:
    return PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))


TRUE_FALSE: dict[str, Any] = {"kind": "true_false", "options": (), "key": ("true",)}


def exported() -> list[AuditLine]:
    """Return the lines about questions that left."""
    query = select(AuditLine).where(AuditLine.action == "question.exported")
    return list(db.session.scalars(query))


def test_it_works(writer: PageClient) -> None:
    rows.entry("q1")
    rows.entry("q2", pool="practice")
    html = writer.page("/bank/export?pool=live")
    assert "符合条件的 1 题" in html
    html = writer.page("/bank/export?pool=live&format=gift")
    assert "都放得下" in html
    answer = writer.send("/bank/export", {"pool": "live", "format": "gift"})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    (question,) = read_any(answer.data, "a", "gift").questions
    assert question.id == "q1"


def test_what_is_lost_is_said_before(writer: PageClient) -> None:
    rows.entry("q1", pool="practice", explanation="先看清楚。")
    html = writer.page("/bank/export?format=aiken")
    assert "解析写不进 Aiken" in html
    assert "q1" in html
    assert exported() == []


def test_only_what_the_file_holds_is_counted(writer: PageClient, tmp_path: Path) -> None:
    rows.entry("q1", pool="practice")
    rows.entry("q2", pool="practice", **TRUE_FALSE)
    page = writer.page("/bank/export?pool=practice&format=aiken")
    assert "导出 1 题" in page
    command = ["bank", "export", "--format", "aiken", "--output"]
    told = writer.application.test_cli_runner().invoke(args=[*command, str(tmp_path / "a.txt")])
    assert "写出 1 题" in told.output
    told = writer.application.test_cli_runner().invoke(
        args=[*command, str(tmp_path / "no" / "a.txt")]
    )
    assert told.exit_code == 1
    assert "请核对文件夹" in told.output


def test_a_file_without_questions_is_not_made(writer: PageClient) -> None:
    rows.entry("q2", **TRUE_FALSE)
    page = writer.page("/bank/export?format=aiken")
    assert "没有一道题能放进这种格式" in page
    answer = writer.send("/bank/export", {"format": "aiken"})
    assert answer.status_code == 400
    assert "换一种格式" in answer.get_data(as_text=True)
    assert exported() == []


@pytest.mark.parametrize("name", list(exporting.FORMATS))
def test_every_format_can_be_taken(writer: PageClient, name: str) -> None:
    rows.entry("q1")
    answer = writer.send("/bank/export", {"format": name})
    assert answer.status_code == 200
    assert len(read_any(answer.data, "a", "" if name == "archive" else name).questions) == 1


def test_each_live_question_that_leaves_is_written_down(writer: PageClient) -> None:
    live, also = rows.entry("q1"), rows.entry("q2")
    rows.entry("q3", pool="practice")
    writer.send("/bank/export", {"format": "yaml"})
    lines = exported()
    assert {line.object_id for line in lines} == {rows.current(live).id, rows.current(also).id}
    assert {line.details["format"] for line in lines} == {"yaml"}
    assert all(line.actor_id for line in lines)


def test_the_wall_holds(app: Flask) -> None:
    rows.entry("secret1")
    rows.entry("open1", pool="practice")
    teacher = factories.user(Role.ITEM_WRITER, Role.INSTRUCTOR)
    rows.teach(teacher)
    browser = PageClient(app).sign_in(teacher)
    assert "符合条件的 1 题" in browser.page("/bank/export")
    answer = browser.send("/bank/export", {"format": "yaml", "pool": ""})
    assert b"open1" in answer.data
    assert b"secret1" not in answer.data
    assert browser.send("/bank/export", {"format": "yaml", "pool": "live"}).status_code == 400


def test_the_password_is_asked_again(writer: PageClient) -> None:
    rows.entry("q1")
    for row in db.session.scalars(select(UserSession)):
        row.confirmed_at = clock.now() - timedelta(hours=2)
    db.session.commit()
    assert writer.get("/bank/export").status_code == 302
    assert writer.send("/bank/export", {"format": "yaml"}).status_code == 403
    assert exported() == []


@pytest.mark.parametrize("name", ["", "h5p", "../../etc/passwd"])
def test_an_unknown_format_is_a_sentence(writer: PageClient, name: str) -> None:
    rows.entry("q1")
    assert writer.send("/bank/export", {"format": name}).status_code == 400
    writer.page(f"/bank/export?format={name}")


def test_retired_questions_only_enter_an_archive(writer: PageClient) -> None:
    made = rows.entry("q1")
    made.status = "retired"
    db.session.commit()
    assert not read_any(writer.send("/bank/export", {"format": "yaml"}).data, "a").questions
    assert b"q1" in writer.send("/bank/export", {"format": "archive"}).data


def test_many_are_made_by_the_worker(
    app: Flask, writer: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    rows.entry("q1")
    rows.entry("q2", explanation="先看清楚。")
    assert "由后台生成" in writer.page("/bank/export?format=aiken")
    where = writer.send("/bank/export", {"format": "aiken"}).headers["Location"]
    assert writer.send("/bank/export", {"format": "aiken"}).headers["Location"] == where
    assert "停下" in writer.page(where)
    assert writer.get(f"{where}/file").status_code == 404
    assert jobs.run_next(clock.now())
    html = writer.page(where)
    assert "解析写不进 Aiken" in html
    assert len(exported()) == 2
    answer = writer.get(f"{where}/file")
    assert len(read_any(answer.data, "a", "aiken").questions) == 2
    other = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    assert other.get(where).status_code == 404
    assert other.get(f"{where}/file").status_code == 404
    jobs.do_duties(clock.now() + timedelta(days=2), only="bank.exports_swept")
    assert db.session.scalar(select(Blob).where(Blob.purpose == "export")) is None
    assert "已经清走" in writer.page(where)


def test_the_worker_can_be_stopped(writer: PageClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "AT_ONCE", 1)
    rows.entry("q1")
    rows.entry("q2")
    where = writer.send("/bank/export", {"format": "yaml"}).headers["Location"]
    writer.send(f"{where}/cancel")
    assert "已经停下" in writer.page(where)
    assert db.session.scalars(select(Job)).one().state == "cancelled"


def _history() -> list[QuestionEntry]:
    """Make a bank with everything an archive can hold."""
    first = rows.activate(rows.entry("q1", domain="E"))
    reviewer = db.session.scalars(select(Approval)).first()
    assert reviewer is not None
    version = rows.current(first)
    person = db.session.get_one(User, reviewer.reviewer_id)
    remark = commenting.comment(version, "B 太长", parent="", actor=person, now=clock.now())
    db.session.flush()
    author = db.session.get_one(User, first.author_id or "")
    commenting.comment(version, "已改", parent=remark.id, actor=author, now=clock.now())
    key = dict(db.session.scalars(select(MarkingKey)).one().key) | {"everyone": True}
    row = MarkingKey(
        version_id=version.id, number=2, key=key, reason="印错了", set_by_id=author.id,
        set_at=clock.now(),
    )  # fmt: skip
    first.labels.append(QuestionLabel(kind="tag", value="春季"))
    db.session.add(row)
    second = rows.entry("q2", pool="practice", stem="第二题？\u2028=1+1")
    db.session.commit()
    return [first, second]


def _empty(*, people: bool) -> None:
    """Take everything out of the bank, and on demand forget who said what."""
    for table in (Approval, ReviewComment, MarkingKey, QuestionVersion, QuestionLabel):
        db.session.execute(delete(table))
    for name in ("question_search", "question_words", "question_print"):
        if name in Base.metadata.tables:
            db.session.execute(delete(Base.metadata.tables[name]))
    db.session.execute(delete(QuestionEntry))
    if people:
        db.session.execute(delete(UserSession))
        db.session.execute(delete(Base.metadata.tables["role_grant"]))
        db.session.execute(delete(User))
    db.session.commit()
    db.session.expunge_all()


def _archive(app: Flask, path: Path) -> list[bytes]:
    arguments = ["bank", "export", "--format", "archive", "--pool", "all", "--output", str(path)]
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    return path.read_bytes().split(b"\n")


def _restore(app: Flask, path: Path) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["bank", "restore", str(path)])
    return result.exit_code, result.output


def _but_the_date(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if not line.startswith(b"written: ")]


def test_an_archive_comes_back_byte_for_byte(app: Flask, tmp_path: Path) -> None:
    _history()
    before = _archive(app, tmp_path / "one")
    _empty(people=False)
    status, said = _restore(app, tmp_path / "one")
    assert (status, "新增 2 题" in said) == (0, True)
    assert _but_the_date(_archive(app, tmp_path / "two")) == _but_the_date(before)
    status, said = _restore(app, tmp_path / "one")
    assert (status, "新增 0 题，已有 2 题未动" in said) == (0, True)
    assert _but_the_date(_archive(app, tmp_path / "three")) == _but_the_date(before)
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "q1")).one()
    assert (entry.status, len(rows.current(entry).approvals)) == ("active", 2)


def test_reviews_of_people_unknown_here_are_kept_and_count_nothing(
    app: Flask, tmp_path: Path
) -> None:
    _history()
    before = read_archive(b"\n".join(_archive(app, tmp_path / "one")), "one")
    _empty(people=True)
    status, said = _restore(app, tmp_path / "one")
    assert (status, "重新审核：q1" in said) == (0, True)
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "q1")).one()
    assert (entry.status, rows.current(entry).approvals) == ("draft", [])
    after = read_archive(b"\n".join(_archive(app, tmp_path / "two")), "two")
    old, new = before.entries[0], after.entries[0]
    assert (new.status, new.was) == ("draft", "active")
    assert new.versions == old.versions
    assert (new.author, new.responsible, new.figures) == (old.author, old.responsible, old.figures)
    assert after.entries[1] == before.entries[1]


def test_a_forged_archive_makes_nothing_usable(app: Flask, tmp_path: Path) -> None:
    _history()
    text = b"\n".join(_archive(app, tmp_path / "one"))
    author = db.session.scalars(select(QuestionEntry.author_id)).first() or ""
    for (reviewer,) in db.session.execute(select(Approval.reviewer_id)):
        text = text.replace(reviewer.encode(), author.encode())
    _empty(people=False)
    (tmp_path / "forged").write_bytes(text)
    _restore(app, tmp_path / "forged")
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "q1")).one()
    assert entry.status == "draft"


def test_what_differs_here_is_left_and_named(app: Flask, tmp_path: Path) -> None:
    _history()
    _archive(app, tmp_path / "one")
    _empty(people=False)
    rows.entry("q2", stem="别的题问什么？")
    status, said = _restore(app, tmp_path / "one")
    assert (status, "q2" in said) == (1, True)
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "q2")).one()
    assert entry.stem == "别的题问什么？"


def test_no_archive_is_refused(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    assert _restore(app, tmp_path / "x")[0] == 2


@pytest.mark.parametrize("role", list(Role))
def test_who_may(app: Flask, role: Role) -> None:
    rows.entry("q1", pool="practice")
    browser = PageClient(app).sign_in(factories.user(role))
    may = role in {
        Role.ITEM_WRITER,
        Role.ITEM_REVIEWER,
        Role.CLINICAL_REVIEWER,
        Role.LEGAL_REVIEWER,
        Role.EXAM_MANAGER,
        Role.INSTRUCTOR,
    }
    assert browser.get("/bank/export").status_code == (200 if may else 403)
