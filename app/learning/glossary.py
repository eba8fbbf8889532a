"""The glossary that ships: words of the lessons with a plain meaning, and where they stand in a text.

A word is marked the first time it stands in a lesson, outside headings, links and drawings. The mark is
a link to the glossary's page, so that it works without script; a script shows the meaning in place.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "glossary.yaml"
_CLOSED_TO_MARKS = frozenset({"a", "svg", "h2", "h3", "h4", "summary", "button", "figcaption"})
_TAGS = re.compile(r"(<[^>]+>)")
_NAME = re.compile(r"</?\s*([a-zA-Z0-9]+)")


@dataclass(frozen=True)
class Term:
    """One word. `also`: other ways it stands in a text."""

    id: str
    zh: str
    en: str
    says: str
    says_en: str
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Marked:
    """A text with its words marked, and which they are, in the order in which they stand."""

    html: str
    terms: tuple[Term, ...]


@functools.cache
def terms() -> dict[str, Term]:
    """Return all words by id, as the file has them."""
    body = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    listed = [Term(**{**one, "also": tuple(one.get("also", ()))}) for one in body["terms"]]
    return {one.id: one for one in listed}


@functools.lru_cache(maxsize=256)
def mark(html: str, page: str) -> Marked:
    """Mark the first place of each word in cleaned HTML; `page` is the glossary's address."""
    found: dict[str, Term] = {}
    closed: list[str] = []
    pieces: list[str] = []
    for piece in _TAGS.split(html):
        if not piece.startswith("<"):
            pieces.append(piece if closed else _mark_text(piece, page, found))
            continue
        pieces.append(piece)
        name = _NAME.match(piece)
        tag = name.group(1).lower() if name else ""
        if tag in _CLOSED_TO_MARKS and not piece.endswith("/>"):
            if piece.startswith("</"):
                closed.pop()
            else:
                closed.append(tag)
    return Marked("".join(pieces), tuple(found.values()))


def _mark_text(text: str, page: str, found: dict[str, Term]) -> str:
    def link(match: re.Match[str]) -> str:
        term = terms()[_words()[match.group()]]
        if term.id in found:
            return match.group()
        found[term.id] = term
        return f'<a class="term" href="{page}#{term.id}" data-term="{term.id}">{match.group()}</a>'

    return _pattern().sub(link, text)


@functools.cache
def _words() -> dict[str, str]:
    return {word: one.id for one in terms().values() for word in (one.zh, *one.also)}


@functools.cache
def _pattern() -> re.Pattern[str]:
    # The longest first: 医保电子凭证 before what stands inside it.
    return re.compile("|".join(map(re.escape, sorted(_words(), key=len, reverse=True))))
