"""`flask bank import`: the page's reading and writing without a page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from app.bank import import_taking
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionImport
from app.models.people import Role
from tests import factories
from tests.app.bank import rows
from tests.app.bank.test_import import BROKEN, GIFT

pytestmark = pytest.mark.rows
CHOSEN = ["--domain", "C", "--lesson", "4.3", "--level", "use"]


def run(app: Flask, tmp_path: Path, text: str, *more: str) -> Result:
    """Import a GIFT file for the login `anna`."""
    path = tmp_path / "a.gift"
    path.write_text(text, "utf-8")
    return app.test_cli_runner().invoke(
        args=["bank", "import", str(path), "--by", "anna", *CHOSEN, *more]
    )


@pytest.fixture(autouse=True)
def anna(app: Flask) -> Any:
    return factories.user(Role.ITEM_WRITER, login_name="anna")


def test_it_works(app: Flask, tmp_path: Path, anna: Any) -> None:
    anna_id = anna.id
    told = run(app, tmp_path, GIFT)
    assert told.exit_code == 0, told.output
    assert "写入 2 题" in told.output
    found = db.session.scalars(select(QuestionEntry)).all()
    assert {(one.author_id, one.status, one.pool) for one in found} == {
        (anna_id, "draft", "practice")
    }
    again = run(app, tmp_path, GIFT)
    assert again.exit_code == 0
    assert "2 题已经有了" in again.output
    assert len(rows.codes()) == 2


def test_a_dry_run_writes_nothing(app: Flask, tmp_path: Path) -> None:
    told = run(app, tmp_path, GIFT, "--dry-run")
    assert "2 题新" in told.output
    assert rows.codes() == []
    assert db.session.scalars(select(QuestionImport)).all() == []


def test_problems_are_named_and_the_rest_comes_in(app: Flask, tmp_path: Path) -> None:
    told = run(app, tmp_path, BROKEN)
    assert told.exit_code == 1
    assert "坏的" in told.output
    assert len(rows.codes()) == 2


def test_a_file_that_cannot_be_read(app: Flask, tmp_path: Path) -> None:
    told = run(app, tmp_path, "%PDF-1.7")
    assert told.exit_code == 2
    assert "这是 PDF" in told.output


def test_who_may(app: Flask, tmp_path: Path) -> None:
    factories.user(Role.AUDITOR, login_name="otto")
    assert "不能编写题目" in run(app, tmp_path, GIFT, "--by", "otto").output
    assert "没有登录名" in run(app, tmp_path, GIFT, "--by", "nobody").output
    assert rows.codes() == []


def test_an_interruption_leaves_nothing(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any, **_kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(import_taking, "finish", stopped)
    assert run(app, tmp_path, GIFT).exit_code != 0
    assert rows.codes() == []
