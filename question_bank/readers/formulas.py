"""Formulas as text: 10⁹, H₂O, 1/2, (a+b)/c, √(x+1), from MathML and from Word's own mark-up.

What a line of text cannot say (matrices, accents, unknown mark-up) is told, its words are kept.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

_RAISED = str.maketrans("0123456789+-−()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-−()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₍₎")
_ONE_TERM = re.compile(r"[-−]?[\w.%°′∞√⁺⁻₊₋]+")
_SKIPPED = frozenset(["annotation", "annotation-xml", "mphantom", "phant", "rPr", "ctrlPr"])
_WORDS = frozenset(["mi", "mn", "mo", "mtext", "ms", "t"])
_ROWS = frozenset(
    ["math", "mrow", "mstyle", "mpadded", "semantics", "oMath", "oMathPara", "r", "e", "num"]
) | {"den", "sup", "sub", "deg", "lim", "fName", "func", "box", "borderBox", "merror"}
_BIG = re.compile(r"[∑∏∫⋃⋂]|lim|max|min")
MAX_DEPTH = 100
LEFT = "公式“{}”写不成一行文字，这道题里的它不完整，请改写题干再导入。"


def raised(text: str) -> str:
    """Write an exponent: ³, or ^x and ^(x/2) where there are no such signs."""
    return _shift(text.strip(), _RAISED, "^")


def lowered(text: str) -> str:
    """Write an index: ₂, or _x and _(max)."""
    return _shift(text.strip(), _LOWERED, "_")


def _shift(text: str, table: dict[int, int], mark: str) -> str:
    if all(ord(one) in table for one in text):
        return text.translate(table)
    return f"{mark}{text}" if len(text) == 1 else f"{mark}({text})"


def after(before: str, formula: str) -> str:
    """Give a formula with a space where it would run into a figure before it: 1 1/2, not 11/2."""
    apart = before[-1:].isdigit() and re.match(r"\(?[\w.]+\)?/", formula) is not None
    return f" {formula}" if apart else formula


def formula_text(element: etree._Element) -> tuple[str, bool]:
    """Write a formula; tells whether all of it could be written."""
    writer = _Writer()
    return writer.row([element]).strip(), writer.whole


@dataclass(slots=True)
class _Writer:
    whole: bool = True
    depth: int = 0

    def row(self, elements: list[etree._Element]) -> str:
        """Write what stands side by side; a fraction keeps apart from its neighbours."""
        text = ""
        ends_in_fraction = False
        for element in elements:
            piece = self.one(element)
            if not piece:
                continue
            is_fraction = _name(element) in ("mfrac", "f") and "/" in piece
            if is_fraction and text[-1:] in ("÷", "/", "^"):
                piece = f"({piece})"
            elif is_fraction and (text[-1:].isalnum() or text[-1:] == ")"):
                piece = f" {piece}"
            if ends_in_fraction and (piece[0].isalnum() or piece[0] in "(÷/√"):
                text = f"{text} "
            text += piece
            ends_in_fraction = is_fraction
        return text

    def one(self, element: etree._Element) -> str:
        name = _name(element)
        if name in _SKIPPED or name.endswith("Pr") or not name:
            return ""
        if name in _WORDS:
            text = "".join(map(str, element.itertext()))
            return text if name in ("t", "mtext") else text.strip()
        if self.depth > MAX_DEPTH:
            self.whole = False
            return ""
        self.depth += 1
        children = [one for one in element if isinstance(one.tag, str)]
        children = [one for one in children if not _name(one).endswith("Pr")]
        written = self.known(name, element, children)
        self.depth -= 1
        return written

    def known(self, name: str, element: etree._Element, children: list[etree._Element]) -> str:
        if name in ("mspace", "br"):
            return " "
        if name in _ROWS:
            return self.row(children) if children else "".join(map(str, element.itertext()))
        parts = [self.row([one]) for one in children]
        if name in ("d", "mfenced"):
            return _fenced(element, parts)
        if name == "nary":
            return _nary(element, parts)
        write = _WRITE.get(name)
        if write and _is_plain(name, element) and (text := write(parts)):
            return text
        self.whole = False
        return " ".join(parts) if parts else "".join(map(str, element.itertext()))


def _name(element: etree._Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.rpartition("}")[2].rpartition(":")[2]


def _is_plain(name: str, element: etree._Element) -> bool:
    """Tell whether a fraction has a bar: without one it is a binomial."""
    if name == "mfrac":
        return (element.get("linethickness") or "1")[:1] != "0"
    return next((_value(one) for one in element.iterfind("{*}fPr/{*}type")), "") != "noBar"


def _value(element: etree._Element) -> str:
    return next((str(value) for key, value in element.items() if str(key).endswith("val")), "")


def _grouped(text: str) -> str:
    """Put brackets around what is more than one term."""
    inner = text[1:-1]
    bracketed = text[:1] == "(" and text[-1:] == ")" and "(" not in inner and ")" not in inner
    return text if bracketed or _ONE_TERM.fullmatch(text) else f"({text})"


def _fraction(parts: list[str]) -> str:
    return "/".join(map(_grouped, parts)) if len(parts) == 2 and all(parts) else ""


def _power(parts: list[str]) -> str:
    if len(parts) != 2:
        return ""
    base = f"({parts[0]})" if parts[0][:1] in ("-", "−") else _grouped(parts[0])
    return base + raised(parts[1])


def _index(parts: list[str]) -> str:
    return _grouped(parts[0]) + lowered(parts[1]) if len(parts) == 2 else ""


def _both(parts: list[str]) -> str:
    return _grouped(parts[0]) + lowered(parts[1]) + raised(parts[2]) if len(parts) == 3 else ""


def _root(parts: list[str]) -> str:
    return f"√{_grouped(''.join(parts))}"


def _nth_root(parts: list[str]) -> str:
    return f"{raised(parts[1])}√{_grouped(parts[0])}" if len(parts) == 2 else ""


def _radical(parts: list[str]) -> str:
    return _nth_root(parts[::-1]) if len(parts) == 2 else _root(parts)


def _limits(parts: list[str]) -> str:
    if not _BIG.fullmatch(parts[0].strip() if parts else ""):
        return ""
    return parts[0] + lowered(parts[1]) + (raised(parts[2]) if len(parts) > 2 else "") + " "


_WRITE: dict[str, Callable[[list[str]], str]] = {
    "mfrac": _fraction,
    "f": _fraction,
    "msup": _power,
    "sSup": _power,
    "msub": _index,
    "sSub": _index,
    "msubsup": _both,
    "sSubSup": _both,
    "msqrt": _root,
    "mroot": _nth_root,
    "rad": _radical,
    "munder": _limits,
    "munderover": _limits,
    "limLow": _limits,
}


def _fenced(element: etree._Element, parts: list[str]) -> str:
    told = {_name(one): _value(one) for one in element.iterfind("{*}dPr/*")}
    first = told.get("begChr", element.get("open") or "(")
    last = told.get("endChr", element.get("close") or ")")
    between = told.get("sepChr") or (element.get("separators") or ",")[:1]
    return f"{first}{between.join(parts)}{last}"


def _nary(element: etree._Element, parts: list[str]) -> str:
    sign = next((_value(one) for one in element.iterfind("{*}naryPr/{*}chr")), "∫")
    below, above, term = ([*parts, "", "", ""])[:3]
    return f"{sign}{lowered(below)}{raised(above)} {term}"
