"""Question files come in all or nothing, follow what changed, and never overwrite."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app import clock
from app.bank import retiring, syncing, writing
from app.bank.content import SHIPPED, read_content
from app.bank.syncing import SyncReport
from app.extensions import db
from app.models.bank import ExamBlueprint, MarkingKey, QuestionEntry, QuestionVersion
from app.models.journal import AuditLine
from app.models.people import Role
from question_bank import load
from tests import factories
from tests.app.bank import rows

pytestmark = pytest.mark.rows


def sync(root: Path) -> SyncReport:
    report = syncing.sync_questions(clock.now(), read_content([root]))
    db.session.commit()
    return report


def by_code(code: str) -> QuestionEntry:
    return db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == code)).one()


def test_it_works(app: Flask, tmp_path: Path) -> None:
    report = sync(rows.folder(tmp_path))
    assert (report.created, report.blueprints) == (["t1", "t2"], ["plan"])
    entry = by_code("t1")
    assert (entry.status, entry.pool, entry.origin, entry.author_id) == (
        "draft",
        "live",
        "content",
        None,
    )
    version = rows.current(entry)
    key = db.session.scalars(select(MarkingKey).where(MarkingKey.version_id == version.id)).one()
    assert (version.number, key.number, key.key["right"]) == (1, 1, ["o1"])
    assert load(version.body).extra == {"x_note": "留着"}
    assert db.session.scalars(select(ExamBlueprint)).one().body["x_minutes"] == 30


def test_the_second_time_changes_nothing(app: Flask, tmp_path: Path) -> None:
    root = rows.folder(tmp_path)
    sync(root)
    lines = db.session.scalar(select(func.count()).select_from(AuditLine))
    report = sync(root)
    assert report.did_nothing
    assert report.sentences() == ["题目和细目表没有变化。"]
    assert db.session.scalar(select(func.count()).select_from(AuditLine)) == lines
    assert db.session.scalar(select(func.count()).select_from(QuestionVersion)) == 2


def test_what_ships_comes_in(app: Flask) -> None:
    report = sync(SHIPPED)
    assert not report.problems
    assert len(report.created) >= 60
    assert sync(SHIPPED).did_nothing


def test_a_changed_file_is_the_next_version_and_a_draft(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    rows.activate(by_code("t1"))
    report = sync(rows.folder(tmp_path, rows.FILE.replace("先做什么？", "首先做什么？")))
    entry = by_code("t1")
    assert report.changed == ["t1"]
    assert (entry.current_number, entry.status, entry.stem) == (2, "draft", "首先做什么？")
    assert load(writing.get_version(entry, 1).body).stem == "先做什么？"


def test_a_file_never_overrules_an_edit_in_the_browser(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    entry = by_code("t1")
    writer = factories.user(Role.ITEM_WRITER)
    changed = rows.body(entry)
    writing.save(
        entry,
        type(changed)(**{**_fields(changed), "stem": "网页上改的？"}),
        base=1,
        actor=writer,
        now=clock.now(),
    )
    db.session.commit()
    root = rows.folder(tmp_path, rows.FILE.replace("先做什么？", "文件里改的？"))
    report = sync(root)
    entry = by_code("t1")
    assert report.waiting == ["t1"]
    assert (entry.current_number, entry.stem) == (2, "网页上改的？")
    assert load(writing.get_version(entry, 3).body).stem == "文件里改的？"
    assert sync(root).did_nothing


def _fields(question: object) -> dict[str, object]:
    return {name: getattr(question, name) for name in type(question).__slots__}


def test_a_retired_question_stays_retired(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    entry = by_code("t1")
    retiring.retire(entry, "过时", actor=factories.user(Role.ITEM_REVIEWER), now=clock.now())
    db.session.commit()
    report = sync(rows.folder(tmp_path, rows.FILE.replace("先做什么？", "改了？")))
    assert report.waiting == ["t1"]
    assert by_code("t1").status == "retired"


def test_a_question_gone_from_the_files_stays(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    head, _sep, _rest = rows.FILE.partition("  - id: t2")
    report = sync(rows.folder(tmp_path, head))
    assert report.absent == ["t2"]
    assert rows.codes() == ["t1", "t2"]


def test_a_blueprint_edited_here_is_kept(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    row = db.session.scalars(select(ExamBlueprint)).one()
    row.updated_by_id = factories.user(Role.EXAM_MANAGER).id
    db.session.commit()
    changed = rows.BLUEPRINT.replace("count: 2", "count: 4")
    report = sync(rows.folder(tmp_path, blueprint=changed))
    assert report.blueprints_kept == ["plan"]
    assert db.session.scalars(select(ExamBlueprint)).one().body["cells"][0]["count"] == 2


BAD = {
    "bad YAML": (rows.FILE + "  - id: t3\n   stem: [\n", "YAML 写法有错"),
    "double id": (rows.FILE.replace("id: t2", "id: t1"), "编号 t1 已在 bank/module-4/one.yaml:4"),
    "unknown kind": (rows.FILE.replace("true_false", "true_fals"), "没有题型“true_fals”"),
    "key of another kind": (rows.FILE.replace("true_false", "ordering"), "key 应当是列表"),
    "no key": (rows.FILE.replace("    key: [o1]\n", ""), "没有正确答案"),
    "long id": (rows.FILE.replace("id: t2", "id: " + "t" * 41), "id 有 41 个字"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_write_nothing(app: Flask, tmp_path: Path, name: str) -> None:
    text, words = BAD[name]
    report = sync(rows.folder(tmp_path, text))
    assert rows.codes() == []
    assert db.session.scalars(select(ExamBlueprint)).all() == []
    said = report.sentences()
    assert any(words in line and line.startswith("bank/module-4/one.yaml:") for line in said), said
    assert said[-1].endswith("没有写入任何题目。")


def test_another_encoding_is_named(app: Flask, tmp_path: Path) -> None:
    root = rows.folder(tmp_path)
    (root / "module-4" / "one.yaml").write_bytes(rows.FILE.encode("gb18030"))
    report = sync(root)
    assert rows.codes() == []
    assert "GBK" in str(report.problems[0])


def test_a_bad_blueprint_writes_no_question(app: Flask, tmp_path: Path) -> None:
    report = sync(rows.folder(tmp_path, blueprint=rows.BLUEPRINT.replace("count: 2", "count: 0")))
    assert rows.codes() == []
    assert str(report.problems[0]).startswith("bank/blueprints/plan.yaml:7 ")


def test_two_blueprints_cannot_share_an_id(app: Flask, tmp_path: Path) -> None:
    root = rows.folder(tmp_path)
    (root / "blueprints" / "z.yaml").write_text(rows.BLUEPRINT, "utf-8")
    report = sync(root)
    assert "细目表编号 plan 已在" in str(report.problems[0])
    assert rows.codes() == []


def test_a_question_cannot_change_its_pool(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    report = sync(rows.folder(tmp_path, rows.FILE.replace("pool: live", "pool: practice")))
    assert str(report.problems[0]).startswith("bank/module-4/one.yaml:4 t1：题库里这道题是 live")
    assert by_code("t1").pool == "live"


def test_a_code_used_in_the_browser_is_named(app: Flask, tmp_path: Path) -> None:
    rows.entry("t1")
    report = sync(rows.folder(tmp_path))
    assert "网页上新建的一道题用了" in str(report.problems[0])
    assert rows.codes() == ["t1"]


def test_a_missing_live_folder_is_named(app: Flask, tmp_path: Path) -> None:
    report = sync(tmp_path / "nowhere")
    assert "题库文件夹不存在" in str(report.problems[0])


def test_an_open_sitting_keeps_its_version(app: Flask, tmp_path: Path) -> None:
    sync(rows.folder(tmp_path))
    version = rows.current(by_code("t1"))
    kept, before = rows.sitting(version), dict(version.body)
    sync(rows.folder(tmp_path, rows.FILE.replace("先做什么？", "改了？")))
    held = db.session.get_one(QuestionVersion, kept.revision.body["eligible"][0]["version"])
    assert held.body == before


def test_the_command_checks(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["content", "sync", "--check"])
    assert result.exit_code == 0, result.output
    assert rows.codes() == []
