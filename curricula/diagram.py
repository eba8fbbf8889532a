"""Clean an SVG drawing so that it can stand inside a page under a strict content security policy.

A new tree is built from an allow-list of elements and presentation attributes; nothing else is
carried over. So there is no script, no style, no link, no picture from outside, and no entity.
Colours may name the page's variables (`var(--pz-accent, #0b8577)`), which is how a drawing follows
light and dark. This module does not judge whether a drawing is good.
"""

import re
from dataclasses import dataclass

from lxml import etree

MAX_BYTES = 200_000
MAX_ELEMENTS = 3_000

_SHAPES = """
    svg g path rect circle ellipse line polyline polygon defs marker linearGradient radialGradient
    stop clipPath
"""
_LOOKS_AND_PLACES = """
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-dasharray stroke-dashoffset stroke-miterlimit opacity color font-family font-size
    font-weight font-style text-anchor dominant-baseline letter-spacing word-spacing
    text-decoration visibility display clip-path clip-rule marker-start marker-mid marker-end
    stop-color stop-opacity vector-effect paint-order transform x y x1 y1 x2 y2 cx cy r rx ry
    width height d points viewBox preserveAspectRatio dx dy rotate textLength lengthAdjust
    pathLength offset gradientUnits gradientTransform spreadMethod fx fy markerWidth markerHeight
    markerUnits refX refY orient clipPathUnits
"""
_SVG = "http://www.w3.org/2000/svg"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_WORDED = {"text", "tspan", "title", "desc"}
_ELEMENTS = _WORDED | set(_SHAPES.split())
_REFERRING = {"aria-labelledby", "aria-describedby"}
_FREE_TEXT = {"aria-label", "role", "lang", "aria-hidden"}
_ATTRIBUTES = _REFERRING | _FREE_TEXT | set(_LOOKS_AND_PLACES.split())
# No colon, slash, semicolon, backslash or angle bracket: no address and no rule fits in here.
_PLAIN_VALUE = re.compile(r"[\w\s.,()%#+'\"-]*")
_ADDRESS = re.compile(r"url\(\s*['\"]?#([\w.-]+)['\"]?\s*\)")
_ID = re.compile(r"[A-Za-z_][\w.-]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in a drawing that was left out or is missing. `line` counts from 1."""

    line: int
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class CleanDiagram:
    """A drawing that is safe to set inline, and what was wrong with its source."""

    svg: str
    faults: tuple[Fault, ...]


class DiagramRefusedError(ValueError):
    """The file is not a drawing that can be cleaned at all."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.zh)
        self.fault = fault


def clean_diagram(source: str, prefix: str) -> CleanDiagram:
    """Return the drawing rebuilt from allowed parts, each id preceded by `prefix`.

    The prefix keeps ids unique when several drawings stand in one page. Raises DiagramRefusedError for
    text that is too large, declares a document type, is not well-formed or is not SVG.
    """
    root = _parse(source)
    cleaner = _Cleaner(prefix)
    clean = cleaner.copy(root)
    if clean is None:  # pragma: no cover - the root was checked by _parse
        raise DiagramRefusedError(_not_svg(1))
    cleaner.drop_what_points_nowhere()
    _finish_root(root, clean, cleaner.faults)
    return CleanDiagram(etree.tostring(clean, encoding="unicode"), tuple(cleaner.faults))


def _without_declarations(source: str) -> str:
    """Return the source without its XML declaration; refuse what is too large or has a DOCTYPE."""
    # Without the declaration no other encoding can be claimed for what we already decoded.
    text = re.sub(r"\A\ufeff?\s*<\?xml[^>]*\?>", lambda found: "\n" * found[0].count("\n"), source)
    if len(text.encode()) > MAX_BYTES:
        raise DiagramRefusedError(
            Fault(
                1,
                "diagram-too-large",
                f"图超过 {MAX_BYTES // 1000} kB；请简化。",
                f"The drawing is larger than {MAX_BYTES // 1000} kB; simplify it.",
            )
        )
    declared = re.search(r"<!\s*(DOCTYPE|ENTITY)", text, re.IGNORECASE)
    if declared:
        raise DiagramRefusedError(
            Fault(
                text.count("\n", 0, declared.start()) + 1,
                "diagram-doctype",
                "图里有 DOCTYPE 或 ENTITY 声明，本系统不接受；请删去。",
                "The drawing declares a DOCTYPE or ENTITY, which is refused; delete it.",
            )
        )
    return text


def _parse(source: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(_without_declarations(source).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise DiagramRefusedError(
            Fault(
                max(error.lineno or 1, 1),
                "diagram-not-xml",
                f"图不是完整的 XML（{error.msg}）；请检查标签是否成对。",
                f"The drawing is not well-formed XML ({error.msg}); check that tags are closed.",
            )
        ) from error
    if root.tag != f"{{{_SVG}}}svg":
        raise DiagramRefusedError(_not_svg(_line(root)))
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        raise DiagramRefusedError(
            Fault(
                1,
                "diagram-too-large",
                f"图里超过 {MAX_ELEMENTS} 个元素；请简化。",
                f"The drawing has more than {MAX_ELEMENTS} elements; simplify it.",
            )
        )
    return root


def _not_svg(line: int) -> Fault:
    return Fault(
        line,
        "diagram-not-svg",
        '文件的最外层不是 SVG；请用 <svg xmlns="http://www.w3.org/2000/svg"> 开头。',
        'The outermost element is not SVG; begin with <svg xmlns="http://www.w3.org/2000/svg">.',
    )


class _Cleaner:
    """Copies what is allowed and notes what is not."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.faults: list[Fault] = []
        self._given: set[str] = set()
        self._pointing: list[tuple[int, etree._Element, str, list[str]]] = []

    def copy(
        self, element: etree._Element, parent: etree._Element | None = None
    ) -> etree._Element | None:
        name = _local_name(element)
        nested = name == "svg" and parent is not None
        inside_words = parent is not None and _local_name(parent) in {"title", "desc"}
        if name not in _ELEMENTS or nested or inside_words:
            self._dropped(element, f"<{name or element.tag}>")
            return None
        tag = f"{{{_SVG}}}{name}"
        if parent is None:
            clean = etree.fromstring(f'<svg xmlns="{_SVG}"/>'.encode())
        else:
            clean = etree.SubElement(parent, tag)
        for key, value in element.attrib.items():
            self._copy_attribute(element, clean, str(key), str(value))
        if name in _WORDED:
            clean.text = element.text
        for child in element:
            copied = self.copy(child, clean)
            if name in _WORDED and copied is not None:
                copied.tail = child.tail
        return clean

    def _copy_attribute(
        self, element: etree._Element, clean: etree._Element, key: str, value: str
    ) -> None:
        name = "lang" if key == _XML_LANG else key
        if name == "id":
            self._copy_id(element, clean, value)
        elif name in _REFERRING:
            clean.set(name, " ".join(self.prefix + id_ for id_ in value.split()))
            self._pointing.append((_line(element), clean, name, value.split()))
        elif name in _FREE_TEXT:
            clean.set(name, value)
        elif name in _ATTRIBUTES and _is_plain(value):
            clean.set(name, _ADDRESS.sub(lambda found: f"url(#{self.prefix}{found[1]})", value))
            self._pointing.append((_line(element), clean, name, _ADDRESS.findall(value)))
        else:
            self._dropped(element, f'{name.rpartition("}")[2]}="{value[:40]}"')

    def _copy_id(self, element: etree._Element, clean: etree._Element, value: str) -> None:
        if not _ID.fullmatch(value):
            self._dropped(element, f'id="{value[:40]}"')
        elif value in self._given:
            self.faults.append(
                Fault(
                    _line(element),
                    "diagram-duplicate-id",
                    f"图里有两个元素的 id 都是“{value}”；请改一个。",
                    f"Two elements of the drawing have the id '{value}'; change one.",
                )
            )
        else:
            self._given.add(value)
            clean.set("id", self.prefix + value)

    def drop_what_points_nowhere(self) -> None:
        """Take off each attribute that names an id which did not come through."""
        for line, clean, name, ids in self._pointing:
            for lost in [id_ for id_ in ids if id_ not in self._given]:
                clean.attrib.pop(name, "")
                self.faults.append(
                    Fault(
                        line,
                        "diagram-unknown-id",
                        f"图里没有 id 为“{lost}”的元素；请检查拼写。",
                        f"The drawing has no element with the id '{lost}'; check the spelling.",
                    )
                )

    def _dropped(self, element: etree._Element, what: str) -> None:
        self.faults.append(
            Fault(
                _line(element),
                "diagram-unsafe",
                f"图里的 {what} 不允许使用；请改用图形元素和外观属性（如 fill、stroke）。",
                f"{what} is not allowed in a drawing; use shapes and attributes such as fill, stroke.",
            )
        )


def _is_plain(value: str) -> bool:
    """Tell whether a value is numbers, words, colours, variables or a place in the same drawing."""
    rest = _ADDRESS.sub("", value)
    return bool(_PLAIN_VALUE.fullmatch(rest)) and "url" not in rest.lower()


def _line(element: etree._Element) -> int:
    """Return the line of an element in its source, from 1."""
    line: object = element.sourceline
    return line if isinstance(line, int) else 1


def _local_name(element: etree._Element) -> str:
    """Return the name of an SVG element; "" for an element of another kind."""
    tag = element.tag
    return tag[len(_SVG) + 2 :] if isinstance(tag, str) and tag.startswith(f"{{{_SVG}}}") else ""


def _finish_root(root: etree._Element, clean: etree._Element, faults: list[Fault]) -> None:
    # The page sizes the drawing; a fixed width would push a narrow phone screen sideways.
    for name in ("width", "height"):
        if clean.get("viewBox") and name in clean.attrib:
            del clean.attrib[name]
    clean.set("role", "img")
    clean.set("class", "diagram__drawing")
    if not clean.get("viewBox"):
        faults.append(
            Fault(
                _line(root),
                "diagram-no-viewbox",
                '图缺少 viewBox，手机上无法缩放；请补上，如 viewBox="0 0 328 400"。',
                'The drawing has no viewBox and cannot scale; add one such as viewBox="0 0 328 400".',
            )
        )
    title = clean.find(f"{{{_SVG}}}title")
    if title is None or not (title.text or "").strip() or not clean.get("aria-labelledby"):
        faults.append(
            Fault(
                _line(root),
                "diagram-no-title",
                "图缺少读屏软件要念的名称；请加 <title id=…> 并在 <svg> 上写 aria-labelledby。",
                "The drawing has no name for screen readers; add <title id=…> and aria-labelledby.",
            )
        )
