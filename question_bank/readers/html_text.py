"""HTML of other systems to the plain text our questions are made of; pictures and tables apart.

Emphasis, colours and links are given up, line breaks and what changes the meaning are kept: raised
and lowered figures, list items, pictures, tables. Nothing of the HTML itself ever reaches a page.
"""

import html
import re
from dataclasses import dataclass, field

from lxml import etree

from question_bank.readers.formulas import after, formula_text, lowered, raised

_MARKUP = re.compile(
    r"</?[a-zA-Z][^<>]*>|<!--|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z]{2,31});"
)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_SPACES = re.compile(r"[ \t\n\r\f\v\xa0]+")
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "tr",
        "table",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "pre",
        "blockquote",
        "section",
        "article",
        "hr",
        "dl",
        "dt",
        "dd",
    ]
)
_DROPPED = frozenset(
    ["script", "style", "head", "title", "object", "embed", "iframe", "noscript", "template", "svg"]
)
MAX_CELLS = 2_000
_LABEL = "data-label"
_COUNT = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture or sound in the text: where its bytes are, and what stands for it in words."""

    source: str
    alt: str
    kind: str = "picture"


@dataclass(slots=True)
class HtmlText:
    """Plain text, and what cannot be text, in the order of the page."""

    text: str = ""
    images: list[Image] = field(default_factory=list)
    tables: list[tuple[tuple[str, ...], ...]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)  # what could not be written whole


def looks_like_html(text: str) -> bool:
    """Tell whether a text that may be either holds tags or character references."""
    return _MARKUP.search(text) is not None


def read_html(source: str) -> HtmlText:
    """Give the text of an HTML fragment."""
    if "<" not in source:
        return HtmlText(_SPACES.sub(" ", html.unescape(source)).strip())
    try:
        root = etree.fromstring(f"<div>{source}</div>", etree.HTMLParser(no_network=True))
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        return HtmlText(source.strip())
    found = HtmlText()
    pieces: list[str] = []
    _walk(root, pieces, found, preformatted=False)
    lines = "".join(pieces).split("\n")
    found.text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip(" ") for line in lines)).strip()
    if not (found.text or found.images or found.tables):
        # The parser gives up on tags nested hundreds deep; the words are still the question.
        found.text = _SPACES.sub(" ", html.unescape(_TAG.sub(" ", source))).strip()
    return found


def _walk(
    element: etree._Element, pieces: list[str], found: HtmlText, *, preformatted: bool
) -> None:
    tag = element.tag if isinstance(element.tag, str) else ""
    if tag and tag not in _DROPPED:
        _open(tag, element, pieces, found, preformatted=preformatted or tag == "pre")
    if element.tail:
        pieces.append(element.tail if preformatted else _SPACES.sub(" ", element.tail))


def _open(
    tag: str, element: etree._Element, pieces: list[str], found: HtmlText, *, preformatted: bool
) -> None:
    if tag == "img":
        found.images.append(Image(element.get("src") or "", (element.get("alt") or "").strip()))
        return
    if tag in ("audio", "video"):
        inner = element.find("source")
        source = element.get("src") or (inner.get("src") if inner is not None else "") or ""
        words = (element.get("title") or element.text or "").strip()
        found.images.append(Image(source, words, "sound" if tag == "audio" else "video"))
        return
    if tag.rpartition(":")[2] == "math":
        formula, whole = formula_text(element)
        pieces.append(after(pieces[-1] if pieces else "", formula))
        if not whole:
            found.formulas.append(formula)
        return
    if tag == "table" and _take_table(element, found):
        pieces.append("\n")
        return
    if tag in _BLOCKS and (tag == "br" or (pieces and not pieces[-1].endswith("\n"))):
        pieces.append("\n")
    if tag == "ol":
        _number(element)
    elif tag == "li":
        pieces.append(element.get(_LABEL) or "• ")
    elif tag in ("td", "th") and element.getprevious() is not None:
        pieces.append("　")
    text = element.text or ""
    if tag in ("sup", "sub") and element.find(".//img") is None:
        shifted = "".join(map(str, element.itertext()))
        pieces.append(raised(shifted) if tag == "sup" else lowered(shifted))
        return
    pieces.append(text if preformatted else _SPACES.sub(" ", text))
    for child in element:
        _walk(child, pieces, found, preformatted=preformatted)
    if tag in _BLOCKS and tag != "br" and pieces and not pieces[-1].endswith("\n"):
        pieces.append("\n")


def _number(element: etree._Element) -> None:
    """Write the numbers of a list into its items."""
    start = element.get("start") or "1"
    number = int(start) if _COUNT.fullmatch(start) else 1
    shape = element.get("type") or "1"
    for item in element.iterchildren("li"):
        own = item.get("value") or ""
        number = int(own) if _COUNT.fullmatch(own) else number
        label = str(number)
        if shape in ("a", "A") and 0 < number < 27:
            label = chr(ord(shape) + number - 1)
        item.set(_LABEL, f"{label}. ")
        number += 1


def _cell_text(cell: etree._Element, found: HtmlText) -> str:
    pieces: list[str] = []
    inner = HtmlText()
    _open("span", cell, pieces, inner, preformatted=False)
    found.formulas += inner.formulas
    return _SPACES.sub(" ", "".join(pieces)).strip()


def _take_table(element: etree._Element, found: HtmlText) -> bool:
    """Keep a table as rows of equal length; one of a single row or column is only layout."""
    rows = []
    for row in element.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        rows.append([_cell_text(cell, found) for cell in cells])
    rows = [row for row in rows if row]
    width = max(map(len, rows), default=0)
    plain = element.find(".//img") is None and element.find(".//table") is None
    if not plain or len(rows) < 2 or width < 2 or len(rows) * width > MAX_CELLS:
        return False
    found.tables.append(tuple(tuple(row + [""] * (width - len(row))) for row in rows))
    return True
