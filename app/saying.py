"""Sentences of the pure package `question_bank`, said in the reader's language.

The package speaks Chinese and knows of no other language; what it said may also lie in the
database. A sentence is recognised by the template it was made from, and its values are said in
turn where they are themselves known. What stands in “…” comes from somebody's file and stays as it
is, and so does a sentence that nobody knows. The templates with their English are the catalogue
`question_bank.po`, which script/translations takes from the package's source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel.messages.mofile import read_mo

from app.translating import language

FOLDER = Path(__file__).parent / "translations"
LONGEST = 4_000
"""Characters; what is longer is no sentence of ours."""
MOST = 4_096
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_FIGURE = re.compile(r"[\x21-\x7e–—]*")
_TELLING = 2
"""Chinese characters that make a template; one with fewer needs values that are all known."""
_MOST_AT_ONCE = 20
"""Sentences after each other; trying every cut of more would take long."""
_JOINTS = (("、", ", "), ("，", ", "), ("；", "; "))


@dataclass(frozen=True, slots=True)
class Template:
    """One message with values: how it is recognised, and what is said for it."""

    literals: tuple[str, ...]
    names: tuple[str, ...]
    pattern: re.Pattern[str]
    translation: tuple[str, ...]
    """Text and names of values in turn, beginning with text."""
    weight: int
    """How many Chinese characters must be met word for word."""

    def quotes(self, place: int) -> bool:
        """Tell whether a value stands in quotes, being somebody's words."""
        return self.literals[place].endswith("“") and self.literals[place + 1].startswith("”")


def template(message: str, translation: str) -> Template:
    """Take a message of the catalogue apart."""
    pieces = _PLACEHOLDER.split(message)
    literals = tuple(piece.replace("%%", "%") for piece in pieces[::2])
    taken: set[str] = set()
    pattern = re.escape(literals[0])
    for name, literal in zip(pieces[1::2], literals[1:], strict=True):
        pattern += f"(?P=v_{name})" if name in taken else f"(?P<v_{name}>.*?)"
        pattern += re.escape(literal)
        taken.add(name)
    told = tuple(piece.replace("%%", "%") for piece in _PLACEHOLDER.split(translation))
    weight = len(_CHINESE.findall("".join(literals)))
    return Template(literals, tuple(pieces[1::2]), re.compile(pattern, re.DOTALL), told, weight)


class Sentences:
    """All templates of one language; those that begin alike lie together."""

    def __init__(self, messages: Iterable[tuple[str, str]]) -> None:
        self.plain: dict[str, str] = {}
        self.by_beginning: dict[str, list[Template]] = {}
        self.messages = dict(messages)
        for message, translation in self.messages.items():
            if _PLACEHOLDER.search(message):
                made = template(message, translation)
                self.by_beginning.setdefault(made.literals[0][:1], []).append(made)
            else:
                self.plain[message.replace("%%", "%")] = translation.replace("%%", "%")

    def in_words(self, value: str) -> str | None:
        """Return a sentence, or a piece of one; None where it is none of ours."""
        if _FIGURE.fullmatch(value):
            return value
        told = self._sentence(value) or self._one_after_another(value)
        if told is not None:
            return told
        for joint, between in _JOINTS:
            if joint in value:
                parts = [self.in_words(part) for part in value.split(joint)]
                if None not in parts:
                    return between.join(part for part in parts if part is not None)
        head, quote, quoted = value.partition("“")
        if head in self.plain and quoted.endswith("”"):
            return f"{self.plain[head]} {quote}{quoted}"
        head, bracket, inside = value.partition("（")
        if bracket and inside.endswith("）") and _FIGURE.fullmatch(head):
            told = self.in_words(inside[:-1])
            return None if told is None else f"{head} ({told})"
        return None

    def _sentence(self, sentence: str) -> str | None:
        if sentence in self.plain:
            return self.plain[sentence]
        found = self.by_beginning.get(sentence[:1], []) + self.by_beginning.get("", [])
        for made in sorted(found, key=lambda one: one.weight, reverse=True):
            told = self._filled(made, sentence)
            if told is not None:
                return told
        return None

    def _filled(self, made: Template, sentence: str) -> str | None:
        if not all(literal in sentence for literal in made.literals):
            return None
        found = made.pattern.fullmatch(sentence)
        if found is None:
            return None
        values = {name: found[f"v_{name}"] for name in made.names}
        for place, name in enumerate(made.names):
            if made.quotes(place):
                continue
            value = found[f"v_{name}"]
            told = self.in_words(value) if len(value) < len(sentence) else None
            if told is None and made.weight < _TELLING:
                return None
            values[name] = value if told is None else told
        pieces = (values[one] if at % 2 else one for at, one in enumerate(made.translation))
        return "".join(pieces).strip()

    def _one_after_another(self, text: str) -> str | None:
        """Say sentences that stand after each other, cut where one ends."""
        ends = [at + 1 for at, sign in enumerate(text) if sign == "。"]
        if len(ends) > _MOST_AT_ONCE:
            return None
        cuts = [0, *ends] if ends and ends[-1] == len(text) else [0, *ends, len(text)]
        told: dict[int, str] = {len(text): ""}  # what is said from a cut to the end
        for at in range(len(cuts) - 2, -1, -1):
            for end in cuts[at + 1 :]:
                if end in told and (at or end < len(text)):
                    head = self._sentence(text[cuts[at] : end])
                    if head is not None:
                        told[cuts[at]] = f"{head} {told[end]}".rstrip()
                        break
        return told.get(0)


@lru_cache
def sentences_of(name: str) -> Sentences:
    """Return the templates of a language; none for Chinese, which the package speaks itself."""
    path = FOLDER / name / "LC_MESSAGES" / "question_bank.mo"
    if not path.exists():
        return Sentences(())
    with path.open("rb") as file:
        catalogue = read_mo(file)
    return Sentences((str(one.id), str(one.string)) for one in catalogue if one.id)


def said(sentence: str) -> str:
    """Return a sentence in the reader's language; one that nobody knows stays as it is."""
    name = language()
    if name in {None, "zh"} or not sentence or len(sentence) > LONGEST:
        return sentence
    return _said(str(name), str(sentence))


def all_said(sentences: Iterable[str]) -> str:
    """Return several sentences after each other, with a space where the language has one."""
    return ("" if language() in {None, "zh"} else " ").join(said(one) for one in sentences)


@lru_cache(MOST)
def _said(name: str, sentence: str) -> str:
    return sentences_of(name).in_words(sentence) or sentence
