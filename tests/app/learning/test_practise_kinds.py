"""Practice of the kinds beyond choices: each blank, pair, place and number explained; media kept in."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app import clock
from app.bank import media
from app.bank.versions import FROM_FILES, add_version, make_current
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.learning import CourseEdition, LessonVersion, PracticeAnswer
from app.models.people import Role
from question_bank import read_questions
from tests import factories
from tests.client import PageClient

pytestmark = pytest.mark.rows
KINDS = """\
format: peizhen.questions
format_version: "1.1"
defaults: {{lesson: "1.1", domain: E, status: draft, pool: practice}}
questions:
  - id: k-order
    kind: ordering
    level: recall
    stem: 按先后排。
    items: [{{id: i1, text: 取号}}, {{id: i2, text: 等候}}, {{id: i3, text: 就诊}}]
    key: [i1, i2, i3]
  - id: k-match
    kind: matching
    level: recall
    stem: 各去哪里？
    left: [{{id: a, text: 取药}}, {{id: b, text: 抽血}}]
    right: [{{id: x, text: 药房}}, {{id: y, text: 检验科}}, {{id: z, text: 食堂}}]
    pairs: {{a: x, b: y}}
    why: {{b: 检验科抽血。}}
  - id: k-fill
    kind: fill_in
    level: recall
    stem: 先{{{{b1}}}}，再{{{{b2}}}}。
    blanks:
      - {{id: b1, accept: [签到, 报到]}}
      - {{id: b2, accept: [候诊], reject: [{{text: 回家, why: 走了就过号。}}]}}
  - id: k-number
    kind: numeric
    level: recall
    stem: 几张？
    answers: [{{value: 3, tolerance: 0, why: 三类各一张。}}]
    unit: 张
  - id: k-short
    kind: short_answer
    level: recall
    stem: 说说为什么。
    model_answer: 因为老人站不稳。
    rubric: [{{id: r1, text: 说到站不稳, points: 2}}]
  - id: k-upload
    kind: upload
    level: recall
    stem: 交一段录音。
    accepts: [audio]
    rubric: [{{id: r1, text: 语气平和, points: 2}}]
  - id: k-case
    kind: case_set
    scene: 老人在**大厅**。
    media: [{{name: 图, alt: 大厅的样子, sha256: {sha256}, media_type: image/png}}]
    questions:
      - {{id: k-case-0, kind: description, stem: 这时下雨了。}}
      - {{id: k-case-1, level: recall, kind: fill_in, stem: "先请他{{{{b}}}}。", blanks: [{{id: b, accept: [坐下]}}]}}
      - {{id: k-case-2, level: recall, kind: true_false, stem: 可以走开。, key: false}}
"""
CODES = ["k-order", "k-match", "k-fill", "k-number", "k-short", "k-upload", "k-case"]


@pytest.fixture
def kinds(edition: CourseEdition, demo: None) -> str:
    """Put the questions into the first lesson; gives how their addresses begin."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 6), "white").save(picture, "PNG")
    now = clock.now()
    kept = media.keep_picture(picture.getvalue(), now=now)
    report = read_questions(KINDS.format(sha256=kept.sha256).encode(), "k.yaml")
    assert report.is_clean, report.problems
    for question in report.questions:
        entry = QuestionEntry(
            code=question.id, pool=question.pool, origin=FROM_FILES, created_at=now
        )
        make_current(entry, question, 1, now=now)
        db.session.add(entry)
        add_version(entry, question, 1, author=None, now=now)
    lesson = db.session.scalars(
        select(LessonVersion).where(LessonVersion.code == "1.1", LessonVersion.current)
    ).one()
    lesson.front = {**lesson.front, "practice": CODES}
    db.session.commit()
    return f"/learn/{edition.id}/1.1/practice/"


def rows() -> list[PracticeAnswer]:
    return list(db.session.scalars(select(PracticeAnswer).order_by(PracticeAnswer.answered_at)))


def test_every_kind_has_its_fields_and_tells_nothing(
    reader: PageClient, kinds: str, edition: CourseEdition
) -> None:
    page = reader.page(f"/learn/{edition.id}/1.1")
    for name in ("answer.i1", "answer.a", "answer.b1", "answer.k-case-1.b", "answer.k-case-2"):
        assert f'name="{name}"' in page
    assert page.count('<span class="blank">') == 3
    assert "这时下雨了。" in page
    assert "这道题在练习里不能做" in page
    for hidden in ("报到", "走了就过号", "因为老人站不稳", "语气平和", "三类各一张"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("code", "given", "kept", "right", "told"),
    [
        (
            "k-order",
            {"answer.i1": "1", "answer.i2": "3", "answer.i3": "2"},
            ["i1", "i3", "i2"],
            False,
            ["第 3 位", "正确答案"],
        ),
        ("k-order", {"answer.i1": "1", "answer.i2": "2", "answer.i3": "3"}, None, True, ["答对了"]),
        ("k-match", {"answer.a": "x", "answer.b": "z"}, {"a": "x", "b": "z"}, False, ["食堂"]),
        ("k-match", {"answer.a": "x", "answer.b": ""}, {"a": "x"}, False, ["没有填", "检验科抽血"]),
        (
            "k-fill",
            {"answer.b1": " 报到 ", "answer.b2": "回家"},
            {"b1": "报到", "b2": "回家"},
            False,
            ["走了就过号。", "候诊"],
        ),
        ("k-fill", {"answer.b1": "签到", "answer.b2": "候诊"}, None, True, ["答对了"]),
        ("k-number", {"answer": "３ 张"}, "３ 张", True, ["三类各一张。"]),
        (
            "k-short",
            {"answer": "站不稳"},
            "站不稳",
            True,
            ["自己对照", "因为老人站不稳。", "说到站不稳"],
        ),
        (
            "k-case",
            {"answer.k-case-1.b": "坐下", "answer.k-case-2": "true"},
            {"k-case-1": {"b": "坐下"}, "k-case-2": True},
            False,
            ["这题没有答对", "答对了"],
        ),
    ],
)
def test_it_works(
    reader: PageClient,
    kinds: str,
    code: str,
    given: dict[str, str],
    kept: object,
    right: bool,
    told: list[str],
) -> None:
    answer = reader.send(kinds + code, given)
    assert answer.status_code == 302, answer.get_data(as_text=True)
    (row,) = rows()
    assert row.right is right
    assert kept is None or row.response == kept
    page = reader.page(answer.location)
    card = page.split(f'id="q-{code}"')[1].split("</article>")[0]
    assert [words for words in told if words not in card] == []
    assert (code in reader.page("/learn/notebook")) is not right


@pytest.mark.parametrize(
    ("code", "given", "words", "shown"),
    [
        ("k-number", {"answer": "三张"}, "读不成一个数", 'value="三张"'),
        (
            "k-order",
            {"answer.i1": "1", "answer.i2": "1"},
            "恰好排一次",
            '<option value="1" selected>',
        ),
        ("k-order", {}, "还没有答完", ""),
        ("k-case", {"answer.k-case-1.b": "坐下"}, "还没有答完", 'value="坐下"'),
        ("k-upload", {"answer": "x"}, "练习里不能做", ""),
    ],
)
def test_what_is_no_answer_is_said_and_kept_in_its_field(
    reader: PageClient, kinds: str, code: str, given: dict[str, str], words: str, shown: str
) -> None:
    answer = reader.send(kinds + code, given)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert words in page
    assert shown in page
    assert rows() == []


def test_the_notebook_asks_again_and_keeps_what_was_typed(reader: PageClient, kinds: str) -> None:
    reader.send(kinds + "k-number", {"answer": "4"})
    assert "几张？" in reader.page("/learn/notebook")
    refused = reader.send("/learn/notebook/k-number", {"answer": "很多"})
    assert refused.status_code == 400
    assert 'value="很多"' in refused.get_data(as_text=True)
    taken = reader.send("/learn/notebook/k-number", {"answer": "3"})
    assert "三类各一张。" in reader.page(taken.location)


def test_what_cannot_be_done_here_does_not_keep_a_lesson_open(
    reader: PageClient, kinds: str, edition: CourseEdition
) -> None:
    """The share of practice to be right is counted of what can be answered."""
    reader.page(f"/learn/{edition.id}/1.1")
    reader.send(f"/learn/{edition.id}/1.1/done")
    assert "做对 7 道" not in reader.page(f"/learn/{edition.id}/1.1")


def test_who_may_see_its_picture(
    app: Flask, reader: PageClient, client: PageClient, kinds: str, edition: CourseEdition
) -> None:
    path = "/learn/practice/k-case/media/1"
    assert f'src="{path}" alt="大厅的样子"' in reader.page(f"/learn/{edition.id}/1.1")
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for nothing in ("/learn/practice/k-case/media/2", "/learn/practice/k-case/media/0"):
        assert reader.get(nothing).status_code == 404
    assert reader.get("/learn/practice/live-one/media/1").status_code == 404
    stranger = PageClient(app).sign_in(factories.user(Role.TRAINEE))
    assert stranger.get(path).status_code == 404
    assert PageClient(app).get(path).status_code in (302, 401)
