"""Write a lesson as HTML that is safe to put into a page under a strict content security policy.

Text goes through nh3's allow-list, drawings through `curricula.diagram`; the frame around them is
ours. No inline style, no script, no address but https and places in the same lesson. The section
with teaching notes is kept apart, because trainees do not get it. Page title, navigation and
practice questions belong to the page and are not written here.

Classes the page's style sheet knows: `read` (running text), `keep` and `keep__title` (remember
card), `sheet` (case), `fold` (the case's answer, closed at first), `diagram`, `diagram__drawing`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import nh3
from markdown_it.token import Token

from curricula.body import TEACHING, BodySection, markdown, picture_alone, split_body
from curricula.course import Lesson
from curricula.diagram import DiagramRefusedError, clean_diagram
from curricula.text_file import UNPRINTABLE

_ALLOWED_TAGS = "h3 h4 p ul ol li strong em br hr blockquote code table thead tbody tr th td a"
_TAGS = set(_ALLOWED_TAGS.split())
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}, "th": {"scope"}}
# A paragraph of the case that begins with these bold words is the answer: think first, then open.
_ANSWER_WORDS = ("参考", "参考答案", "Answer")


@dataclass(frozen=True, slots=True)
class RenderedSection:
    """One part of a lesson. `kind`: text, aim, case or remember (or teaching)."""

    id: str
    title: str
    kind: str
    html: str


@dataclass(frozen=True, slots=True)
class RenderedLesson:
    """A lesson as HTML: all of it, its parts, and the notes that only instructors get."""

    html: str
    teaching_html: str
    sections: tuple[RenderedSection, ...]


def render_lesson(lesson: Lesson) -> RenderedLesson:
    """Return the lesson as HTML; an outline lesson gives empty texts."""
    drawings = {diagram.file: diagram.svg for diagram in lesson.diagrams}
    return render_body(lesson.body, drawings, prefix=f"d{lesson.id.replace('.', '-')}")


def render_body(body: str, drawings: Mapping[str, str], prefix: str) -> RenderedLesson:
    """Return Markdown as HTML, with `drawings` (file name to SVG source) set inline.

    `prefix` begins the ids inside drawings. A drawing that is missing or cannot be cleaned is
    replaced by its alternative text: a lesson in use must not fail for a picture, and the loader
    has already refused such a file.
    """
    writer = _Writer(drawings, prefix)
    parts = split_body(UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", body))
    preface = writer.blocks(parts.preface)
    sections = tuple(writer.section(section) for section in parts.sections)
    shown = tuple(section for section in sections if section.kind != TEACHING)
    teaching = "\n".join(section.html for section in sections if section.kind == TEACHING)
    opening = f'<div class="read">{preface}</div>' if preface else ""
    html = "\n".join(filter(None, (opening, *(section.html for section in shown))))
    return RenderedLesson(html, teaching, shown)


class _Writer:
    """Writes the parts of one lesson; counts its drawings, so that their ids differ."""

    def __init__(self, drawings: Mapping[str, str], prefix: str) -> None:
        self._drawings = drawings
        self._prefix = prefix
        self._count = 0

    def section(self, section: BodySection) -> RenderedSection:
        id_ = escape(section.id)
        title = escape(section.title)
        labelled = f'aria-labelledby="{id_}"'
        if section.id == "remember":
            html = (
                f'<section class="keep" {labelled}><h2 class="keep__title" id="{id_}">{title}</h2>'
                f"{self.blocks(_as_card(section.tokens))}</section>"
            )
        elif section.id == "case":
            html = (
                f'<section class="sheet" {labelled}><h2 id="{id_}">{title}</h2>'
                f'<div class="read">{self._case(section.tokens)}</div></section>'
            )
        else:
            # Lessons give every section an id; forms and other guides do not need one.
            named = f' id="{id_}"' if id_ else ""
            html = (
                f"<section><h2{named}>{title}</h2>"
                f'<div class="read">{self.blocks(section.tokens)}</div></section>'
            )
        kind = section.id if section.id in {"aim", "case", "remember", TEACHING} else "text"
        return RenderedSection(section.id, section.title, kind, html)

    def blocks(self, tokens: Sequence[Token]) -> str:
        """Write block tokens: cleaned text with drawings between."""
        pieces: list[str] = []
        text: list[Token] = []
        position = 0
        while position < len(tokens):
            image = picture_alone(tokens, position)
            if image is None:
                text.append(tokens[position])
                position += 1
                continue
            pieces += [_clean_text(text), self._figure(image)]
            text = []
            position += 3
        pieces.append(_clean_text(text))
        return "".join(pieces)

    def _case(self, tokens: Sequence[Token]) -> str:
        start = next((at for at in range(len(tokens)) if _begins_answer(tokens, at)), None)
        if start is None:
            return self.blocks(tokens)
        word = _bold_words(tokens[start + 1])
        answer = self.blocks(_without_bold_words(tokens[start:]))
        return (
            f"{self.blocks(tokens[:start])}"
            f'<details class="fold"><summary>{escape(word)}</summary>{answer}</details>'
        )

    def _figure(self, image: Token) -> str:
        self._count += 1
        caption_id = f"{self._prefix}-{self._count}-caption"
        caption = escape(image.content)
        try:
            source = self._drawings[str(image.attrs.get("src", ""))]
            drawing = clean_diagram(source, f"{self._prefix}-{self._count}-").svg
        except (KeyError, DiagramRefusedError):
            return f"<p>{caption}</p>"
        return (
            f'<figure class="diagram" role="group" aria-labelledby="{caption_id}">{drawing}'
            f'<figcaption id="{caption_id}">{caption}</figcaption></figure>'
        )


def _clean_text(tokens: Sequence[Token]) -> str:
    if not tokens:
        return ""
    for token in tokens:
        if token.type == "th_open":
            token.attrs = {"scope": "col"}
    reader = markdown()
    html = reader.renderer.render(_without_inline_pictures(tokens), reader.options, {})
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep_attribute,
        url_schemes={"https"},
        link_rel="noopener noreferrer",
    ).strip()


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if name == "href" and not value.startswith(("https://", "#")):
        return None
    return value


def _without_inline_pictures(tokens: Sequence[Token]) -> list[Token]:
    """Put the words of a picture in its place where it stands inside a line."""
    changed: list[Token] = []
    for token in tokens:
        children = token.children or []
        if any(child.type == "image" for child in children):
            worded = [
                Token("text", "", 0, content=child.content) if child.type == "image" else child
                for child in children
            ]
            changed.append(token.copy(children=worded))
        else:
            changed.append(token)
    return changed


def _as_card(tokens: Sequence[Token]) -> list[Token]:
    """Take the quotation marks off the remember card and keep its lines as lines."""
    card: list[Token] = []
    for token in tokens:
        if token.type in {"blockquote_open", "blockquote_close"}:
            continue
        if token.children:
            lines = [
                Token("hardbreak", "br", 0) if child.type == "softbreak" else child
                for child in token.children
            ]
            card.append(token.copy(children=lines))
        else:
            card.append(token)
    return card


def _begins_answer(tokens: Sequence[Token], position: int) -> bool:
    if tokens[position].type != "paragraph_open" or tokens[position].level != 0:
        return False
    return _bold_words(tokens[position + 1]) in _ANSWER_WORDS


def _bold_words(inline: Token) -> str:
    """Return the bold words that a paragraph begins with, or ""."""
    children = [child for child in inline.children or [] if child.type != "text" or child.content]
    if len(children) >= 3 and children[0].type == "strong_open" and children[1].type == "text":
        return children[1].content
    return ""


def _without_bold_words(tokens: Sequence[Token]) -> list[Token]:
    """Drop the bold words and the colon that follows: they have become the summary."""
    first = tokens[1]
    children = [child for child in first.children or [] if child.type != "text" or child.content]
    rest = children[3:]
    if rest and rest[0].type == "text":
        rest = [rest[0].copy(content=rest[0].content.lstrip("：: ")), *rest[1:]]
    return [tokens[0], first.copy(children=rest), *tokens[2:]]
