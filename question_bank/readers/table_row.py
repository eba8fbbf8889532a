"""One row of a question table: its cells by field, and everything that is wrong or odd in it.

Turning it into a question is ``table_kinds.py``'s and ``table.py``'s.
"""

from dataclasses import dataclass, field

from question_bank.readers.answers import split_options, strip_letter
from question_bank.readers.headers import Header
from question_bank.readers.sheets import Sheet, clean, invisible

_WIDE_MERGE = (
    "kind",
    "case",
    "section",
    "lesson",
    "domain",
    "headings",
    "difficulty",
    "level",
    "pool",
    "tags",
    "scene",
)
# Fields in which a date or an error of the spreadsheet changes what is asked or right.
_ASKED = ("stem", "scene", "key", "options", "tolerance", "rubric")
_FORMULA = (
    "这一格是公式，表里没有存结果，已把公式按文字读入，没有计算；要用结果，请选择性粘贴为数值。"
)
_VALUE = "这一格是公式，没有重新计算，读的是表里存着的结果“{text}”，请核对。"
_DATE = (
    "这一格在表里是日期或时间，读成“{text}”；若本来是别的文字（例如 1-2），请改成文本格式再填一遍。"
)
_FORMAT = "这一格在表里按特别的格式显示（例如货币、分数），只读了数“{text}”，请核对；要连格式一起读，请改成文字。"
_ERROR = "这一格是表格的出错值 {text}，请改成要说的文字。"
_INVISIBLE = "这一格有看不见的或改变文字方向的字符 {names}，已经删去，请核对文字。"


@dataclass(slots=True)
class Row:
    """``faults`` keep the question out, ``notes`` say what was left out of it.

    ``seen`` is no fault: what was read as well as it can be and wants a look. Each with its field.
    """

    sheet: Sheet
    header: Header
    number: int
    cells: list[str]
    merged: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[int | None, str]] = field(default_factory=list)
    seen: list[tuple[int | None, str]] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Give what is meant in the column of a field, empty when there is none."""
        column = self.header.columns.get(name)
        if column is None:
            return ""
        text = self._at(column, asked=name in _ASKED)
        return text or self.merged.get(name, "")

    def raw(self, name: str) -> str:
        """Give the cell as it is written."""
        column = self.header.columns.get(name)
        return self.cells[column] if column is not None and column < len(self.cells) else ""

    def fault(self, name: str, message: str) -> None:
        """Note what keeps this row from being a question."""
        self.faults.append((name, message))

    def note(self, name: str, message: str) -> None:
        """Note what should be looked at; the question still comes in."""
        self.notes.append((self.header.column(name), message))

    def look(self, name: str, message: str) -> None:
        """Note what was read as well as it can be and wants a look; it is no problem."""
        if not self.header.is_ours:
            self.seen.append((self.header.column(name), message))

    def several(self, name: str) -> tuple[str, ...]:
        """Give a list: one on each line, or with ； ; 、 or | between."""
        text = self.text(name)
        for separator in "\n；;|、":
            if separator in text:
                return tuple(one.strip() for one in text.split(separator) if one.strip())
        return (text,) if text else ()

    def options(self) -> list[str]:
        """Give the options' texts in order: of their columns, or of the one cell with them all."""
        header = self.header
        if header.options:
            last = max(header.options)
            texts = [
                self._at(header.options[number]) if number in header.options else ""
                for number in range(last + 1)
            ]
            while texts and not texts[-1]:
                texts.pop()
            if texts:
                return self._checked([strip_letter(one, at) for at, one in enumerate(texts)])
        text = self.text("options")
        return self._checked([clean(one) for one in split_options(text)]) if text else []

    def _checked(self, texts: list[str]) -> list[str]:
        for number, text in enumerate(texts):
            if not text:
                name = f"options[{number + 1}]"
                letter = chr(65 + number)
                self.fault(name, f"选项{letter} 是空的，后面却还有选项，请补上文字或往前移。")
        return texts

    def whys(self, count: int) -> list[str]:
        """Give what is said about each option."""
        table = self.header.whys
        return [self._at(table[at]) if at in table else "" for at in range(count)]

    def _at(self, column: int, *, asked: bool = True) -> str:
        if column >= len(self.cells):
            return ""
        written = self.cells[column]
        if not written:
            return ""
        text = clean(written)
        if len(text) < len(written) and not written.isascii():
            self._note_invisible(column, written)
        if self.sheet.odd:
            self._note_odd(column, text, asked)
        return text

    def _note_invisible(self, column: int, written: str) -> None:
        names = invisible(written)
        told = (column, _INVISIBLE.format(names=names))
        if names and told not in self.notes:  # the text was changed: that is no mere note
            self.notes.append(told)

    def _note_odd(self, column: int, text: str, asked: bool) -> None:
        odd = self.sheet.odd.get((self.number, column))
        if odd == "formula":
            self._note_once(column, _FORMULA)
        elif odd == "value":
            self._note_once(column, _VALUE.format(text=text[:40]))
        elif odd == "date" and asked:
            self._note_once(column, _DATE.format(text=text))
        elif odd == "format" and asked:
            self._note_once(column, _FORMAT.format(text=text[:40]))
        elif odd == "error" and asked:
            fault = (f"@{column}", _ERROR.format(text=text[:20]))
            if fault not in self.faults:
                self.faults.append(fault)

    def _note_once(self, column: int, message: str) -> None:
        if (column, message) not in self.seen:
            self.seen.append((column, message))

    def place(self, name: str) -> str:
        """Say where a field of this row is; ``@3`` is a column counted from 0."""
        column = int(name[1:]) if name.startswith("@") else self.header.column(name)
        return self.sheet.place(self.number, column)


def merged_values(sheet: Sheet, header: Header) -> dict[int, dict[str, str]]:
    """Give for each row what a cell merged downwards says there; only for what questions share.

    A stem or an answer merged over several rows belongs to one question and is never copied.
    """
    by_column = {header.columns[name]: name for name in _WIDE_MERGE if name in header.columns}
    tops = dict(sheet.rows) if sheet.merged else {}
    told: dict[int, dict[str, str]] = {}
    for top, left, bottom, right in sheet.merged:
        for column in range(left, right + 1):
            name = by_column.get(column)
            cells = tops.get(top, [])
            if name is None or column >= len(cells) or top <= header.row:
                continue
            for number in range(top + 1, min(bottom, top + 5_000) + 1):
                told.setdefault(number, {})[name] = clean(cells[column])
    return told
