"""What an import refuses with a sentence, and who may import."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.bank import importing
from app.extensions import db
from app.models.bank import (
    QuestionImport,
)
from app.models.people import Role, User
from tests import factories
from tests.app.bank import rows
from tests.app.bank.imports import DEFAULTS, GIFT, entries, send
from tests.client import PageClient

pytestmark = pytest.mark.rows


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "请选一个文件，或把题目粘贴进来"),
        ({"file": (b"", "a.gift")}, "文件是空的"),
        ({"file": (b" \n ", "a.gift")}, "文件是空的"),
        ({"file": (b"%PDF-1.7", "a.pdf")}, "这是 PDF"),
        ({"file": (GIFT.encode(), "a.gift"), "wanted": "moodle"}, "没有格式“moodle”"),
        ({"file": (GIFT.encode(), "a.gift"), "wanted": "excel"}, "选的格式是 excel"),
        ({"file": (b"<!DOCTYPE x [<!ENTITY a 'b'>]><quiz/>", "a.xml")}, "DOCTYPE"),
        ({"text": "随便写的一段话"}, "看不出这是什么格式"),
        ({"text": GIFT, "file": (GIFT.encode(), "a.gift")}, "二选一"),
        ({"text": GIFT, "lesson": "第四课"}, "请写课的编号"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(
    page: PageClient, sent: dict[str, Any], said: str
) -> None:
    fields = {
        name: (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
        for name, value in sent.items()
    }
    answer = page.send("/bank/import", {**DEFAULTS, **fields})
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert said in html
    assert f'value="{fields.get("lesson", "4.3")}"' in html
    if "text" in sent:
        assert sent["text"].splitlines()[0].split("<")[0] in html
    assert db.session.scalar(select(func.count()).select_from(QuestionImport)) == 0


def test_a_file_too_large_is_refused_with_a_sentence(
    page: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "MOST_BYTES", 1000)
    answer = page.send("/bank/import", {**DEFAULTS, "file": (io.BytesIO(b"x" * 1001), "a.gift")})
    assert "超过 64 MB" in answer.get_data(as_text=True)


def test_a_zip_bomb_is_refused(page: PageClient) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 300_000_000)
        archive.writestr("xl/workbook.xml", b"")
    answer = page.send(
        "/bank/import", {**DEFAULTS, "file": (io.BytesIO(packed.getvalue()), "b.xlsx")}
    )
    assert answer.status_code == 200
    assert db.session.scalar(select(func.count()).select_from(QuestionImport)) == 0


def test_live_questions_need_the_wall(page: PageClient, writer: User) -> None:
    text = rows.FILE.encode()
    rows.teach(writer)
    html = page.page(send(page, text, "a.yaml"))
    assert "你现在不能打开考试题" in html
    answer = page.send("/bank/import", {**DEFAULTS, "pool": "live", "text": GIFT})
    assert answer.status_code in (200, 403)
    assert entries() == []


def test_another_persons_import_is_not_there(app: Flask, page: PageClient) -> None:
    address = send(page, GIFT.encode())
    other = PageClient(app).sign_in(factories.user(Role.ITEM_WRITER))
    other.page(address, status=404)
    for act in ("take", "drop", "decide"):
        assert other.send(f"{address}/{act}").status_code == 404
    other.page(f"{address}/questions/1", status=404)
    assert other.get(f"{address}/troubles.csv").status_code == 404


def test_who_may(app: Flask) -> None:
    for role in Role:
        status = 200 if role is Role.ITEM_WRITER else 403
        PageClient(app).sign_in(factories.user(role)).page("/bank/import", status=status)
