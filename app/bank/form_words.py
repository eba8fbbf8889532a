"""Sentences of `question_bank` said for a page: where a file has field names, a page has labels.

The package speaks to people with files; here nobody sees `key` or `accept`. What is not listed is
said as it is. It stays Chinese, as what is kept does: `app.saying` says it in English, from the list
in `kept_words`, to which each new wording belongs.
"""

from __future__ import annotations

import re
from typing import Any

from flask_babel import lazy_gettext as _

LISTS: dict[str, Any] = {
    "options": _("选项"),
    "sequence": _("项目"),
    "matches": _("配对"),
    "spares": _("用不上的一项"),
    "blanks": _("空"),
    "answers": _("答案"),
    "rubric": _("评分点"),
    "parts": _("小题"),
    "media": _("图片"),
    "sources": _("来源"),
}
# Chinese to Chinese, as the package's sentences are.
_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(before), after)
    for before, after in (
        ("请在 key 里写上正确选项的编号", "请勾选正确的选项"),
        ("请在 key 里写 true 或 false", "请勾选“正确”或“错误”中的一个"),
        ("请按先后写上全部项目的编号", "请按先后写上各项"),
        ("请打乱 items 的次序", "请勾选“可以打乱次序”"),
        ("在 blanks 里没有，请补上或改正", "在下面没有对应的空，请加上或改正"),
        ("请在 (accept|alt) 里写[上明]", "请写上"),
        ("请在 accepts 里写上可以交什么：.*?。", "请勾选可以交什么。"),
        ("在 accept 里已有", "已在“算对的答案”里"),
        ("在 partly 里已有", "已在“部分得分”里"),
        ("在 reject 里已有", "已在“常见错误”里"),
        ("不能又算 accept", "不能又算对"),
        ("不能又算 partly", "不能又得部分分"),
        ("不能又算 reject", "不能又算错"),
        ("请核对 fraction", "请把一个答案的“得几分之几”留空"),
        ("请补上 unit", "请补上单位"),
        ("请把 longest 改小", "请改小"),
        (
            "选项写了 weight，计分却不是 plus_minus_practice",
            "选项写了权重，计分却不是“选对加分，选错扣分”",
        ),
        ("plus_minus_practice 会倒扣分", "“选对加分，选错扣分”会倒扣分"),
        ("删去 weight", "删去权重"),
        ("核对 weight", "核对权重"),
        ("，请重新上传或导入，再写上 sha256", "，请选一个再上传"),
        ("，请核对 rows", "，请核对"),
        ("缺少 [a-z_]+，请补上", "这里还空着，请写上，或删去这一行"),
        ("[a-z_]+ 有 ([0-9]+) 个字", r"有 \1 个字"),
        ("请补上 explanation", "请补上总的解析"),
        ("请给 .+? 补上说明", "请给还没有解析的各项补上说明"),
        ("并把 shuffle 设为 false", "并取消“可以打乱次序”"),
    )
)


def on_a_page(sentence: str) -> str:
    """Return a sentence of the package as somebody reads it who sees no file."""
    for pattern, words in _SAID:
        sentence = pattern.sub(words, sentence)
    return sentence


_PLACES: dict[str, Any] = {
    **LISTS,
    "questions": _("小题"),
    "stem": _("题干"),
    "scene": _("情景"),
    "key": _("答案"),
    "explanation": _("解析"),
    "why": _("解析"),
    "lesson": _("课"),
    "domain": _("领域"),
    "level": _("层次"),
    "id": _("编号"),
    "rule": _("计分"),
    "unit": _("单位"),
    "tolerance": _("误差"),
}
_PIECE = re.compile(r"([a-z_]+)(?:\[([0-9]+)\])?")


def place_on_a_page(place: str) -> str:
    """Return `options[2].text` as “选项 2”; a name that is not listed stays as it is."""
    said: list[str] = []
    for piece in place.split("."):
        found = _PIECE.fullmatch(piece)
        if piece == "text" and said:
            continue
        if found is None or found[1] not in _PLACES:
            said.append(piece)
        else:
            said.append(f"{_PLACES[found[1]]} {found[2] or ''}".strip())
    return " · ".join(said)
