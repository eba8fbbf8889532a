"""Take the fields of one mapping in a content file, one by one, noting every fault on the way.

Each method returns a usable value even where the file is wrong, so that reading goes on and one
run reports everything. `finish()` then names the fields nobody asked for: typing mistakes.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime

from curricula.course import Words
from curricula.marked_yaml import Marked
from curricula.problems import ProblemList

_LOOSE_DAY = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


class Fields:
    """The fields of one mapping. `lenient` keeps quiet about fields of a newer minor version."""

    def __init__(self, marked: Marked, problems: ProblemList, *, lenient: bool = False) -> None:
        self.lenient = lenient
        self.own_line = marked.line
        self.problems = problems
        self._asked: set[str] = set()
        self._silent = False
        self._values: dict[str, Marked] = {}
        if isinstance(marked.value, dict):
            self._values = marked.value
        else:
            problems.error(
                marked.line,
                "not-a-mapping",
                "这里应当是“字段: 值”的形式。",
                "This must be written as 'field: value'.",
            )

    @classmethod
    def empty(cls, problems: ProblemList) -> "Fields":
        """Return fields of a mapping that is not there: its own fields are not missed again."""
        fields = cls(Marked({}, 1), problems)
        fields._silent = True
        return fields

    def line(self, name: str) -> int:
        """Return the line of a field, or of the mapping where the field is missing."""
        found = self._values.get(name)
        return found.line if found else self.own_line

    def has(self, name: str) -> bool:
        """Tell whether the field is written."""
        return name in self._values

    def text(self, name: str, *, required: bool = True) -> str:
        """Return a text, stripped; "" where it is missing or not a text."""
        value = self._take(name, required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self._wrong(
                name, "一段文字；数字和日期要加引号", "text; put numbers and dates in quotes"
            )
            return ""
        if required and not value.strip():
            self._missing(name)
        return value.strip()

    def whole(self, name: str, default: int = 0, *, required: bool = True, least: int = 1) -> int:
        """Return a whole number of at least `least`; `default` where it is missing or wrong."""
        value = self._take(name, required)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 100_000:
            zh, en = f"一个不小于 {least} 的整数", f"a whole number of at least {least}"
            self._wrong(name, zh, en, code="not-positive")
            return default
        return value

    def names(self) -> tuple[str, ...]:
        """Return the names of the fields as they stand."""
        return tuple(self._values)

    def plain(self, name: str) -> str:
        """Return any value as one line of text: 3, 2026-11-22, 15、20; "" where it is missing."""
        value = self._take(name, required=False)
        if isinstance(value, list):
            return "、".join(str(item.value) for item in value)
        if isinstance(value, dict):
            self._wrong(name, "一个值或一列值", "one value or a list of values")
            return ""
        return "" if value is None else str(value)

    def share(self, name: str) -> str:
        """Return a number from 0 to 1 as text, exactly as written; "" where it is missing."""
        value = self._take(name, required=False)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            self._wrong(name, "0 到 1 之间的数", "a number from 0 to 1")
            return ""
        return str(value)

    def flag(self, name: str, *, required: bool = False) -> bool:
        """Return true or false; false where it is missing."""
        value = self._take(name, required)
        if value is None:
            return False
        if not isinstance(value, bool):
            self._wrong(name, "true 或 false", "true or false")
            return False
        return value

    def day(self, name: str) -> date | None:
        """Return a full date; None where it is missing or wrong."""
        value = self._take(name, required=True)
        if isinstance(value, date) and not isinstance(value, datetime):
            return value
        if value is not None:
            self._wrong(name, "像 2026-11-21 这样的日期", "a date such as 2026-11-21")
        return None

    def loose_day(self, name: str, *, required: bool = True) -> str:
        """Return a day, month or year in ISO form as text; "" where it is missing or wrong."""
        value = self._take(name, required)
        if value is None:
            return ""
        written = str(value)
        if isinstance(value, bool) or not _LOOSE_DAY.fullmatch(written):
            self._wrong(
                name,
                "年、年月或年月日，如 2026、2026-11、2026-11-21",
                "a year, month or day such as 2026, 2026-11 or 2026-11-21",
            )
            return ""
        return written

    def choice(self, name: str, allowed: Sequence[str]) -> str:
        """Return one of the allowed words; the first of them where it is missing or wrong."""
        value = self._take(name, required=True)
        if isinstance(value, str) and value in allowed:
            return value
        if value is not None:
            listed = "、".join(allowed)
            self._wrong(name, f"其中之一：{listed}", f"one of: {', '.join(allowed)}")
        return allowed[0]

    def words(self, name: str, *, required: bool = True) -> Words:
        """Return Chinese and English words written as {zh: …, en: …}."""
        inner = self.mapping(name, required=required)
        if inner is None:
            return Words("", "")
        words = Words(inner.text("zh"), inner.text("en"))
        inner.finish()
        return words

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """Return a list of texts. What is not a text, or stands there twice, is noted and left out."""
        kept: dict[str, None] = {}
        for item in self._items(name, required):
            if not isinstance(item.value, str) or not item.value.strip():
                self.problems.error(
                    item.line,
                    "wrong-kind",
                    f"“{name}”里的每一项都应当是一段文字；像 4.3 这样的编号要加引号。",
                    f"Each item of '{name}' must be text; put ids such as 4.3 in quotes.",
                )
            elif item.value.strip() in kept:
                self.problems.error(
                    item.line,
                    "duplicate-item",
                    f"“{name}”里的“{item.value}”写了两次；请删去一个。",
                    f"'{item.value}' stands twice in '{name}'; delete one of them.",
                )
            else:
                kept[item.value.strip()] = None
        return tuple(kept)

    def mapping(self, name: str, *, required: bool = True) -> "Fields | None":
        """Return the fields inside a field; None where it is missing."""
        if self._take(name, required) is None:
            return None
        return Fields(self._values[name], self.problems, lenient=self.lenient)

    def mappings(self, name: str, *, required: bool = True) -> "list[Fields]":
        """Return the fields of each item of a list."""
        return [
            Fields(item, self.problems, lenient=self.lenient)
            for item in self._items(name, required)
        ]

    def finish(self) -> None:
        """Report each field that nobody asked for, except those beginning with x_."""
        for name, value in self._values.items():
            if name not in self._asked and not name.startswith("x_") and not self.lenient:
                self.problems.error(
                    value.line,
                    "unknown-field",
                    f"没有“{name}”这个字段；请检查拼写，自用的字段请以 x_ 开头。",
                    f"There is no field '{name}'; check the spelling, or begin your own with x_.",
                )

    def _items(self, name: str, required: bool) -> list[Marked]:
        value = self._take(name, required)
        if value is None:
            return []
        if not isinstance(value, list):
            self._wrong(name, "一个列表，如 [甲, 乙]", "a list such as [a, b]")
            return []
        return value

    def _take(self, name: str, required: bool) -> object:
        self._asked.add(name)
        found = self._values.get(name)
        if found is None or found.value is None:
            if required:
                self._missing(name)
            return None
        return found.value

    def _missing(self, name: str) -> None:
        if self._silent:
            return
        self.problems.error(
            self.line(name),
            "missing-field",
            f"缺少“{name}”；请补上。",
            f"'{name}' is missing; add it.",
        )

    def _wrong(self, name: str, zh: str, en: str, code: str = "wrong-kind") -> None:
        self.problems.error(
            self.line(name), code, f"“{name}”应当是{zh}。", f"'{name}' must be {en}."
        )
