"""Two versions of a question side by side, field by field, with the words that changed.

Everything a version says is compared: what candidates read, its key and explanations, how it is
marked, where it belongs. Words of Chinese are single characters, of other scripts runs of letters.
Two texts that are long and share little are shown as replaced: finding their words would take long.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.bank import wording
from app.extensions import db
from app.formatting import show_list
from app.models.bank import MarkingKey, QuestionVersion
from question_bank import Choice, Medium, Question, load, say_key

# A run of letters or digits, a run of spaces, or one sign: Chinese characters stand alone.
TOKENS = re.compile(r"[A-Za-z0-9]+|[^\S\n]+|.", re.DOTALL)
MOST_PAIRS = 4_000_000
"""Tokens of one text times tokens of the other, beyond their common ends."""


@dataclass(frozen=True)
class Piece:
    """A run of words; `changed` when the other side has others in its place."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Row:
    """One field of both versions."""

    label: str
    old: tuple[Piece, ...]
    new: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Tell whether the two differ."""
        return any(piece.changed for piece in (*self.old, *self.new))


def compare(old: QuestionVersion, new: QuestionVersion) -> list[Row]:
    """Return every field that either version fills, in the order of the question's page."""
    keys = _keys([old, new])
    before = dict(_fields(load(old.body), keys.get(old.id, [])))
    after = dict(_fields(load(new.body), keys.get(new.id, [])))
    rows = []
    for label in _merged(list(before), list(after)):
        pieces = mark_changes(before.get(label, ""), after.get(label, ""))
        if pieces[0] or pieces[1]:
            rows.append(Row(label, *pieces))
    return rows


def mark_changes(old: str, new: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Cut two texts into pieces that are the same and pieces that are not."""
    one, other = TOKENS.findall(old), TOKENS.findall(new)
    head = _common(one, other)
    tail = _common(one[head:][::-1], other[head:][::-1])
    ends = (one[:head], one[len(one) - tail :])
    left, right = one[head : len(one) - tail], other[head : len(other) - tail]
    blocks = [("replace", 0, len(left), 0, len(right))]
    if left and right and len(left) * len(right) <= MOST_PAIRS:
        blocks = list(SequenceMatcher(None, left, right, autojunk=False).get_opcodes())
    said = [(tag != "equal", left[a:b], right[c:d]) for tag, a, b, c, d in blocks]
    said = [(False, ends[0], ends[0]), *said, (False, ends[1], ends[1])]
    return (
        _joined([(changed, words) for changed, words, _new in said]),
        _joined([(changed, words) for changed, _old, words in said]),
    )


def _joined(runs: Sequence[tuple[bool, Sequence[str]]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for changed, words in runs:
        text = "".join(words)
        if text and pieces and pieces[-1].changed == changed:
            pieces[-1] = Piece(pieces[-1].text + text, changed)
        elif text:
            pieces.append(Piece(text, changed))
    return tuple(pieces)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    """Count how many first tokens are the same."""
    return next(
        (at for at, pair in enumerate(zip_longest(one, other)) if pair[0] != pair[1]), len(one)
    )


def _merged(before: list[str], after: list[str]) -> list[str]:
    """Return the labels of both, those of one alone at their place."""
    labels: dict[str, None] = {}
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _tag, a, b, c, d in matcher.get_opcodes():
        labels |= dict.fromkeys((*before[a:b], *after[c:d]))
    return list(labels)


def _keys(versions: Sequence[QuestionVersion]) -> dict[str, list[MarkingKey]]:
    """Return, by version id, the keys that mended the first one."""
    rows = db.session.scalars(
        select(MarkingKey)
        .where(MarkingKey.version_id.in_([one.id for one in versions]), MarkingKey.number > 1)
        .order_by(MarkingKey.number)
    )
    found: dict[str, list[MarkingKey]] = {}
    for row in rows:
        found.setdefault(row.version_id, []).append(row)
    return found


def _fields(question: Question, mended: Sequence[MarkingKey]) -> Iterator[tuple[str, str]]:
    """Give each field as a label and its words; parts of a case have their number before it."""
    if question.parts:
        yield _("情景"), question.scene
        for number, part in enumerate(question.parts, 1):
            for label, words in _asked(part):
                yield _("第 %(n)d 小题：%(field)s", n=number, field=label), words
    else:
        yield from _asked(question)
    for key in mended:
        said = _("%(key)s（改正：%(why)s）", key=say_key(question, key.key), why=key.reason)
        yield _("第 %(n)d 号评分依据", n=key.number), said
    yield from _about(question)


def _asked(question: Question) -> Iterator[tuple[str, str]]:
    yield _("题干"), question.stem
    for number, left in enumerate(question.lefts, 1):
        yield _("左项 %(n)d", n=number), _choice(left)
    for number, option in enumerate(question.options, 1):
        yield _("选项 %(n)d", n=number), _choice(option)
    for blank in question.blanks:
        yield _("空 %(id)s", id=blank.id), _blank(blank)
    if question.kind != "description":
        yield _("正确答案"), say_key(question)
    for criterion in question.rubric:
        steps = [f"{anchor.points}：{anchor.text}" for anchor in criterion.anchors]
        words = "\n".join([f"{criterion.text}（{criterion.points}）", *steps])
        yield _("评分项 %(id)s", id=criterion.id), words
    yield _("参考答案"), question.model_answer
    yield _("解析"), question.explanation
    for medium in question.media:
        yield _("媒体 %(name)s", name=medium.name), _medium(medium)
    yield _("层次"), str(wording.LEVELS.get(question.level, question.level))
    yield _("计分"), str(wording.RULES.get(question.rule, question.rule))
    yield _("选项可以打乱次序"), _("是") if question.shuffle else _("否")
    if question.difficulty:
        band = str(wording.BANDS.get(question.difficulty.band, question.difficulty.band))
        share = "" if question.difficulty.p is None else f" {question.difficulty.p:.2f}"
        yield _("估计难度"), band + share


def _about(question: Question) -> Iterator[tuple[str, str]]:
    if question.parts:
        yield _("案例解析"), question.explanation
    yield _("领域"), wording.domain_name(question.domain)
    yield _("课"), show_list((question.lesson, *question.also_lessons))
    yield _("目标"), question.objective
    yield _("条款"), show_list(question.clauses)
    sources = [
        " ".join(filter(None, (one.title, one.issuer, str(one.date or ""), one.note)))
        for one in question.sources
    ]
    yield _("出处"), "\n".join(sources)
    yield _("互斥的题"), show_list(question.enemies)
    yield _("复核日期"), str(question.review_by or "")
    yield _("还要哪方面的人审"), show_list(question.reviewers_needed)
    yield _("语言"), question.language
    drafted = question.writer.kind == "ai_drafted"
    yield _("起草"), _("AI 起草") if drafted else _("人写")


def _choice(option: Choice) -> str:
    lines = [option.text]
    if option.media:
        lines.append(_("媒体：%(names)s", names=show_list(option.media)))
    if option.weight is not None:
        lines.append(_("得分比例：%(share)s", share=str(option.weight)))
    if option.lock:
        lines.append(_("位置固定"))
    if option.why:
        lines.append(_("说明：%(why)s", why=option.why))
    return "\n".join(lines)


def _blank(blank: Any) -> str:
    lines = [_("收：%(texts)s", texts=show_list(blank.accept))]
    lines += [f"{one.text}：{one.fraction} {one.why}".rstrip() for one in blank.partly]
    lines += [_("不收：%(text)s %(why)s", text=one.text, why=one.why) for one in blank.reject]
    return "\n".join([*lines, *([blank.why] if blank.why else [])])


def _medium(medium: Medium) -> str:
    table = [" | ".join(row) for row in medium.rows]
    mark = [medium.sha256[:12]] if medium.sha256 else []
    return "\n".join([medium.alt, *table, *mark])
