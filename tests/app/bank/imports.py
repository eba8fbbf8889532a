"""Files to import, sent as a browser sends them, and what the bank holds afterwards."""

from __future__ import annotations

import io
from base64 import b64encode
from typing import Any

from PIL import Image, PngImagePlugin
from sqlalchemy import select

from app import clock, jobs
from app.extensions import db
from app.models.bank import (
    QuestionEntry,
)
from tests.client import PageClient

GIFT = """\
// [id:w1] [tag:夜班]
::拐杖::老人的拐杖落在出租车上，先做什么？{=打出租车公司的电话#有车牌就能找到。
~再买一根#旧的合手。 ~让老人自己走#会摔。 ~先去看病再说#回头就难找了。}

::轮椅::轮椅下坡，陪诊师应当怎样推？{=倒退着慢慢下 ~正着推下去 ~松手让它滑 ~请老人自己下}
"""
BROKEN = GIFT + "\n::坏的::没有答案的题？{~甲 ~乙}\n"
DEFAULTS = {"pool": "practice", "domain": "C", "lesson": "4.3", "level": "use", "wanted": ""}


def send(page: PageClient, data: bytes | None, name: str = "一月.gift", **fields: Any) -> str:
    """Upload a file with defaults; return the address of its preview."""
    file = {} if data is None else {"file": (io.BytesIO(data), name)}
    answer = page.send("/bank/import", {**DEFAULTS, **file, **fields})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:3000]
    return answer.location


def only(model: Any) -> Any:
    return db.session.scalars(select(model)).one()


def entries() -> list[QuestionEntry]:
    db.session.expire_all()
    return list(db.session.scalars(select(QuestionEntry).order_by(QuestionEntry.stem)))


def work() -> None:
    """Let the worker do all that waits."""
    while jobs.run_next(clock.now()):
        pass
    db.session.expire_all()


def png() -> bytes:
    out, note = io.BytesIO(), PngImagePlugin.PngInfo()
    note.add_text("Comment", "secret")
    Image.new("RGB", (40, 30), "#cfe0e6").save(out, "PNG", pnginfo=note)
    return out.getvalue()


def moodle(*files: tuple[str, bytes]) -> bytes:
    """Return Moodle XML with one question for each picture."""
    asked = "".join(
        f"""<question type="multichoice"><name><text>图{n}</text></name>
        <questiontext format="html"><text><![CDATA[<p>第{n}张图里是什么标志？<img src="@@PLUGINFILE@@/{name}" alt="一个标志"></p>]]></text>
        <file name="{name}" path="/" encoding="base64">{b64encode(data).decode()}</file></questiontext>
        <single>true</single><answer fraction="100"><text>导医台{n}</text></answer>
        <answer fraction="0"><text>药房{n * 7}</text></answer></question>"""
        for n, (name, data) in enumerate(files)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?><quiz>{asked}</quiz>'.encode()
