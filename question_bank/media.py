"""Pictures, sounds and tables of a question: read, write, show, check.

Only names, words and hashes; the bytes are kept beside the question and never pass here. Which
media a candidate's page can show is not decided here.
"""

import re
from collections.abc import Iterable
from typing import Any

from question_bank.fields import Fields
from question_bank.pieces import MEDIA_KINDS, Medium
from question_bank.question import Fault, Question

LONGEST_ALT = 500
MOST_CELLS = 400
_SHA256 = re.compile("[0-9a-f]{64}")


def read_media(fields: Fields) -> tuple[Medium, ...]:
    """Take the list ``media`` of a body."""
    return tuple(_read_medium(medium) for medium in fields.mappings("media"))


def _read_medium(fields: Fields) -> Medium:
    return Medium(
        name=fields.text("name", required=True),
        kind=fields.one_of("kind", MEDIA_KINDS, default="picture"),
        alt=fields.text("alt"),
        sha256=fields.text("sha256"),
        media_type=fields.text("media_type"),
        rows=_read_rows(fields),
        extra=fields.rest(),
    )


def _read_rows(fields: Fields) -> tuple[tuple[str, ...], ...]:
    rows = fields.take("rows") or ()
    if not isinstance(rows, list | tuple) or not all(
        isinstance(row, list | tuple) and all(isinstance(cell, str) for cell in row) for row in rows
    ):
        fields.fault("rows", "rows 应当是若干行，每行是带引号的文字的列表。")
        return ()
    return tuple(tuple(row) for row in rows)


def write_media(media: Iterable[Medium]) -> list[dict[str, Any]]:
    """Give media as a body; what is empty is left out."""
    return [
        {"name": one.name, "kind": one.kind}
        | ({"alt": one.alt} if one.alt else {})
        | ({"sha256": one.sha256} if one.sha256 else {})
        | ({"media_type": one.media_type} if one.media_type else {})
        | ({"rows": [list(row) for row in one.rows]} if one.rows else {})
        | dict(one.extra)
        for one in media
    ]


def shown_media(question: Question, names: Iterable[str]) -> list[dict[str, Any]]:
    """Give what may be seen of the media with these names, in the order of the question."""
    wanted = set(names)
    return [
        {"kind": one.kind, "alt": one.alt}
        | ({"rows": [list(row) for row in one.rows]} if one.kind == "table" else {})
        | ({} if one.kind == "table" else {"sha256": one.sha256, "media_type": one.media_type})
        for one in question.media
        if one.name in wanted
    ]


def stem_media(question: Question) -> list[str]:
    """Give the names of the media that stand under the stem: those no option carries."""
    choices = [*question.options, *question.lefts]
    placed = {name for choice in choices for name in choice.media}
    return [one.name for one in question.media if one.name not in placed]


def media_faults(question: Question) -> list[Fault]:
    """Check that each medium can be found, is said in words, and that options name known ones."""
    faults: list[Fault] = []
    seen: set[str] = set()
    for place, one in enumerate(question.media):
        path = ("media", place)
        if one.name in seen:
            faults.append(Fault((*path, "name"), f"媒体名 {one.name} 重复，请改名。"))
        seen.add(one.name)
        faults += [Fault((*path, name), message) for name, message in _medium_faults(one)]
    for name, choices in (("options", question.options), ("left", question.lefts)):
        for place, choice in enumerate(choices):
            for missing in sorted(set(choice.media) - seen):
                message = f"media 里没有“{missing}”，请补上图片或改正名称。"
                faults.append(Fault((name, place, "media"), message))
    return faults


def _medium_faults(one: Medium) -> list[tuple[str, str]]:
    faults = []
    if not one.alt.strip():
        faults.append(
            ("alt", f"“{one.name}”没有替代文字，看不见或听不到的人不知道内容，请在 alt 里写明。")
        )
    if len(one.alt) > LONGEST_ALT:
        faults.append(("alt", f"替代文字有 {len(one.alt)} 个字，最多 {LONGEST_ALT} 个，请缩短。"))
    if one.kind == "table":
        cells = sum(len(row) for row in one.rows)
        if not one.rows or len({len(row) for row in one.rows}) != 1:
            faults.append(("rows", "表格应当至少有一行，每行的格数相同，请核对 rows。"))
        if cells > MOST_CELLS:
            faults.append(("rows", f"表格有 {cells} 格，最多 {MOST_CELLS} 格，请精简。"))
    elif not _SHA256.fullmatch(one.sha256):
        faults.append(("sha256", f"“{one.name}”没有文件，请重新上传或导入，再写上 sha256。"))
    return faults
