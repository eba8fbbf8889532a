"""Read YAML and remember the line of every value, so that a fault can be shown where it stands.

Only plain data is read. Anchors and aliases are refused: a few hundred bytes of them can unfold
into gigabytes, and no course file needs them. Repeated keys are refused too, because YAML itself
would silently keep the last one.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml
from yaml.composer import Composer

MAX_CHARACTERS = 400_000
MAX_DEPTH = 24

Scalar = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Marked:
    """A value with the line (from 1) on which it, or the key that names it, stands."""

    value: "Scalar | list[Marked] | dict[str, Marked]"
    line: int


class UnreadableYamlError(ValueError):
    """The text is not YAML that we take. Carries the line and the sentence in both languages."""

    def __init__(self, line: int, code: str, zh: str, en: str) -> None:
        super().__init__(zh)
        self.line, self.code, self.zh, self.en = line, code, zh, en


# Where PyYAML has libyaml, its parser reads several times faster than the one in Python.
_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(Composer, _PARSER):  # type: ignore[misc]
    """The safe loader without aliases and with a limit on nesting."""

    depth = 0

    def __init__(self, text: str) -> None:
        _PARSER.__init__(self, text)
        Composer.__init__(self)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise UnreadableYamlError(
                line,
                "yaml-alias",
                "这里用了 YAML 的锚点（&）或引用（*），本系统不接受；请把内容直接写出来。",
                "A YAML anchor (&) or alias (*) is used here; these are refused. Write the content out.",
            )
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise UnreadableYamlError(
                line,
                "yaml-too-deep",
                f"嵌套超过 {MAX_DEPTH} 层；请检查缩进和括号。",
                f"Nesting is deeper than {MAX_DEPTH} levels; check indentation and brackets.",
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def read_yaml(text: str) -> Marked:
    """Return the one document in `text` with its lines.

    Raises UnreadableYamlError with line and sentence for anything that is not plain, single-document,
    alias-free YAML of at most MAX_CHARACTERS characters.
    """
    if len(text) > MAX_CHARACTERS:
        raise UnreadableYamlError(
            1,
            "file-too-large",
            f"文件超过 {MAX_CHARACTERS} 个字符；请拆分或删减。",
            f"The file has more than {MAX_CHARACTERS} characters; split or shorten it.",
        )
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        return _mark(node, loader, node.start_mark.line + 1) if node else Marked(None, 1)
    except (yaml.YAMLError, UnicodeEncodeError) as error:
        raise _unreadable(error, text) from error


def _mark(node: yaml.Node, loader: _Loader, line: int) -> Marked:
    if isinstance(node, yaml.MappingNode):
        return Marked(_mark_mapping(node, loader), line)
    if isinstance(node, yaml.SequenceNode):
        return Marked([_mark(item, loader, item.start_mark.line + 1) for item in node.value], line)
    try:
        value = loader.construct_object(node)
    except (ValueError, OverflowError) as error:
        raise UnreadableYamlError(
            line,
            "bad-value",
            f"看不懂这个值“{str(node.value)[:40]}”；如果是日期请写成 2026-11-21，如果是文字请加引号。",
            f"This value cannot be read: {str(node.value)[:40]!r}. Write dates as 2026-11-21, quote text.",
        ) from error
    # !!binary and the like are legal in safe YAML but mean nothing in a course file.
    if not isinstance(value, str | int | float | bool | date | None):
        value = str(node.value)
    return Marked(value, line)


def _mark_mapping(node: yaml.MappingNode, loader: _Loader) -> dict[str, Marked]:
    marked: dict[str, Marked] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
            raise UnreadableYamlError(
                line,
                "bad-key",
                "字段名必须是一个普通的词。",
                "A field name must be one plain word.",
            )
        key = str(key_node.value)
        if key in marked:
            raise UnreadableYamlError(
                line,
                "duplicate-field",
                f"字段“{key}”在同一处写了两次；请删去一个。",
                f"The field {key!r} is written twice in one place; delete one of them.",
            )
        marked[key] = _mark(value_node, loader, line)
    return marked


def _unreadable(error: yaml.YAMLError | UnicodeEncodeError, text: str) -> UnreadableYamlError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = 1
    if mark is not None:
        line = mark.line + 1
    elif isinstance(error, yaml.reader.ReaderError):
        # libyaml, which gives the character as a number, counts bytes.
        by_bytes = isinstance(error.character, int)
        before = text.encode()[: error.position] if by_bytes else text[: error.position].encode()
        line = before.count(b"\n") + 1
    elif isinstance(error, UnicodeEncodeError):  # half of a surrogate pair
        line = text.count("\n", 0, error.start) + 1
    reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
    return UnreadableYamlError(
        line,
        "bad-yaml",
        f"这里不是合格的 YAML（{reason}）；请检查缩进、冒号、引号和括号。",
        f"This is not valid YAML ({reason}); check indentation, colons, quotes and brackets.",
    )
