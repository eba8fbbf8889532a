"""Search over the lessons of an edition: Chinese from one character on, pinyin, and its first letters.

The texts of thirty-odd lessons are small: they are read once for each version of a lesson, kept in the
process part by part, and scanned. The rules of a word are those of the question bank's search.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape

from sqlalchemy import select

from app.extensions import db
from app.models.learning import LessonVersion
from question_bank.folding import fold
from question_bank.sounds import initials_of, meant, sounds_of

MOST_WORDS, LONGEST_WORD, LEAST_LETTERS = 6, 30, 2
MOST_FOUND = 40
AROUND = 28
"""Characters shown on each side of what was found."""
_LETTERS = re.compile(r"[a-z]+")
_PART = re.compile(r"<h2([^>]*)>(.*?)</h2>", re.S)
_ID = re.compile(r'\bid="([^"]*)"')
_DRAWING = re.compile(r"<svg.*?</svg>", re.S)
_TAG = re.compile(r"<[^>]+>")
_kept: dict[str, tuple[Part, ...]] = {}
_MOST_KEPT = 400


@dataclass(frozen=True)
class Part:
    """One part of a lesson, as it is searched."""

    anchor: str
    title: str
    text: str
    folded: str
    sounds: str
    initials: str


@dataclass(frozen=True)
class Found:
    """A part that holds all words; the text around the first, cut in three."""

    code: str
    title: str
    title_en: str
    anchor: str
    part: str
    before: str
    hit: str
    after: str


def search(edition_id: str, codes: Sequence[str], words: str) -> list[Found]:
    """Return the parts of some lessons that hold every word, in the lessons' order."""
    typed = [fold(word)[:LONGEST_WORD] for word in words.split()][:MOST_WORDS]
    typed = [word for word in typed if word]
    if not typed:
        return []
    rows = db.session.execute(
        select(
            LessonVersion.id,
            LessonVersion.code,
            LessonVersion.title,
            LessonVersion.title_en,
            LessonVersion.content_hash,
        ).where(
            LessonVersion.edition_id == edition_id,
            LessonVersion.current.is_(True),
            LessonVersion.code.in_(codes),
        )
    ).all()
    texts = _parts_of({row.id: f"{row.id}:{row.content_hash}" for row in rows})
    order = {code: place for place, code in enumerate(codes)}
    found = []
    for row in sorted(rows, key=lambda row: order[row.code]):
        named = _index("", row.title, row.title)
        for part in texts[row.id]:
            if all(_holds(part, word) or _holds(named, word) for word in typed):
                around = _around(part.text, words.split())
                found.append(
                    Found(row.code, row.title, row.title_en, part.anchor, part.title, *around)
                )
    return found[:MOST_FOUND]


def parts(html: str) -> tuple[Part, ...]:
    """Return the parts of a lesson's HTML: one for each heading, with the text below it."""
    html = _DRAWING.sub(" ", html)
    heads = list(_PART.finditer(html))
    found = []
    for place, head in enumerate(heads):
        end = heads[place + 1].start() if place + 1 < len(heads) else len(html)
        title = _plain(head.group(2))
        anchor = _ID.search(head.group(1))
        found.append(
            _index(anchor.group(1) if anchor else "", title, _plain(html[head.end() : end]))
        )
    return tuple(found) or (_index("", "", _plain(html)),)


def _parts_of(keys: dict[str, str]) -> dict[str, tuple[Part, ...]]:
    missing = [version for version, key in keys.items() if key not in _kept]
    if missing:
        if len(_kept) > _MOST_KEPT:
            _kept.clear()
        rows = db.session.execute(
            select(LessonVersion.id, LessonVersion.html).where(LessonVersion.id.in_(missing))
        )
        for version, html in rows:
            _kept[keys[version]] = parts(html)
    return {version: _kept[key] for version, key in keys.items()}


def _index(anchor: str, title: str, text: str) -> Part:
    sounds = sounds_of(f"{title}\n{text}")
    return Part(anchor, title, text, fold(f"{title}\n{text}"), sounds, initials_of(sounds))


def _holds(part: Part, word: str) -> bool:
    if word in part.folded:
        return True
    if not _LETTERS.fullmatch(word) or len(word) < LEAST_LETTERS:
        return False
    said = meant(word)
    for signs, last in said:
        if any(signs + one in part.sounds for one in last or ("",)):
            return True
    return all(last for _signs, last in said) and word in part.initials


def _plain(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(_TAG.sub(" ", html))).strip()


def _around(text: str, words: Sequence[str]) -> tuple[str, str, str]:
    for word in words:
        at = text.casefold().find(word.casefold())
        if at >= 0:
            end = at + len(word)
            return text[max(at - AROUND, 0) : at], text[at:end], text[end : end + AROUND]
    return "", "", text[: 2 * AROUND]
