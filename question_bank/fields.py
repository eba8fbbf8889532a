"""Take typed values out of a JSON mapping and note every fault instead of stopping at the first.

It knows nothing of questions. The same walk serves question and blueprint bodies.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank.question import Fault, Path

MAX_TEXT = 20_000  # characters; a longer stem is a pasted document, not a question
# Control characters break PostgreSQL (NUL) and printing; lone surrogates cannot be stored at all.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,12})?")
_FRACTION = re.compile(r"-?[0-9]{1,6}(\.[0-9]{1,12}|/[1-9][0-9]{0,11})?")
_VERSION = re.compile(r"([0-9]{1,4})\.([0-9]{1,4})")


class Fields:
    """One mapping being read. Each ``take`` marks the name as known; ``rest`` judges the others."""

    __slots__ = ("_taken", "body", "faults", "keep_unknown", "path")

    def __init__(
        self, body: Mapping[Any, Any], path: Path, faults: list[Fault], *, keep_unknown: bool
    ) -> None:
        self.body = body
        self.path = path
        self.faults = faults
        self.keep_unknown = keep_unknown
        self._taken: set[str] = set()

    def fault(self, name: str, message: str) -> None:
        """Note a fault at the field with this name."""
        self.faults.append(Fault((*self.path, name), message))

    def has(self, name: str) -> bool:
        """Tell whether the field is there and not null."""
        return self.body.get(name) is not None

    def take(self, name: str) -> Any:
        """Give the raw value, None when absent, and count the field as known."""
        self._taken.add(name)
        return self.body.get(name)

    def text(self, name: str, *, required: bool = False) -> str:
        """Give a text, empty when absent."""
        self._taken.add(name)  # as `take` does: this is asked oftenest
        value = self.body.get(name)
        if value is None or value == "":
            if required:
                self.fault(name, f"缺少 {name}，请补上。")
            return ""
        if value.__class__ is str and len(value) <= MAX_TEXT and value.isprintable():
            return str(value)  # nearly every text
        return self._checked_text(name, value)

    def optional_text(self, name: str) -> str | None:
        """Give a text, None when absent."""
        return self.text(name) or None

    def _checked_text(self, name: str, value: object) -> str:
        if not isinstance(value, str):
            self.fault(name, f"{name} 应当是文字，请给它加上引号。")
        elif len(value) > MAX_TEXT:
            self.fault(name, f"{name} 有 {len(value)} 个字，最多 {MAX_TEXT} 个，请缩短。")
        # Python's printable is narrower, and told at once; what is not still may be a line's end.
        elif not value.isprintable() and (found := _UNPRINTABLE.search(value)):
            code = f"U+{ord(found.group()):04X}"
            self.fault(name, f"{name} 第 {found.start() + 1} 个字是不能显示的字符 {code}，请删去。")
        else:
            return value
        return ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of non-empty texts, empty when absent."""
        values = self._sequence(name)
        if not values:
            return ()
        texts = tuple(self._checked_text(name, value) for value in values)
        if any(value == "" for value in values):
            self.fault(name, f"{name} 里有空的一项，请补上或删去。")
        return texts

    def _sequence(self, name: str) -> Sequence[Any]:
        value = self.take(name)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.fault(name, f"{name} 应当是列表，写成 [甲, 乙]。")
            return ()
        return value

    def flag(self, name: str, *, default: bool) -> bool:
        """Give true or false."""
        value = self.take(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.fault(name, f"{name} 应当是 true 或 false。")
            return default
        return value

    def whole(self, name: str, *, default: int | None = None, least: int = 1) -> int:
        """Give a whole number not under ``least``; without a default the field is required."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self.fault(name, f"{name} 应当是不小于 {least} 的整数。")
            return least
        return value

    def number(self, name: str, *, default: Decimal | None = None) -> Decimal:
        """Give an exact decimal number; without a default the field is required.

        A float is taken as it is written (0.1 is 0.1). No exponents: 1e999999999 would be a trap.
        """
        value = self.take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not _DECIMAL.fullmatch(str(value)):
            self.fault(name, f"{name} 应当是数，例如 12 或 -0.5，最多 15 位整数和 12 位小数。")
            return Decimal(0)
        return Decimal(str(value))

    def fraction(self, name: str, *, default: Fraction | None = None) -> Fraction:
        """Give an exact fraction: 1, 0.5 or "1/3"; without a default the field is required."""
        value = self.take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not _FRACTION.fullmatch(str(value)):
            self.fault(name, f'{name} 应当是数，例如 1、0.5 或 "1/3"。')
            return Fraction(0)
        return Fraction(str(value))

    def one_of(self, name: str, allowed: Sequence[str], *, default: str = "") -> str:
        """Give one of the allowed words; without a default the field is required."""
        value = self.take(name)
        if value is None and default:
            return default
        if value not in allowed:
            self.fault(name, f"{name} 应当是 {'、'.join(allowed)} 之一，现在是“{value}”。")
            return default or allowed[0]
        return str(value)

    def day(self, name: str) -> date | None:
        """Give an ISO date, None when absent."""
        value = self.take(name)
        if value is None:
            return None
        try:
            if isinstance(value, str) and len(value) == len("2026-11-21"):
                return date.fromisoformat(value)
        except ValueError:
            pass
        self.fault(name, f"{name} 应当是 2026-11-21 这样的日期。")
        return None

    def mapping(self, name: str) -> "Fields | None":
        """Open a mapping inside this one, None when absent."""
        value = self.take(name)
        if value is None:
            return None
        return self._open(name, value, (*self.path, name))

    def mappings(self, name: str) -> list["Fields"]:
        """Open each mapping of a list."""
        opened = [
            self._open(name, value, (*self.path, name, place))
            for place, value in enumerate(self._sequence(name))
        ]
        return [fields for fields in opened if fields is not None]

    def _open(self, name: str, value: object, path: Path) -> "Fields | None":
        if not isinstance(value, dict | Mapping):  # a dict, nearly always, is told much sooner
            self.faults.append(Fault(path, f"{name} 应当是“字段: 值”的形式。"))
            return None
        return Fields(value, path, self.faults, keep_unknown=self.keep_unknown)

    def rest(self) -> dict[str, Any]:
        """Give the fields nobody took: ``x_`` ones, and those a newer minor version may add."""
        extra: dict[str, Any] = {}
        if self.body.keys() <= self._taken:
            return extra
        for name, value in self.body.items():
            if name in self._taken:
                continue
            if isinstance(name, str) and (name.startswith("x_") or self.keep_unknown):
                extra[name] = value
                if found := _UNPRINTABLE.search("".join(_strings(value))):
                    code = f"U+{ord(found.group()):04X}"
                    self.fault(name, f"{name} 里有不能显示的字符 {code}，请删去。")
            else:
                self.fault(str(name), f"不认识字段 {name}，请检查拼写；自用的字段以 x_ 开头。")
        return extra


class KeptFields(Fields):
    """A mapping of a body that was read before and kept unchanged: form is not judged again."""

    __slots__ = ()

    def __init__(self, body: Mapping[Any, Any], faults: list[Fault]) -> None:
        self.body = body
        self.path = ()
        self.faults = faults
        self.keep_unknown = False

    def take(self, name: str) -> Any:
        """Give the raw value, None when absent."""
        return self.body.get(name)

    def text(self, name: str, *, required: bool = False) -> str:
        """Give a text, empty when absent."""
        return self.body.get(name) or ""

    def texts(self, name: str) -> tuple[str, ...]:
        """Give a list of texts, empty when absent."""
        return tuple(self.body.get(name) or ())

    def one_of(self, name: str, allowed: Sequence[str], *, default: str = "") -> str:
        """Give a word."""
        return self.body.get(name) or default

    def mapping(self, name: str) -> "KeptFields | None":
        """Open a mapping inside this one, None when absent."""
        value = self.body.get(name)
        return None if value is None else KeptFields(value, self.faults)

    def mappings(self, name: str) -> list[Fields]:
        """Open each mapping of a list."""
        return [KeptFields(value, self.faults) for value in self.body.get(name) or ()]

    def rest(self) -> dict[str, Any]:
        """Give the fields of people's own: whatever else was unknown has been refused."""
        return {name: value for name, value in self.body.items() if name.startswith("x_")}


def _strings(value: object) -> Iterator[str]:
    """Give all texts inside a JSON value, its names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield str(name)
            yield from _strings(one)


def shown_decimal(number: Decimal) -> str:
    """Write a decimal number plainly: never an exponent, no trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def shown_fraction(number: Fraction) -> int | str:
    """Write a fraction exactly, as bodies hold it: 2, "3/2"."""
    return number.numerator if number.denominator == 1 else str(number)


def read_version(
    fields: Fields, name_of_format: str, own: tuple[int, int]
) -> tuple[str, bool] | None:
    """Judge ``format`` and ``format_version``; give the version and whether it is a newer minor.

    None means that nothing more can be read, because the rest would be guessed.
    """
    name = fields.take("format")
    version = fields.take("format_version")
    if name != name_of_format:
        fields.fault("format", f"format 应当是 {name_of_format}，现在是“{name}”。")
        return None
    found = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if found is None:
        fields.fault("format_version", f'format_version 应当加引号写成 "{own[0]}.{own[1]}"。')
        return None
    major, minor = int(found[1]), int(found[2])
    if major != own[0]:
        fields.fault(
            "format_version",
            f"这份内容是 {name_of_format} 第 {version} 版，本系统只读第 {own[0]} 版，请先转换。",
        )
        return None
    return version, minor > own[1]
