"""Take a lesson's Markdown apart: its title, its sections with ids, its pictures and links.

Used by the loader (to find faults) and by the renderer (to write HTML), so that both see the same
thing. A section begins at `## Title {#id}`; the id is what questions refer to. Nothing is judged
or written as HTML here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

TEACHING = "teaching"
KNOWN_PARTS = ("aim", "case", "remember", TEACHING)
RESERVED_IDS = ("main",)

_ID_AT_END = re.compile(r"\s*\{#([^{}]*)\}\s*\Z")
_SECTION_ID = re.compile(r"[a-z][a-z0-9-]*")
# No raw HTML: lessons are text. Tables are the one thing plain CommonMark lacks and we need.
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture named in the text. `alone` where it has a paragraph to itself."""

    file: str
    alt: str
    line: int
    alone: bool


@dataclass(frozen=True, slots=True)
class BodySection:
    """One part of a lesson. `id` is "" where the heading has none; lines count from 1."""

    id: str
    title: str
    line: int
    tokens: tuple[Token, ...]

    @property
    def has_good_id(self) -> bool:
        """Tell whether the id can be used in a page and in a question."""
        return bool(_SECTION_ID.fullmatch(self.id)) and self.id not in RESERVED_IDS


@dataclass(frozen=True, slots=True)
class Body:
    """A lesson's text taken apart. `title` is its first-level heading; `preface` comes before."""

    title: str
    title_line: int
    preface: tuple[Token, ...]
    sections: tuple[BodySection, ...]

    @property
    def tokens(self) -> Iterator[Token]:
        """All block tokens of preface and sections."""
        yield from self.preface
        for section in self.sections:
            yield from section.tokens


def split_body(markdown: str, first_line: int = 1) -> Body:
    """Return the parts of a lesson's Markdown; `first_line` is where it begins in its file."""
    tokens = _MARKDOWN.parse(markdown)
    title, title_line = "", first_line
    preface: list[Token] = []
    sections: list[BodySection] = []
    current = preface
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open" and token.level == 0 and token.tag in {"h1", "h2"}:
            words, id_ = _heading(tokens[position + 1])
            line = _line(token, first_line)
            if token.tag == "h1":
                title, title_line = title or words, line
            else:
                current = []
                sections.append(BodySection(id_, words, line, ()))
            position += 3
        else:
            current.append(token)
            position += 1
        if sections and current is not preface:
            last = sections[-1]
            sections[-1] = BodySection(last.id, last.title, last.line, tuple(current))
    return Body(title, title_line, tuple(preface), tuple(sections))


def picture_alone(tokens: Sequence[Token], position: int) -> Token | None:
    """Return the image token where a top-level paragraph at `position` holds nothing else."""
    token = tokens[position]
    if token.type != "paragraph_open" or token.level != 0:
        return None
    children = tokens[position + 1].children or []
    return children[0] if len(children) == 1 and children[0].type == "image" else None


def pictures(body: Body, first_line: int = 1) -> Iterator[Picture]:
    """Yield each picture of the text with its line."""
    tokens = list(body.tokens)
    for position, token in enumerate(tokens):
        if token.type != "inline":
            continue
        alone = position > 0 and picture_alone(tokens, position - 1) is not None
        for child in token.children or []:
            if child.type == "image":
                yield Picture(
                    str(child.attrs.get("src", "")), child.content, _line(token, first_line), alone
                )


def links(body: Body, first_line: int = 1) -> Iterator[tuple[str, int]]:
    """Yield the address and line of each link."""
    for token in body.tokens:
        for child in token.children or []:
            if child.type == "link_open":
                yield str(child.attrs.get("href", "")), _line(token, first_line)


def unclosed_bold(body: Body, first_line: int = 1) -> Iterator[int]:
    """Yield the lines where ** would be shown as two stars.

    Markdown does not close bold between a Chinese punctuation mark and a letter (`**“好”**吗`).
    """
    for token in body.tokens:
        if any(child.type == "text" and "**" in child.content for child in token.children or []):
            yield _line(token, first_line)


def count_characters(body: Body) -> int:
    """Count what a trainee reads: characters without spaces and marks, teaching notes left out."""
    read = list(body.preface)
    for section in body.sections:
        if section.id != TEACHING:
            read.extend(section.tokens)
    texts = (child.content for token in read for child in token.children or [])
    headings = (section.title for section in body.sections if section.id != TEACHING)
    return sum(len("".join(text.split())) for text in (*texts, *headings))


def characters_of(markdown: str) -> int:
    """Count what a trainee reads of a lesson's Markdown; see count_characters."""
    return count_characters(split_body(markdown))


def _heading(inline: Token) -> tuple[str, str]:
    """Return words and id of a heading, and cut the id off what is shown."""
    found = _ID_AT_END.search(inline.content)
    plain = "".join(child.content for child in inline.children or [])
    return _ID_AT_END.sub("", plain).strip(), found[1] if found else ""


def _line(token: Token, first_line: int) -> int:
    return (token.map[0] if token.map else 0) + first_line


def markdown() -> MarkdownIt:
    """Return the Markdown reader that lessons are written for."""
    return _MARKDOWN
