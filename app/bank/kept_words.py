"""Sentences that were kept with a record, said in the language of whoever reads them now.

Why a question was left as it was, or why an import was not written, is found out by whoever or
whatever did it, often the worker, and kept in Chinese. A sentence without values is its own message;
one with values, and those of `question_bank`, are recognised by `app.saying`. What is listed here
goes into the same catalogue as the sentences of that package.
"""

from __future__ import annotations

from flask_babel import gettext

from app.formatting import in_english
from app.saying import said

# Messages as those who refuse write them (`changing`, `import_taking`, `import_reading`), numbers as
# `%(n)s`; a test holds them together.
MESSAGES = (
    "还在没有结束的考试里：%(sittings)s。请等考试结束再停用。",
    "%(code)s 已经停用或不在了，不能并入。请改选“两题都要”或“跳过”。",
    "%(code)s 的题型或题池不同，不能并入。请改选“两题都要”或“跳过”。",
    "文件里有两题都要并入 %(code)s。请只留一题，另一题跳过。",
    "刚才有人改了 %(code)s，什么都没有写入。请看过新版，再写入一次。",
    "第 %(n)s 行",
    "%(label)s“%(value)s”太长，最多 %(n)s 个字，请写成 %(example)s 这样。",
    "没有写%(what)s。请在文件里补上，或选好默认值再读一次。",
    "“%(name)s”的文件不在里面，请连同图片或录音一起导出。",
)
# Sentences of `question_bank` as `form_words` says them for a page, and their pieces.
ON_PAGES = (
    "没有正确答案，请勾选正确的选项。",
    "没有正确答案，请勾选“正确”或“错误”中的一个。",
    "没有正确次序，请按先后写上各项。",
    "项目按正确次序写着，又不许打乱，考生一看就知道；请勾选“可以打乱次序”。",
    "题干里的 {{%(name)s}} 在下面没有对应的空，请加上或改正。",
    "没有算对的答案，请写上。",
    "请勾选可以交什么。",
    "“%(text)s”已在%(column)s里，不能又%(meaning)s，请删去一处。",
    "没有一个答案能得满分，请把一个答案的“得几分之几”留空。",
    "判断题应当正好有一个答案得 100%%，请把一个答案的“得几分之几”留空。",
    "要求写单位，却没有给出单位，请补上单位。",
    "写了别的单位，却没有主单位，请补上单位。",
    "答案最多 %(longest)s 个字，请改小。",
    "选项写了权重，计分却不是“选对加分，选错扣分”；请改计分，或删去权重。",
    "%(one)s 是答案，权重却不大于 0，请核对权重。",
    "“选对加分，选错扣分”会倒扣分，只给练习用，考试题不能这样计分；请换一种计分，或放进练习题。",
    "“选对加分，选错扣分”会倒扣分，只给练习用，不能进入考试；请换一种计分。",
    "“%(name)s”没有替代文字，看不见或听不到的人不知道内容，请写上。",
    "“%(name)s”没有文件，请选一个再上传。",
    "表格应当至少有一行，每行的格数相同，请核对。",
    "这里还空着，请写上，或删去这一行。",
    "有 %(count)s 个字，最多 %(most)s 个，请缩短。",
    "请补上总的解析。",
    "请给还没有解析的各项补上说明。",
    "请排成 %(order)s，并取消“可以打乱次序”。",
)
PIECES = {
    "column": ("“算对的答案”", "“部分得分”", "“常见错误”"),
    "meaning": ("算对", "得部分分", "算错"),
    "place": (
        "选项 %(n)s", "项目 %(n)s", "配对 %(n)s", "用不上的一项 %(n)s", "空 %(n)s", "答案 %(n)s",
        "评分点 %(n)s", "小题 %(n)s", "图片 %(n)s", "来源 %(n)s", "情景", "计分", "误差", "图片",
    ),
}  # fmt: skip


def kept_words(sentence: str) -> str:
    """Return a kept sentence in the reader's language; one that nobody knows stays as it is."""
    if not sentence or not in_english():
        return sentence
    told = str(gettext(sentence))
    told = said(sentence) if told == sentence else told
    before, colon, reason = sentence.partition("：")  # the kind, or the picture, before the reason
    if told == sentence and colon and (why := kept_words(reason)) != reason:
        told = f"{said(before)}: {why}"
    return told


def kept_place(place: str) -> str:
    """Return where in a file something stands, each step of it in the reader's language."""
    return " · ".join(said(step) for step in place.split(" · "))
