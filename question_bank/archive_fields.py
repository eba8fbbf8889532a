"""Take typed values out of an archive that nobody vouches for; the first wrong one ends the entry."""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from question_bank.asking import check_key
from question_bank.body import check, load
from question_bank.question import Question, QuestionError

PERSON = re.compile(r"[A-Za-z0-9_-]{1,40}")
LONGEST = 20_000  # characters of a remark
MOST = 1_000  # versions, words or remarks of one entry
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")

T = TypeVar("T")


class EntryFaultError(ValueError):
    """An entry cannot be read: its code where known, the place inside, and why."""

    def __init__(self, code: str, place: str, message: str) -> None:
        self.code, self.place = code, place
        super().__init__(message)


class Reading:
    """Takes typed values out of one mapping; the first wrong one ends the entry."""

    def __init__(self, told: object, code: str, place: str) -> None:
        self.code, self.place = code, place
        if not isinstance(told, dict):
            raise EntryFaultError(code, place, "应当是“字段: 值”的形式。")
        self.told: dict[str, Any] = told

    def fault(self, name: str, message: str) -> EntryFaultError:
        place = f"{self.place}.{name}" if self.place else name
        return EntryFaultError(self.code, place, message)

    def has(self, name: str) -> bool:
        return self.told.get(name) is not None

    def text(
        self, name: str, *, longest: int = LONGEST, pattern: re.Pattern[str] | None = None
    ) -> str:
        value = self.told.get(name, "")
        if not isinstance(value, str) or len(value) > longest or _CONTROL.search(value):
            raise self.fault(name, f"应当是文字，最多 {longest} 个字，没有不能显示的字符。")
        if pattern is not None and not pattern.fullmatch(value):
            raise self.fault(name, f"“{value[:40]}”不是这里能用的编号。")
        return value

    def texts(self, name: str, longest: int) -> list[str]:
        values = self.told.get(name, [])
        if not isinstance(values, list) or len(values) > MOST:
            raise self.fault(name, "应当是列表。")
        return [
            Reading({name: one}, self.code, self.place).text(name, longest=longest)
            for one in values
        ]

    def person(self, name: str, *, required: bool = False) -> str:
        return self.text(name, pattern=PERSON) if required or self.told.get(name) else ""

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        value = self.told.get(name, "")
        if value not in known:
            raise self.fault(name, f"“{str(value)[:40]}”不是这里能用的词。")
        return str(value)

    def whole(self, name: str, *, least: int = 1) -> int:
        value = self.told.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value < 10**9:
            raise self.fault(name, f"应当是不小于 {least} 的整数。")
        return value

    def flag(self, name: str) -> bool:
        value = self.told.get(name, False)
        if not isinstance(value, bool):
            raise self.fault(name, "应当是 true 或 false。")
        return value

    def time(self, name: str) -> datetime:
        return self._parsed(name, lambda text: datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%f%z"))

    def day(self, name: str) -> date | None:
        return self._parsed(name, date.fromisoformat) if self.told.get(name) else None

    def _parsed(self, name: str, parse: Callable[[str], T]) -> T:
        value = self.told.get(name)
        try:
            return parse(str(value)[:40])
        except ValueError as error:
            raise self.fault(name, f"“{str(value)[:40]}”不是日期。") from error

    def inside(self, name: str) -> "Reading":
        return Reading(self.told.get(name, {}), self.code, name)

    def several(self, name: str) -> list["Reading"]:
        values = self.told.get(name, [])
        if not isinstance(values, list) or len(values) > MOST:
            raise self.fault(name, f"应当是列表，最多 {MOST} 项。")
        before = f"{self.place}.{name}" if self.place else name
        return [
            Reading(one, self.code, f"{before}[{number}]")
            for number, one in enumerate(values, start=1)
        ]

    def question(self, name: str) -> Question:
        try:
            return load(self.told.get(name, {}))
        except QuestionError as error:
            raise self.fault(f"{name}.{error.place}", error.faults[0].message) from error

    def key(self, name: str, question: Question) -> dict[str, Any]:
        key = self.told.get(name)
        if not isinstance(key, dict):
            raise self.fault(name, "应当是“字段: 值”的形式。")
        # An unfinished draft has a key that marks nothing; it must come back all the same.
        asks = question.kind != "description" and not check(question)
        if asks and (faults := check_key(question, key)):
            raise self.fault(name, faults[0].message)
        return key
