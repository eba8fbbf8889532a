"""Read the paragraphs and tables of a .docx document as text, automatic numbers included.

Word keeps “1.” and “A.” of a numbered list apart from the text; without them nobody could tell
questions from options. Own rather than a library's for that, and because underlined spaces are
blanks. Deleted (tracked) text, comments, footnotes, headers and pictures are left.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO

from lxml import etree

from question_bank.readers.docx_numbers import Numbering, word
from question_bank.readers.formulas import after, formula_text, lowered, raised
from question_bank.readers.safe_zip import Archive
from question_bank.readers.sheets import TableRefusedError

MAX_PARAGRAPHS = 100_000
_WRAPPERS = frozenset(["sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag", "body"])
_SKIPPED = frozenset(["del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr"])
_BLANK = "____"
_VERTICAL = f"{word('rPr')}/{word('vertAlign')}"


@dataclass(slots=True)
class Paragraph:
    """One paragraph, numbered from 1 as a reader would count them; may hold line ends."""

    number: int
    text: str


@dataclass(slots=True)
class Table:
    """One table: rows of cell texts, cells merged downwards repeated by ``merged``."""

    number: int  # of the paragraph before it
    rows: list[list[str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


@dataclass(slots=True)
class Document:
    """What stands in a document, in its order, and in which paragraphs something was left."""

    blocks: list[Paragraph | Table] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)
    formulas: list[int] = field(default_factory=list)  # that no line of text can say
    paragraphs: int = 0


def read_document(archive: Archive) -> Document:
    """Give the text of a document; TableRefusedError when it cannot be read."""
    try:
        root = parse_part(archive.read("word/document.xml"))
        numbering = Numbering(
            *(
                parse_part(archive.read(name)) if name in archive else None
                for name in ("word/numbering.xml", "word/styles.xml")
            )
        )
    except KeyError as error:
        raise TableRefusedError(
            "文档里缺少正文，文件不完整。请用 Word 打开、另存后再上传。"
        ) from error
    except etree.XMLSyntaxError as error:
        raise TableRefusedError(
            f"文档内部的 XML 有错（第 {error.lineno} 行），文件可能没有传完。请另存后再上传。"
        ) from error
    document = Document()
    body = root.find(word("body"))
    for element in _blocks(body if body is not None else root):
        if element.tag == word("tbl"):
            document.blocks.append(_table(document, numbering, element))
        else:
            document.blocks.append(_paragraph(document, numbering, element))
    return document


def parse_part(data: bytes) -> etree._Element:
    """Parse one part; a DOCTYPE is refused before anything in it could be expanded."""
    if b"<!DOCTYPE" in data[:4_000] or b"<\0!\0D\0O\0" in data[:4_000]:
        raise TableRefusedError("文档里有 DOCTYPE 声明，出于安全不读。请另存后再上传。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.parse(BytesIO(data), parser).getroot()


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _blocks(container: etree._Element) -> Iterator[etree._Element]:
    """Give paragraphs and tables in order, through content controls and tracked insertions."""
    for child in container:
        name = _local(child)
        if name in ("p", "tbl"):
            yield child
        elif name in _WRAPPERS:
            yield from _blocks(child)


def _paragraph(document: Document, numbering: Numbering, element: etree._Element) -> Paragraph:
    document.paragraphs += 1
    if document.paragraphs > MAX_PARAGRAPHS:
        raise TableRefusedError(f"文档超过 {MAX_PARAGRAPHS} 段，请拆成几份。")
    pieces: list[str] = []
    left = _gather(element, pieces)
    if "picture" in left:
        document.pictures.append(document.paragraphs)
    if "formula" in left:
        document.formulas.append(document.paragraphs)
    text = "".join(pieces)
    label = numbering.label(element) if text.strip() else ""
    return Paragraph(document.paragraphs, f"{label} {text}" if label else text)


def _gather(element: etree._Element, pieces: list[str]) -> set[str]:
    """Add the text inside an element; tell whether a picture or formula could not be text."""
    left: set[str] = set()
    for child in element:
        name = _local(child)
        if name in _SKIPPED:
            continue
        if name == "t":
            pieces.append(child.text or "")
        elif name == "r" and (text := _underlined_spaces(child)):
            pieces.append(text)
        elif name == "r" and (shift := _SHIFTS.get(_vertical(child))):
            inner: list[str] = []
            left |= _gather(child, inner)
            pieces.append(shift("".join(inner)))
        elif name in ("br", "cr"):
            pieces.append("\n")
        elif name in ("tab", "ptab"):
            pieces.append("\t")
        elif name == "noBreakHyphen":
            pieces.append("-")
        elif name == "oMath":
            formula, whole = formula_text(child)
            pieces.append(after("".join(pieces[-1:]), formula))
            left |= set() if whole else {"formula"}
        else:
            left |= {"picture"} if name in ("drawing", "pict", "object") else set()
            left |= _gather(child, pieces)
    return left


_SHIFTS = {"superscript": raised, "subscript": lowered}


def _vertical(run: etree._Element) -> str:
    return next((one.get(word("val"), "") for one in run.iterfind(_VERTICAL)), "")


def _underlined_spaces(run: etree._Element) -> str:
    """Give a blank for a run of underlined spaces, the usual way to draw one in Word."""
    line = run.find(f"{word('rPr')}/{word('u')}")
    if line is None or line.get(word("val")) == "none":
        return ""
    texts = [child.text or "" for child in run if _local(child) == "t"]
    spaces = "".join(texts) + "  " * sum(1 for child in run if _local(child) == "tab")
    return _BLANK if len(spaces) > 1 and not spaces.strip() else ""


def _table(document: Document, numbering: Numbering, element: etree._Element) -> Table:
    table = Table(document.paragraphs + 1)
    open_merges: dict[int, int] = {}
    for number, row in enumerate(element.iterfind(word("tr")), start=1):
        cells: list[str] = []
        for cell in _cells(row):
            column = len(cells)
            cells.append(_cell_text(document, numbering, cell))
            cells += [""] * (_span(cell) - 1)
            merge = cell.find(f"{word('tcPr')}/{word('vMerge')}")
            if merge is None:
                open_merges.pop(column, None)
            elif merge.get(word("val")) == "restart":
                open_merges[column] = number
            elif column in open_merges:
                table.merged.append((open_merges[column], column, number, column))
        table.rows.append(cells)
    return table


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        if child.tag == word("tc"):
            yield child
        elif _local(child) in _WRAPPERS:
            yield from _cells(child)


def _span(cell: etree._Element) -> int:
    span = cell.find(f"{word('tcPr')}/{word('gridSpan')}")
    value = span.get(word("val"), "1") if span is not None else "1"
    return min(int(value), 200) if value.isascii() and value.isdigit() and len(value) < 4 else 1


def _cell_text(document: Document, numbering: Numbering, cell: etree._Element) -> str:
    """Give a cell as lines; a table inside it is read cell by cell."""
    lines = []
    for block in _blocks(cell):
        if block.tag == word("tbl"):
            inner = _table(document, numbering, block)
            lines += [text for row in inner.rows for text in row if text]
        else:
            lines.append(_paragraph(document, numbering, block).text)
    return "\n".join(lines).strip()
