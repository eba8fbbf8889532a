"""Read YAML into plain values with the line of everything, safely.

Builds only text, numbers, booleans, null, dates (as ISO text), lists and mappings. Anchors and
aliases are refused (a few lines of them can expand to gigabytes), and so are tags, deep nesting,
large files and repeated keys. After a syntax error, what was complete before it is still given.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any

import yaml

from question_bank.question import Path

MAX_BYTES = 2_000_000
MAX_DEPTH = 12
MAX_NUMBER = 60  # characters

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # several times faster where present


@dataclass(slots=True)
class Document:
    """One YAML document: its value, and the line (from 1) of each path in it."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """Give the line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """A sentence about the text itself, at a line from 1; fatal when nothing could be read."""

    line: int
    message: str
    fatal: bool = False


def decode(data: bytes) -> str | YamlProblem:
    """Decode UTF-8 (a byte-order mark is fine), or say what the file seems to be instead."""
    if len(data) > MAX_BYTES:
        size = f"{len(data) / 1e6:.1f} MB"
        return YamlProblem(
            1, f"文件有 {size}，最大 {MAX_BYTES // 1_000_000} MB，请拆成几份。", True
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        seems = "GBK" if _decodes(data, "gb18030") else "别的编码"
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            line, seems = 1, "UTF-16"
        return YamlProblem(line, f"文件不是 UTF-8（像是 {seems}），请另存为 UTF-8 后再读。", True)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def read_documents(text: str) -> tuple[list[Document], list[YamlProblem]]:
    """Read all documents of a text and every problem of the YAML itself."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_PARSER):
            builder.take(event)
    except yaml.reader.ReaderError as error:
        character: Any = error.character  # a number from the C parser, which counts bytes
        by_bytes = isinstance(character, int)
        before = text.encode()[: error.position] if by_bytes else text[: error.position].encode()
        line = before.count(b"\n") + 1
        code = f"U+{character if by_bytes else ord(character):04X}"
        builder.problem(line, f"这一行有不能显示的字符 {code}，请删去。", fatal=True)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        builder.give_up()
        reason = f"（{error.problem}）" if error.problem else ""
        builder.problem(
            line, f"YAML 写法有错{reason}，从这里起没有读；请检查缩进、引号、括号和冒号。"
        )
    except _RefusedError as refused:
        builder.documents.clear()
        builder.problem(refused.line, refused.message, fatal=True)
    return builder.documents, builder.problems


class _RefusedError(Exception):
    def __init__(self, line: int, message: str) -> None:
        self.line = line
        self.message = message
        super().__init__(message)


@dataclass(slots=True)
class _Open:
    """A list or mapping that is not closed yet, and the key that waits for its value."""

    value: dict[Any, Any] | list[Any]
    path: Path
    key: str | None = None


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


class _Builder:
    """Turns parser events into documents."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.problems: list[YamlProblem] = []
        self._open: list[_Open] = []
        self._scalars = yaml.SafeLoader("")
        self._resolver: Any = self._scalars  # untyped in the stubs

    def problem(self, line: int, message: str, *, fatal: bool = False) -> None:
        self.problems.append(YamlProblem(line, message, fatal))

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.NodeEvent):
            self._take_node(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents.append(Document())
            self._open.clear()
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            self._open.pop()

    def _take_node(self, event: yaml.NodeEvent) -> None:
        line = _line(event)
        if event.anchor is not None:
            raise _RefusedError(line, "不接受 YAML 的锚点和引用（& 和 *），请把内容写全。")
        if isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event, line)
            return
        if len(self._open) >= MAX_DEPTH:
            raise _RefusedError(line, f"层次超过 {MAX_DEPTH} 层，请检查缩进和括号。")
        tag = getattr(event, "tag", None)
        if tag not in (None, "!"):
            raise _RefusedError(line, f"不接受 YAML 标签 {tag}，请删去。")
        value: dict[Any, Any] | list[Any] = [] if isinstance(event, yaml.SequenceStartEvent) else {}
        self._open.append(_Open(value, self._place(value, line)))

    def _take_scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        parent = self._open[-1] if self._open else None
        if parent and isinstance(parent.value, dict) and parent.key is None:
            # Keys are always text: an unquoted lesson number or a date as key stays what was typed.
            parent.key = event.value
            if event.value in parent.value:
                self.problem(line, f"字段 {event.value} 写了两次，请删去一个。")
            return
        self._place(self._scalar(event, line), line)

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> Any:
        if event.tag not in (None, "!"):
            raise _RefusedError(line, f"不接受 YAML 标签 {event.tag}，请删去。")
        tag = self._resolver.resolve(yaml.ScalarNode, event.value, event.implicit)
        # Nothing long is a number or a date, and 1:1:1:… (a number to the base 60) takes hours.
        if len(event.value) > MAX_NUMBER or tag.endswith((":value", ":merge")):
            return event.value
        try:
            value = self._scalars.construct_object(yaml.ScalarNode(tag, event.value))
            if isinstance(value, float) and not isfinite(value):
                raise ValueError(value)
        except (ValueError, yaml.YAMLError):
            self.problem(line, f"“{event.value[:40]}”读不成数或日期；是文字就加上引号。")
            return None
        return value.isoformat() if isinstance(value, date | datetime) else value

    def _place(self, value: Any, line: int) -> Path:
        """Put a value into what is open, and remember its line; give its path."""
        document = self.documents[-1]
        if not self._open:
            document.value = value
            document.lines[()] = line
            return ()
        parent = self._open[-1]
        if isinstance(parent.value, list):
            path: Path = (*parent.path, len(parent.value))
            parent.value.append(value)
        elif parent.key is None:
            raise _RefusedError(line, "字段名应当是文字，不能是列表或映射。")
        else:
            path = (*parent.path, parent.key)
            parent.value[parent.key] = value
            parent.key = None
        document.lines[path] = line
        return path

    def give_up(self) -> None:
        """After a syntax error drop the entry of a top-level list that is still being read."""
        if len(self._open) >= 3 and isinstance(self._open[1].value, list):
            self._open[1].value.pop()
