"""One question of a pasted text while it is gathered line by line, shown to the kinds as a table row."""

from dataclasses import dataclass, field

from question_bank.readers.headers import Header
from question_bank.readers.sheets import Sheet, clean
from question_bank.readers.table_row import Row


@dataclass(slots=True)
class TextItem:
    """One question being gathered, with the line of each thing."""

    line: int
    number: int
    hint: str
    style: str = "plain"  # of its number
    fields: dict[str, str] = field(default_factory=dict)
    options: list[str] = field(default_factory=list)
    whys: dict[int, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    last: str = "stem"  # what a line without a mark continues
    points: dict[str, int] = field(default_factory=dict)  # the last numbered point in each text
    faults: list[tuple[int, str]] = field(default_factory=list)

    def put(self, name: str, text: str, line: int) -> None:
        self.fields[name] = f"{self.fields[name]}\n{text}" if self.fields.get(name) else text
        self.lines.setdefault(name, line)
        self.last = name

    def proceed(self, text: str) -> None:
        if self.last == "options":
            self.options[-1] += f"\n{text}"
        elif self.last.startswith("why"):
            self.whys[int(self.last[3:])] += f"\n{text}"
        else:
            self.put(self.last, text, self.line)

    def is_open(self) -> bool:
        """Tell whether the text that goes on is empty so far or ends with a colon."""
        text = self.whys[int(self.last[3:])] if self.last[:3] == "why" else self.fields[self.last]
        return not text or text.endswith((":", "："))


class TextRow(Row):
    """Lets the kinds of a table read a question of a text."""

    def __init__(self, item: TextItem) -> None:
        super().__init__(Sheet(""), Header(item.line), item.line, [])
        self.item = item

    def text(self, name: str) -> str:
        return clean(self.item.fields.get(name, ""))

    def raw(self, name: str) -> str:
        return self.item.fields.get(name, "")

    def options(self) -> list[str]:
        return [clean(one) for one in self.item.options]

    def whys(self, count: int) -> list[str]:
        return [clean(self.item.whys.get(at, "")) for at in range(count)]
