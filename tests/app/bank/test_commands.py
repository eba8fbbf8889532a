"""`flask bank check` and `flask bank export`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask import Flask

from app import cli
from app.bank.content import BankContent
from app.extensions import db
from app.models.journal import AuditLine
from question_bank.readers.anything import read_any
from question_bank.writers.losses import WRITERS

GIFT = "::牌子:: 取号以后先问什么？ {=要不要报到 ~几点下班 ~哪里吃饭}\n"


def check(app: Flask, *arguments: str) -> tuple[int, str]:
    """Run the command; returns exit status and what it printed."""
    result = app.test_cli_runner().invoke(args=["bank", "check", *arguments])
    return result.exit_code, result.stdout


def test_check_finds_out_the_format(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "questions.txt"
    file.write_text(GIFT, "utf-8")
    status, printed = check(app, str(file), "--json")
    found = json.loads(printed)
    assert status == 0
    assert found["format"] == "gift"
    assert found["problems"] == []
    assert [one["kind"] for one in found["questions"]] == ["single_choice"]
    assert found["questions"][0]["stem"] == "取号以后先问什么？"
    assert set(found["questions"][0]) >= {"kind", "source_kind", "place", "stem"}


def test_check_names_problems(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "questions.gift"
    file.write_text(GIFT + "\n::坏:: 没有收尾 {=甲 ~乙\n", "utf-8")
    status, printed = check(app, str(file), "--json")
    found = json.loads(printed)
    assert status == 1
    assert len(found["questions"]) == 1
    assert found["problems"][0]["place"].startswith("questions.gift:")
    assert found["problems"][0]["message"]


def test_check_refuses_a_bomb(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "bomb.xml"
    file.write_text('<!DOCTYPE q [<!ENTITY a "aaaa">]><quiz>&a;</quiz>', "utf-8")
    status, printed = check(app, str(file), "--json")
    assert status == 2
    assert json.loads(printed)["questions"] == []


def test_check_writes_nothing_and_needs_no_rows(app: Flask, tmp_path: Path) -> None:
    """It works where there are no tables at all."""
    file = tmp_path / "questions.gift"
    file.write_text(GIFT, "utf-8")
    with db.engine.begin() as connection:
        before = connection.exec_driver_sql("SELECT count(*) FROM question_entry").scalar()
    assert check(app, str(file))[0] == 0
    with db.engine.begin() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM question_entry").scalar() == before


@pytest.mark.rows
@pytest.mark.parametrize("name", sorted(WRITERS))
def test_export_can_be_read_again(
    app: Flask, shipped: BankContent, tmp_path: Path, name: str
) -> None:
    output = tmp_path / "out"
    result = app.test_cli_runner().invoke(
        args=["bank", "export", "--format", name, "--output", str(output)]
    )
    assert result.exit_code == 0, result.output
    report = read_any(output.read_bytes(), "out", name)
    # Aiken holds single choice only; the command says which questions were left out.
    practice = [one for one in shipped.questions if one.pool == "practice"]
    assert len(report.questions) == len(practice) or "整题不会导出" in result.output
    assert len(report.questions) >= 8
    again = app.test_cli_runner().invoke(args=["bank", "export", "--output", str(output)])
    assert again.exit_code == 1
    assert "没有覆盖" in again.output


@pytest.mark.rows
@pytest.mark.usefixtures("shipped")
def test_taking_out_live_questions_is_on_record(app: Flask, tmp_path: Path) -> None:
    output = tmp_path / "live.yaml"
    arguments = ["bank", "export", "--pool", "live", "--output", str(output)]
    assert app.test_cli_runner().invoke(args=arguments).exit_code == 0
    lines = db.session.query(AuditLine).filter_by(action="question.exported").count()
    assert lines == len(read_any(output.read_bytes(), "live.yaml").questions) > 60


def test_check_needs_no_installation(tmp_path: Path) -> None:
    file = tmp_path / "questions.gift"
    file.write_text(GIFT, "utf-8")
    bare = cli.without_settings(["flask", "bank", "check", str(file)])
    assert bare is not None
    result = bare.test_cli_runner().invoke(args=["bank", "check", str(file), "--json"])
    assert (result.exit_code, json.loads(result.stdout)["format"]) == (0, "gift")
    assert cli.without_settings(["flask", "bank", "export"]) is None


def test_check_tells_notes_apart_from_problems(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("题型,题干,答案,神秘列\n判断题,甲,对,x\n", "utf-8")
    status, printed = check(app, str(file), "--json")
    found = json.loads(printed)
    assert (status, found["problems"]) == (0, [])
    assert "神秘列" in found["notes"][0]["message"]
    assert found["notes"][0]["place"] == "a.csv:1 第 1 行 D 列"
