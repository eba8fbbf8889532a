"""An exam of every kind that a program marks, with a picture, a sound and a table."""

from __future__ import annotations

import io
import math
import struct
import wave

from PIL import Image

from app import clock
from app.bank import media
from app.bank.content import BankContent
from question_bank import read_blueprint, read_questions

BLUEPRINT = """\
format: peizhen.blueprint
format_version: "1.0"
id: small
title: 各题型
domains: {E: 就诊流程}
cells:
  - {domain: E, kind: single_choice, count: 1, marks: 3}
  - {domain: E, kind: ordering, count: 1, marks: 3}
  - {domain: E, kind: matching, count: 1, marks: 3}
  - {domain: E, kind: fill_in, count: 1, marks: 4}
  - {domain: E, kind: numeric, count: 1, marks: 2}
  - {domain: E, kind: case_set, count: 1, parts: 2, marks: 3/2}
"""
QUESTIONS = """\
format: peizhen.questions
format_version: "1.1"
defaults: {{lesson: "1.1", domain: E, status: draft, pool: live}}
questions:
  - id: e-single
    kind: single_choice
    level: recall
    stem: 图上是哪里？
    media:
      - {{name: 图, alt: 一楼挂号窗口, sha256: {picture}, media_type: image/png}}
      - {{name: 标, alt: 箭头向左, sha256: {picture}, media_type: image/png}}
    options: [{{id: s1, text: 挂号处, why: 图上写着。}}, {{id: s2, text: 药房}}, {{id: s3, media: [标]}}]
    key: [s1]
    explanation: 不能泄露的解析。
  - id: e-order
    kind: ordering
    level: recall
    stem: 按先后排好到院后的事。
    items:
      - {{id: first, text: 取号, why: 不能泄露的理由。}}
      - {{id: second, text: 候诊}}
      - {{id: third, text: 就诊}}
      - {{id: fourth, text: 取药}}
    key: [first, second, third, fourth]
    scoring: {{rule: adjacent_pairs}}
  - id: e-match
    kind: matching
    level: recall
    stem: 各去哪里？
    left: [{{id: drugs, text: 取药}}, {{id: blood, text: 抽血}}, {{id: bill, text: 结账}}]
    right: [{{id: toD, text: 药房}}, {{id: toB, text: 检验科}}, {{id: toP, text: 收费处}}, {{id: toX, text: 食堂}}]
    pairs: {{drugs: toD, blood: toB, bill: toP}}
  - id: e-fill
    kind: fill_in
    level: recall
    stem: 到院先**{{{{secondly}}}}**，再{{{{firstly}}}}。
    blanks:
      - {{id: secondly, accept: [签到, 秘密写法], width: 6}}
      - {{id: firstly, accept: [候诊]}}
  - id: e-number
    kind: numeric
    level: use
    stem: 血压表上是多少？
    media: [{{name: 表, kind: table, alt: 两次血压, rows: [[次, 值], ["1", "118"], ["2", "122"]]}}]
    answers: [{{value: 120, tolerance: 2}}]
    unit: mmHg
    units: [{{text: kPa, factor: 7.5}}]
  - id: e-case
    kind: case_set
    scene: 老人在大厅里。
    media: [{{name: 声, kind: sound, alt: 请三号到二诊室, sha256: {sound}, media_type: audio/wav}}]
    questions:
      - {{id: e-case-0, kind: description, stem: 这时广播响了。}}
      - {{id: e-case-1, level: recall, kind: fill_in, stem: "广播叫的是{{{{b}}}}号。", blanks: [{{id: b, accept: ["3", 三]}}]}}
      - {{id: e-case-2, level: judgement, kind: true_false, stem: 可以让老人一个人去。, key: false}}
"""
SLOTS = 7
SECRET = (
    "不能泄露",
    "秘密写法",
    "secondly",
    "drugs",
    "toD",
    "adjacent",
    "kPa",
    "118.0",
    "tolerance",
)
"""What no page of a candidate may hold: keys, reasons, the author's own names for things."""


def picture() -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (320, 200), "white").save(out, "PNG")
    return out.getvalue()


def sound() -> bytes:
    """Return a tenth of a second of a tone."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        tone = (int(9000 * math.sin(n / 3)) for n in range(800))
        file.writeframes(b"".join(struct.pack("<h", one) for one in tone))
    return out.getvalue()


def content() -> BankContent:
    """Keep the media and return the questions with the blueprint that asks each."""
    now = clock.now()
    kept = media.keep_picture(picture(), now=now), media.keep_sound(sound(), now=now)
    text = QUESTIONS.format(picture=kept[0].sha256, sound=kept[1].sha256)
    report = read_questions(text.encode(), "kinds.yaml")
    assert report.is_clean, report.problems
    blueprint = read_blueprint(BLUEPRINT.encode(), "small.yaml").blueprint
    assert blueprint is not None
    return BankContent(report.questions, (blueprint,), (), {})
