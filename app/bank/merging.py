"""Two people changed one question: what each changed, field by field, and what becomes of it.

Pure: it knows three questions (the version both began from, one person's text, the version saved in
between) and which fields to take over. It decides nothing; it proposes, for each field, the side
that changed it, and one's own where both did.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from flask_babel import lazy_gettext as _

from app.bank import wording
from question_bank import Choice, Question, say_key
from question_bank.body import PART_MAY_SAY
from question_bank.fields import shown_decimal, shown_fraction

MINE, THEIRS, BOTH = "mine", "theirs", "both"
LONGEST_COMPARED = 6000  # characters; beyond, a text is shown unmarked
# What is taken over together -> (its name, the fields of Question).
GROUPS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "stem": (_("题干"), ("stem",)),
    "scene": (_("情景"), ("scene",)),
    "answer": (
        _("选项和答案"),
        (
            *("options", "key", "lefts", "pairs", "blanks", "answers", "unit", "units"),
            *("unit_required", "rubric", "model_answer", "longest", "accepts", "most_files"),
            *("largest_mb", "shuffle"),
        ),
    ),
    "media": (_("图片、录音和表格"), ("media",)),
    "explanation": (_("总的解析"), ("explanation",)),
    "marking": (_("层次、难度和计分"), ("level", "difficulty", "rule")),
    "lesson": (_("课、领域和目标"), ("lesson", "domain", "also_lessons", "section", "objective")),
    "clauses": (_("标准条款"), ("clauses",)),
    "sources": (_("来源"), ("sources",)),
    "record": (
        _("语言、复核和审核"),
        ("language", "review_by", "reviewers_needed", "enemies", "writer"),
    ),
}
PART, TAGS = "part:", "tags"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that the two sides say differently; each side as runs of (text, differs)."""

    name: str
    label: str
    changed_by: str
    mine: list[tuple[str, bool]]
    theirs: list[tuple[str, bool]]


def differences(base: Question, mine: Question, theirs: Question) -> list[Difference]:
    """Return what the two sides say differently, in the order of the form."""
    found = []
    for name, (label, fields) in GROUPS.items():
        values = [[getattr(one, field) for field in fields] for one in (base, mine, theirs)]
        if values[1] != values[2]:
            said = [_say(name, one) for one in (mine, theirs)]
            found.append(_difference(name, str(label), values, said))
    for number, part_id in enumerate(_part_ids(mine, theirs), start=1):
        parts = [_part(one, part_id) for one in (base, mine, theirs)]
        if parts[1] != parts[2]:
            said = ["" if one is None else say_whole(one) for one in parts[1:]]
            label = f"{_('小题')} {number}"
            found.append(_difference(f"{PART}{part_id}", label, parts, said))
    return found


def difference_of_tags(
    base: Sequence[str], mine: Sequence[str], theirs: Sequence[str]
) -> list[Difference]:
    """Return how the two sides are tagged, where that differs; tags stand beside the versions."""
    values = [sorted(set(one)) for one in (base, mine, theirs)]
    if values[1] == values[2]:
        return []
    said = ["、".join(one) for one in values[1:]]
    return [_difference(TAGS, str(_("标签")), values, said)]


def merge(mine: Question, theirs: Question, taken: Collection[str]) -> Question:
    """Return the newer question with one's own fields, but for those taken over from it."""
    own = [fields for name, (_label, fields) in GROUPS.items() if name not in taken]
    changes: dict[str, Any] = {field: getattr(mine, field) for group in own for field in group}
    merged = replace(theirs, **changes)
    parts = []
    for part_id in _part_ids(mine, theirs):
        side = theirs if f"{PART}{part_id}" in taken else mine
        part = _part(side, part_id)
        if part is not None:
            parts.append(_follow(part, side, merged))
    return replace(merged, parts=tuple(parts))


def _follow(part: Question, before: Question, case: Question) -> Question:
    """Let a part go with its case in what it took over from it, and in what it never says itself."""
    told = {
        name: getattr(case, name)
        for name in ("domain", "language", "review_by", "reviewers_needed", "writer")
    }
    shared = {
        name: getattr(case, name)
        for name in PART_MAY_SAY
        if getattr(part, name) == getattr(before, name)
    }
    return replace(part, **told, **shared)


def say_whole(question: Question) -> str:
    """Return a part in words: its stem, answers, explanation."""
    told = [_say(name, question) for name in ("stem", "answer", "explanation", "marking")]
    return "\n".join(text for text in told if text)


def _difference(name: str, label: str, values: Sequence[Any], said: Sequence[str]) -> Difference:
    base, mine, theirs = values
    changed_by = THEIRS if mine == base else MINE if theirs == base else BOTH
    return Difference(name, label, changed_by, *_marked(said[0], said[1]))


def _marked(mine: str, theirs: str) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    if len(mine) + len(theirs) > LONGEST_COMPARED:
        return [(mine, False)], [(theirs, False)]
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for how, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        differs = how != "equal"
        if a != b:
            left.append((mine[a:b], differs))
        if c != d:
            right.append((theirs[c:d], differs))
    return left, right


def _part_ids(mine: Question, theirs: Question) -> list[str]:
    return list(dict.fromkeys([*(p.id for p in mine.parts), *(p.id for p in theirs.parts)]))


def _part(question: Question, part_id: str) -> Question | None:
    return next((part for part in question.parts if part.id == part_id), None)


def _say(name: str, question: Question) -> str:
    """Return one group in words, line by line."""
    if name in ("stem", "scene", "explanation"):
        return str(getattr(question, name))
    return "\n".join(line for line in _SAY[name](question) if line)


def _say_answer(question: Question) -> list[str]:
    lines = [_say_option(question, option) for option in question.options]
    lines += [f"{left.text}：{left.why}" for left in question.lefts if left.why]
    if question.kind in ("ordering", "matching"):
        lines.append(say_key(question))
    for blank in question.blanks:
        lines.append(f"{blank.id}：{' / '.join(blank.accept)}（{blank.why}）")
        lines += [f"{blank.id} ≈ {one.text}（{one.fraction}）" for one in blank.partly]
        lines += [f"{blank.id} ≠ {one.text}（{one.why}）" for one in blank.reject]
    for answer in question.answers:
        around = f" ± {shown_decimal(answer.tolerance)}" if answer.tolerance else ""
        lines.append(f"{shown_decimal(answer.value)}{around} {question.unit}（{answer.why}）")
    lines += [
        f"1 {one.text} = {shown_decimal(one.factor)} {question.unit}" for one in question.units
    ]
    lines += [f"{one.text}（{shown_fraction(one.points)}）" for one in question.rubric]
    return [*lines, question.model_answer, "、".join(question.accepts)]


def _say_option(question: Question, option: Choice) -> str:
    right = "✓ " if option.id in question.key and question.kind != "ordering" else ""
    lock = f" [{_('不打乱')}]" if option.lock else ""
    why = f"（{option.why}）" if option.why else ""
    carried = "".join(f" [{name}]" for name in option.media)
    return f"{right}{option.text}{carried}{why}{lock}"


def _say_marking(question: Question) -> list[str]:
    guess = question.difficulty
    band = str(wording.BANDS[guess.band]) if guess else ""
    share = f" {guess.p:.0%}" if guess and guess.p is not None else ""
    level = str(wording.LEVELS.get(question.level, ""))
    return [level, f"{band}{share}", str(wording.RULES.get(question.rule, question.rule))]


def _say_lesson(question: Question) -> list[str]:
    domain = wording.domain_name(question.domain)
    also = "、".join(question.also_lessons)
    return [question.lesson, domain, also, question.section, question.objective]


def _say_record(question: Question) -> list[str]:
    due = question.review_by.isoformat() if question.review_by else ""
    needed, enemies = "、".join(question.reviewers_needed), "、".join(question.enemies)
    return [question.language, due, needed, enemies, question.writer.kind]


_SAY: dict[str, Any] = {
    "answer": _say_answer,
    "media": lambda one: [
        f"{m.name}：{m.alt} {' / '.join(' | '.join(row) for row in m.rows)}" for m in one.media
    ],
    "marking": _say_marking,
    "lesson": _say_lesson,
    "clauses": lambda one: one.clauses,
    "sources": lambda one: [f"{s.title} {s.issuer} {s.date or ''} {s.note}" for s in one.sources],
    "record": _say_record,
}
