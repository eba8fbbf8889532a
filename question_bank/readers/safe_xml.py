"""Parse XML that a stranger wrote: no DOCTYPE, no entities, no network, bounded size and depth.

Works on decoded text, so a wrong encoding declaration does no harm.
"""

import re

from lxml import etree

MAX_CHARACTERS = 20_000_000
MAX_TAGS = 1_500_000  # opening and closing; a question has about 80
_DECLARATION = re.compile(r"^\s*<\?xml.{0,300}?\?>", re.S)
_NOT_YET_ROOT = re.compile(r"\s+|<!--.*?-->|<\?.*?\?>", re.S)


class UnsafeXmlError(ValueError):
    """The document is refused as a whole; the message says why."""


class BrokenXmlError(ValueError):
    """Not well-formed at ``line`` (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def without_declaration(text: str) -> str:
    """Blank the XML declaration out; lines keep their numbers."""
    found = _DECLARATION.match(text)
    return "\n" * found.group().count("\n") + text[found.end() :] if found else text


def refuse_doctype(text: str) -> int:
    """Raise UnsafeXmlError for a DOCTYPE before the root element; give where the root begins."""
    at = 0
    while found := _NOT_YET_ROOT.match(text, at):
        at = found.end()
    if text[at : at + 9].upper() == "<!DOCTYPE" or text[at : at + 8].upper() == "<!ENTITY":
        raise UnsafeXmlError("文件里有 DOCTYPE 或实体声明，出于安全不读。请删去这一行再试。")
    return at


def parse(text: str) -> etree._Element:
    """Give the root element; UnsafeXmlError or BrokenXmlError when there is none to give."""
    if len(text) > MAX_CHARACTERS:
        raise UnsafeXmlError(f"文件超过 {MAX_CHARACTERS // 1_000_000} MB，请拆成几份再读。")
    if text.count("<") > MAX_TAGS:
        raise UnsafeXmlError(f"文件里的标记超过 {MAX_TAGS} 个，请拆成几份再读。")
    text = without_declaration(text)
    refuse_doctype(text)
    # libxml2's own limits stay on: 256 levels, 10 MB in one text.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        return etree.fromstring(text.encode("utf-8", "surrogatepass"), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise BrokenXmlError(line, f"XML 写法有错（{_short(str(error.msg))}）。") from error


def local_name(element: etree._Element) -> str:
    """Give the tag without its namespace; empty for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _short(message: str) -> str:
    return message.partition(", line ")[0][:120]
