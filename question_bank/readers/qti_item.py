"""One QTI item: its texts without markup, its pictures as media, its declarations by name."""

import hashlib
import posixpath
import re
from itertools import chain, count
from urllib.parse import unquote

from lxml import etree

from question_bank.pieces import Medium
from question_bank.readers.formulas import LEFT, after, formula_text, lowered, raised
from question_bank.readers.moodle_element import MAX_FILE, picture_type
from question_bank.readers.safe_xml import local_name
from question_bank.readers.safe_zip import Archive

_SPACES = re.compile(r"[ \t\n\r]+")
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
    ]
)
# Never part of a text: they are read by themselves, or meant for others.
_APART = frozenset(
    ["feedbackInline", "feedbackBlock", "rubricBlock", "simpleChoice", "simpleMatchSet"]
)


class QtiItem:
    """Reads an ``assessmentItem``; media are gathered while texts are read."""

    def __init__(self, root: etree._Element, href: str, archive: Archive | None) -> None:
        self.root = root
        self.folder = posixpath.dirname(href)
        self.archive = archive
        bodies = [one for one in root if local_name(one) == "itemBody"]
        self.body = bodies[0] if bodies else etree.Element("itemBody")
        self.media: list[Medium] = []
        self.attachments: dict[str, bytes] = {}
        self.remarks: list[str] = []  # pictures and formulas that could not be taken along
        self.hints: list[str] = []  # pictures that came along and want a look

    def has(self, name: str) -> bool:
        """Tell whether an element of this name is anywhere in the item."""
        return any(local_name(one) == name for one in self.root.iter())

    def children(self, name: str) -> list[etree._Element]:
        """Give the direct children of this name."""
        return [one for one in self.root if local_name(one) == name]

    def text(self, element: etree._Element, gaps: dict[str, str] | None = None) -> str:
        """Give the text of an element; ``gaps`` are what stands for each text entry."""
        pieces: list[str] = []
        self._walk(element, pieces, gaps or {}, top=True)
        lines = (line.strip(" ") for line in "".join(pieces).split("\n"))
        return re.sub(r"\n{2,}", "\n", "\n".join(lines)).strip()

    def _walk(
        self, element: etree._Element, pieces: list[str], gaps: dict[str, str], *, top: bool = False
    ) -> None:
        name = local_name(element)
        if name and (top or name not in _APART):
            if name == "img":
                self._take_picture(element)
            elif name == "table" and self._take_table(element):
                pieces.append("\n")
            elif name in ("sup", "sub"):
                shift = raised if name == "sup" else lowered
                pieces.append(shift("".join(map(str, element.itertext()))))
            elif name == "math":
                formula, whole = formula_text(element)
                pieces.append(after("".join(pieces[-1:]), formula))
                self.remarks += [] if whole else [LEFT.format(formula[:40])]
            else:
                self._inside(name, element, pieces, gaps)
        if not top and element.tail:
            pieces.append(_SPACES.sub(" ", element.tail))

    def _inside(
        self, name: str, element: etree._Element, pieces: list[str], gaps: dict[str, str]
    ) -> None:
        if name == "br" or (name in _BLOCKS and pieces):
            pieces.append("\n")
        pieces.append(gaps.get(element.get("responseIdentifier") or "", ""))
        pieces.append(_SPACES.sub(" ", element.text or ""))
        for child in element:
            self._walk(child, pieces, gaps)
        if name in _BLOCKS and name != "br":
            pieces.append("\n")

    def feedback(self, element: etree._Element) -> str:
        """Give the feedback that stands inside a choice."""
        found = [one for one in element.iter() if local_name(one) == "feedbackInline"]
        return "\n".join(self.text(one) for one in found)

    def explanation(self) -> str:
        """Give the feedback of the item as a whole."""
        return "\n".join(self.text(one) for one in self.children("modalFeedback"))

    def note_for_markers(self) -> str:
        """Give what the item tells those who mark it."""
        found = [one for one in self.body.iter() if local_name(one) == "rubricBlock"]
        return "\n".join(self.text(one) for one in found if "scorer" in (one.get("view") or ""))

    def _take_table(self, element: etree._Element) -> bool:
        rows = []
        for row in element.iter():
            if local_name(row) == "tr":
                rows.append(
                    tuple(self.text(cell) for cell in row if local_name(cell) in ("td", "th"))
                )
        if len(rows) < 2 or len({len(row) for row in rows}) != 1 or len(rows[0]) < 2:
            return False
        number = sum(1 for one in self.media if one.kind == "table") + 1
        self.media.append(Medium(f"table-{number}", "table", f"表 {number}", rows=tuple(rows)))
        return True

    def _take_picture(self, element: etree._Element) -> None:
        source = unquote(element.get("src") or "")
        path = posixpath.normpath(posixpath.join(self.folder, source))
        content = b""
        if self.archive is not None and path in self.archive:
            content = self.archive.read(path)
        name = posixpath.basename(path)[:100] or "图片"
        media_type, kind = picture_type(content)
        if not media_type or len(content) > MAX_FILE:
            why = "太大" if media_type else "不在压缩包里，或不是 PNG、JPEG、GIF 图片"
            self.remarks.append(f"“{name}”{why}，这道题缺了它，请换成能用的，或改写题干再导入。")
            return
        alt = (element.get("alt") or "").strip()
        if not alt:
            alt = name
            self.hints.append(f"“{name}”没有替代文字，先填了文件名，请在导入后写明它的内容。")
        digest = hashlib.sha256(content).hexdigest()
        if all((one.name, one.sha256) != (name, digest) for one in self.media):
            self.media.append(Medium(self._free(name), kind, alt[:500], digest, media_type))
            self.attachments[digest] = content

    def _free(self, name: str) -> str:
        """Give a name no medium has yet: two folders may each hold their own `a.png`."""
        taken = {one.name for one in self.media}
        stem, ending = posixpath.splitext(name)
        others = (f"{stem}-{number}{ending}" for number in count(2))
        return next(one for one in chain([name], others) if one not in taken)
