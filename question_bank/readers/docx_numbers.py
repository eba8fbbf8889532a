"""The automatic numbers of Word paragraphs: 1. 2. 3., A. B. C., 一、二、 as the reader sees them.

Counts as ECMA-376 17.9 says: by level, deeper levels begin anew, lists of one definition go on
unless a list says where it starts. Bullets have no text.
"""

import re
from collections.abc import Callable

from lxml import etree

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_DIGITS = "零一二三四五六七八九"
_PLACE = re.compile(r"%([1-9])")
_ROMANS = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
           (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


def word(name: str) -> str:
    """Give a name of WordprocessingML as lxml writes it."""
    return f"{_W}{name}"


def _value(element: etree._Element | None, default: str = "") -> str:
    return element.get(word("val"), default) if element is not None else default


def _whole(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else default


class Numbering:
    """Counts along the document; ask ``label`` once for each paragraph, in order."""

    def __init__(self, numbering: etree._Element | None, styles: etree._Element | None) -> None:
        self._definitions: dict[str, dict[int, tuple[int, str, str]]] = {}
        self._lists: dict[str, tuple[str, dict[int, int]]] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()
        if numbering is not None:
            self._read_definitions(numbering)
        if styles is not None:
            self._read_styles(styles)

    def _read_definitions(self, root: etree._Element) -> None:
        for one in root.iterfind(word("abstractNum")):
            levels = {}
            for level in one.iterfind(word("lvl")):
                levels[_whole(level.get(word("ilvl"), "0"), 0)] = (
                    _whole(_value(level.find(word("start"))), 1),
                    _value(level.find(word("numFmt")), "decimal"),
                    _value(level.find(word("lvlText"))),
                )
            self._definitions[one.get(word("abstractNumId"), "")] = levels
        for one in root.iterfind(word("num")):
            starts = {}
            for override in one.iterfind(word("lvlOverride")):
                start = override.find(word("startOverride"))
                if start is not None:
                    level_number = _whole(override.get(word("ilvl"), "0"), 0)
                    starts[level_number] = _whole(_value(start), 1)
            definition = _value(one.find(word("abstractNumId")))
            self._lists[one.get(word("numId"), "")] = (definition, starts)

    def _read_styles(self, root: etree._Element) -> None:
        based_on: dict[str, str] = {}
        for style in root.iterfind(word("style")):
            name = style.get(word("styleId"), "")
            based_on[name] = _value(style.find(word("basedOn")))
            numbers = style.find(f"{word('pPr')}/{word('numPr')}")
            if numbers is not None:
                self._styles[name] = _list_and_level(numbers)
        for name in based_on:
            ancestor = name
            for _ in range(10):
                if ancestor in self._styles or not ancestor:
                    break
                ancestor = based_on.get(ancestor, "")
            if ancestor in self._styles:
                self._styles.setdefault(name, self._styles[ancestor])

    def label(self, paragraph: etree._Element) -> str:
        """Count this paragraph and give its number as shown, empty when it has none."""
        properties = paragraph.find(word("pPr"))
        if properties is None:
            return ""
        numbers = properties.find(word("numPr"))
        if numbers is not None:
            list_id, level = _list_and_level(numbers)
        else:
            style = _value(properties.find(word("pStyle")))
            list_id, level = self._styles.get(style, ("", 0))
        definition, starts = self._lists.get(list_id, ("", {}))
        levels = self._definitions.get(definition, {})
        if level not in levels:
            return ""
        counts = self._counts.setdefault(definition, [None] * _LEVELS)
        if list_id not in self._begun:
            self._begun.add(list_id)
            for at in starts:
                counts[at : at + 1] = [None]
        start = starts.get(level, levels[level][0])
        before = counts[level]
        counts[level] = start if before is None else before + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        return self._shown(levels, counts, level)

    def _shown(
        self, levels: dict[int, tuple[int, str, str]], counts: list[int | None], level: int
    ) -> str:
        if levels[level][1] in ("bullet", "none"):
            return ""

        def number(found: re.Match[str]) -> str:
            at = int(found[1]) - 1
            start, shape, _ = levels.get(at, (1, "decimal", ""))
            value = counts[at]
            return _FORMATS.get(shape, str)(start if value is None else value)

        return _PLACE.sub(number, levels[level][2]).strip()


def _list_and_level(numbers: etree._Element) -> tuple[str, int]:
    level = _whole(_value(numbers.find(word("ilvl")), "0"), 0)
    return _value(numbers.find(word("numId"))), min(level, _LEVELS - 1)


def _letter(number: int) -> str:
    """A … Z, AA, BB as Word counts on."""
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if number > 0 else ""


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMANS:
        while number >= value and len(text) < 30:
            text += letters
            number -= value
    return text


def _chinese(number: int) -> str:
    """一 … 九十九; beyond that digits, which nobody numbers questions with."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 0 < number <= 20 else str(number)


_FORMATS: dict[str, Callable[[int], str]] = {
    "upperLetter": _letter,
    "lowerLetter": lambda number: _letter(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "chineseCounting": _chinese,
    "chineseCountingThousand": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": _chinese,
    "taiwaneseCountingThousand": _chinese,
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalZero": "{:02}".format,
}
