"""On English pages the sentences about questions are English; only what they quote may be Chinese."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from docx import Document
from flask import Flask
from lxml import html as parser

from app.models.bank import QuestionImport
from app.models.people import Role
from question_bank import losses
from tests import factories
from tests.app.bank import imports, rows
from tests.app.bank.test_blueprint_tables import NEW as NEW_BLUEPRINT
from tests.app.bank.typed import typed
from tests.app.bank.written import TYPED
from tests.client import PageClient
from tests.question_bank.readers.workbooks import workbook

pytestmark = pytest.mark.rows
CHINESE = re.compile(r"[^\s“”]*[\u3400-\u9fff][^\s“”]*")
# Kinds and columns are called in a sheet as our template calls them, quoted or not.
QUOTED = re.compile(
    r"“[^”]*”|【[^】]*】|（2分）|单选题|多选题|判断题|填空题|选项[A-Z]|易 |中 |难 |答案：[A-D)]"
)

GIFT = """\
::A:: Who is first? {~one ~two}

::B:: Pick {=yes ~no

::C:: Order it {>one >two >three}

::D:: Match {=left right =b -> c}

::E:: How many? {#many}
"""
MOODLE = """<?xml version="1.0" encoding="UTF-8"?><quiz>
<question type="truefalse"><name><text>a</text></name><questiontext><text>Is it so?</text></questiontext>
<answer fraction="50"><text>true</text></answer><answer fraction="50"><text>false</text></answer></question>
<question type="ddmarker"><name><text>b</text></name><questiontext><text>Where?</text></questiontext></question>
<question type="calculated"><name><text>c</text></name><questiontext><text>How?</text></questiontext></question>
</quiz>"""
TEXT = """\
1. Who goes first?
A. one
B. two

2. What is it?
A. one
B. two
答案：D
"""


def english(app: Flask, role: Role = Role.ITEM_WRITER) -> PageClient:
    return PageClient(app).sign_in(factories.user(role, locale="en", name="Li Writer"))


def chinese(page: str) -> list[str]:
    """Return what stands in Chinese on a page, without quotations and what is marked as Chinese."""
    tree = parser.fromstring(page)
    for one in tree.xpath("//script | //style | //template | //select | //textarea"):
        one.drop_tree()
    for one in tree.xpath("//*[starts-with(@lang, 'zh')][not(self::html)]"):
        one.drop_tree()
    text = " ".join(tree.xpath("//main//text()"))
    return CHINESE.findall(QUOTED.sub("", text))


def sheet(*lines: dict[str, str]) -> bytes:
    columns = ["题型", "题干", "选项A", "选项B", "答案", "难度", "层次", "状态"]
    out = io.StringIO()
    table = csv.DictWriter(out, columns)
    table.writeheader()
    table.writerows(lines)
    return out.getvalue().encode("utf-8-sig")


SHEET = sheet(
    {"题型": "单选题", "题干": "Who?", "选项A": "one", "选项B": "two", "答案": "Z"},
    {"题型": "X", "题干": "Which?", "选项A": "one", "选项B": "two", "答案": "A"},
    {"题型": "判断题", "题干": "So?", "答案": "maybe"},
    {"题型": "单选题", "题干": "Hm?", "选项A": "1", "选项B": "2", "答案": "A", "难度": "odd", "层次": "odd"},
)  # fmt: skip


WORKBOOK = workbook(
    (
        "Questions",
        [
            ["题型", "题干", "选项A", "选项B", "答案", "难度"],
            ["单选题", "Who?", "one", "two", "Z", ""],
            ["判断题", "So?", "", "", "maybe", ""],
            ["单选题", "Hm?", "1", "2", "A", "odd"],
        ],
    )
)


def in_word(text: str) -> bytes:
    document = Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (GIFT.encode(), "a.gift", "No option gives marks."),
        (MOODLE.encode(), "a.xml", "does not have the Moodle type ddmarker"),
        (SHEET, "a.csv", "points to option 26"),
        (TEXT.encode(), "a.txt", "this question has only 2 options"),
        (
            WORKBOOK,
            "a.xlsx",
            "“maybe” of a true–false question cannot be told to be right or wrong",
        ),
        (in_word(TEXT), "a.docx", "this question has only 2 options"),
    ],
)
def test_the_preview_of_a_faulty_file(app: Flask, data: bytes, name: str, words: str) -> None:
    client = english(app)
    path = imports.send(client, data, name)
    imports.work()
    page = client.page(path)
    told = " ".join(" ".join(parser.fromstring(page).xpath("//main//text()")).split())
    assert words in told, told
    assert chinese(page) == []
    kept = str(imports.only(QuestionImport).report["troubles"])
    assert words not in kept  # stored as it was said
    assert CHINESE.search(kept)


def test_a_line_of_a_table_is_quoted_alone(app: Flask) -> None:
    """What stands in the next rows is nothing of this one."""
    client = english(app)
    imports.send(client, SHEET, "a.csv")
    imports.work()
    quoted = [one["raw"] for one in imports.only(QuestionImport).report["troubles"]]
    assert quoted[0].startswith("单选题,Who?")
    assert not any("\n" in one for one in quoted)


def test_a_file_that_is_none_is_refused_in_english(app: Flask) -> None:
    file = {"file": (io.BytesIO(b"{\\rtf1 x}"), "a.rtf")}
    answer = english(app).send("/bank/import", {**imports.DEFAULTS, **file})
    assert "This is an RTF document." in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "kind", [kind for kind in TYPED if kind not in ("case_set", "description")]
)
def test_the_editor_with_faults_and_flaws(app: Flask, kind: str) -> None:
    client = english(app)
    path = f"/bank/questions/new?kind={kind}"
    form = typed(client.page(path)) | {"stem": "Who is not first?", "lesson": "4.3"}
    answer = client.send(path, form)
    assert answer.status_code == 200
    told = parser.fromstring(answer.get_data(as_text=True)).xpath(
        "//*[contains(@class, 'notice') or contains(@class, 'flaw') or contains(@class, 'said__one')]"
        "//text()"
    )
    assert told
    assert CHINESE.findall(QUOTED.sub("", " ".join(told))) == []


def test_flaws_of_a_question_say_how_to_mend_them(app: Flask) -> None:
    entry = rows.entry("q1", pool="practice", explanation="")
    page = english(app).page(f"/bank/questions/{entry.id}")
    told = parser.fromstring(page).xpath("//li[contains(@class, 'flaw')]//text()")
    assert "Add the explanation of the whole question." in " ".join(told)
    assert CHINESE.findall(QUOTED.sub("", " ".join(told))) == []


@pytest.mark.parametrize("name", ["aiken", "gift", "moodle_xml", "qti", "excel", "text"])
def test_what_an_export_loses(app: Flask, name: str) -> None:
    given: dict[str, Any] = {"pool": "practice", "explanation": "See first."}
    rows.entry("q1", **given)
    rows.entry("q2", **given, kind="true_false", options=(), key=("true",))
    page = english(app).page(f"/bank/export?pool=practice&format={name}")
    cells = parser.fromstring(page).xpath("//section[@aria-labelledby='lost']//td//text()")
    assert cells or not losses([], name)
    assert CHINESE.findall(QUOTED.sub("", " ".join(cells))) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"least-recall": "90", "least-use": "90"},
            "The lowest shares of the levels add up to more than the whole paper. Lower them.",
        ),
        (
            {"least-recall": "90", "most-recall": "50"},
            "Recall (recall): at least 2 questions and at most 1; no number satisfies both.",
        ),
    ],
)
def test_a_blueprint_with_faults(app: Flask, changes: dict[str, str], words: str) -> None:
    answer = english(app, Role.EXAM_MANAGER).send("/bank/blueprints/new", NEW_BLUEPRINT | changes)
    assert answer.status_code == 400
    page = parser.fromstring(answer.get_data(as_text=True))
    told = " ".join(page.xpath("//*[contains(@class, 'notice')]//text()"))
    assert words in told
    assert CHINESE.findall(QUOTED.sub("", told)) == []
