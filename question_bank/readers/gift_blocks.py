"""Cut a GIFT file into blocks: comments, categories, names, question text, answer section.

Grammar as Moodle reads it: blocks end at blank lines, ``//`` at the start of a line is a comment,
``\\`` before ``~ = # { } : n \\`` makes it an ordinary character. What the answers mean is said
in ``gift.py``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BLOCK = 400_000  # characters of one question: 200 answers with all they may hold are fewer
# Escaped characters travel as noncharacters, which no text may hold, until the signs are read.
_ESCAPED = "~=#{}:n\\"
_HIDDEN = {sign: chr(0xFDD0 + number) for number, sign in enumerate(_ESCAPED)}
_SHOWN = {ord(hidden): "\n" if sign == "n" else sign for sign, hidden in _HIDDEN.items()}
RESERVED = re.compile("[\ufdd0-\ufdd7]")
_ESCAPE = re.compile(r"\\([~=#{}:n\\])")
_TO_ESCAPE = re.compile(r"[~=#{}:\\\n]")
_COMMENT_ID = re.compile(r"\[id:((?:\\\]|[^\[\]])+)\]")
_COMMENT_TAG = re.compile(r"\[tag:((?:\\\]|[^\[\]<>`])+)\]")
_CATEGORY = re.compile(r"^\s*\$CATEGORY:(.*)$")
_FORMAT = re.compile(r"^\[(moodle|html|plain|markdown)\]")


@dataclass(slots=True)
class Block:
    """One question as written. ``answer`` is None for a description, escapes are still hidden.

    ``before`` and ``after`` are the question text on both sides of the answer section.
    """

    line: int
    category: str
    id: str
    tags: list[str]
    name: str = ""
    before: str = ""
    after: str = ""
    answer: str | None = None
    feedback: str = ""
    format: str = "moodle"
    fault: str = ""


def show(text: str) -> str:
    """Turn hidden escapes into the characters they stand for, and drop outer spaces."""
    return text.translate(_SHOWN).strip()


def escape(text: str) -> str:
    """Write a text so that reading gives it back; line ends become ``\\n``."""
    return _TO_ESCAPE.sub(lambda sign: "\\n" if sign[0] == "\n" else "\\" + sign[0], text)


def split_format(text: str, inherited: str) -> tuple[str, str]:
    """Take a leading ``[html]`` off; give the text, spaces after it kept, and its format."""
    text = text.lstrip()
    found = _FORMAT.match(text)
    return (text[found.end() :], found[1]) if found else (text, inherited)


def read_blocks(text: str) -> Iterator[Block]:
    """Give the blocks of a file, in order; a faulty one carries the sentence that says why."""
    category = ""
    for start, lines in _groups(text):
        comments: list[str] = []
        kept: list[str] = []
        first = 0
        for number, line in enumerate(lines, start=start):
            found = _CATEGORY.match(line)
            if line.lstrip().startswith("//"):
                comments.append(line)
                kept.append("")
            elif found and not any(map(str.strip, kept)):
                category = found[1].strip()
            else:
                first = first or (number if line.strip() else 0)
                kept.append(line)
        body = "\n".join(kept).strip()
        if body:
            yield _block(first, body, category, "\n".join(comments))


def _groups(text: str) -> Iterator[tuple[int, list[str]]]:
    """Cut at blank lines, and before a new ``::name::`` where the blank line was forgotten."""
    group: list[str] = []
    start = 1
    closed = False
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        new_one = closed and stripped.startswith(("::", "//", "$CATEGORY:"))
        if group and (not stripped or new_one):
            yield start, group
            group = []
        if stripped:
            if not group:
                start = number
                closed = False
            group.append(line)
            if not stripped.startswith("//"):
                closed = stripped.endswith("}") and not stripped.endswith("\\}")
    if group:
        yield start, group


def _block(line: int, body: str, category: str, comments: str) -> Block:
    found = _COMMENT_ID.search(comments)
    block = Block(
        line=line,
        category=category,
        id=found[1].strip().replace("\\]", "]") if found else "",
        tags=[tag.strip().replace("\\]", "]") for tag in _COMMENT_TAG.findall(comments)],
    )
    if len(body) > MAX_BLOCK:
        block.fault = f"这道题有 {len(body)} 个字，最多 {MAX_BLOCK} 个，没有读入。请缩短，或检查是不是漏了空行。"
        return block
    body = _ESCAPE.sub(lambda sign: _HIDDEN[sign[1]], body)
    if body.startswith("::"):
        end = body.find("::", 2)
        if end > 0:
            block.name = " ".join(show(body[2:end]).split())
            body = body[end + 2 :].strip()
    opening, closing = body.find("{"), body.find("}")
    if opening < 0 and closing < 0:
        block.before, block.format = split_format(body, "moodle")
        return block
    block.fault = _brace_fault(body, opening, closing)
    block.before, block.format = split_format(body[:opening] if opening >= 0 else body, "moodle")
    if not block.fault:
        answer, mark, feedback = body[opening + 1 : closing].rpartition("####")
        block.answer = (answer if mark else body[opening + 1 : closing]).strip()
        block.feedback = feedback if mark else ""
        block.after = body[closing + 1 :]
    return block


def _brace_fault(body: str, opening: int, closing: int) -> str:
    if opening < 0 or closing < 0 or closing < opening:
        missing = "{" if opening < 0 or 0 <= closing < opening else "}"
        return (
            f"答案的花括号不成对，缺 {missing}；题目中间也不能有空行。"
            "请补上；文字里的花括号写成 \\{ 和 \\}。"
        )
    if "{" in body[opening + 1 :] or "}" in body[closing + 1 :]:
        return "一道题里有两处花括号。是两道题就用空行隔开；是文字里的花括号就写成 \\{ 和 \\}。"
    return ""
