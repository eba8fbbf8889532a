"""The words in the cells of a question table: kinds, levels, bands, states, and what they mean here.

Ours come first and are what ``writers/table.py`` prints. Reading folds width, case and spaces.
"""

import re
from collections.abc import Mapping

from question_bank.readers.headers import folded, narrow
from question_bank.readers.sheets import clean

KIND_WORDS: dict[str, tuple[str, ...]] = {
    "single_choice": (
        "单选题",
        "单选",
        "单项选择题",
        "单项选择",
        "单项",
        "单选择题",
        "A1型题",
        "A1",
    ),
    "multiple_choice": (
        "多选题",
        "多选",
        "多项选择题",
        "多项选择",
        "多项",
        "不定项选择题",
        "不定项",
    ),
    "true_false": ("判断题", "判断", "是非题", "对错题", "判断对错", "判断正误", "正误题"),
    "ordering": ("排序题", "排序", "顺序题", "排列题"),
    "matching": ("配对题", "匹配题", "连线题", "配对", "匹配", "连线", "搭配题"),
    "fill_in": ("填空题", "填空", "填充题"),
    "numeric": ("数值题", "计算题", "计算填空题", "数字题", "计算题（填数）", "数值"),
    "short_answer": (
        "简答题",
        "问答题",
        "简答",
        "问答",
        "论述题",
        "主观题",
        "名词解释",
        "案例分析题",
    ),
    "upload": ("上传题", "作品题", "录音题", "上传文件题", "实操题"),
    "case_set": ("案例题", "材料题", "共用题干题", "综合题", "组合题", "病例题", "A3型题", "案例"),
    "description": ("说明", "说明文字", "描述", "文字说明"),
}
# Known elsewhere and not askable here; named when skipped, never turned into another kind.
STRANGE_KINDS = (
    "完形填空题",
    "完形填空",
    "阅读理解题",
    "作图题",
    "画图题",
    "编程题",
    "听力题",
    "口语题",
    "翻译题",
    "作文题",
    "投票题",
    "量表题",
    "打分题",
    "矩阵题",
    "热点题",
    "拖拽题",
)
CHOICE_WORDS = ("选择题", "选择", "客观题")  # one or several: the answer tells

LEVEL_WORDS = {
    "recall": ("识记", "记忆", "了解", "知道"),
    "use": ("运用", "应用", "掌握", "理解", "熟悉", "领会"),
    "judgement": ("判断", "分析", "综合", "评价", "综合运用"),
}
BAND_WORDS = {
    "easy": ("易", "容易", "简单", "较易", "低", "较简单", "基础"),
    "medium": ("中", "中等", "一般", "适中", "普通", "较难中"),
    "hard": ("难", "困难", "较难", "高", "很难", "难题"),
}
POOL_WORDS = {"live": ("考试题", "正式", "考试"), "practice": ("练习题", "练习", "模拟")}
STATUS_WORDS = {
    "draft": ("草稿",),
    "first_review": ("初审", "初审中"),
    "final_review": ("终审", "终审中"),
    "trial": ("试测",),
    "active": ("启用",),
    "retired": ("停用",),
}
RULE_WORDS = {
    "all_or_nothing": ("全对才得分",),
    "missing_partly_wrong_zero": ("少选得部分分，错选不得分", "少选给分", "漏选得部分分"),
}
SHUFFLE_WORDS = {"yes": ("是", "可以"), "no": ("否", "不可以")}
ACCEPT_WORDS = {
    "picture": ("图片", "照片"),
    "audio": ("录音", "音频"),
    "video": ("视频", "录像"),
    "document": ("文档", "文件"),
}

_ORDINAL = re.compile(
    r"^[\s（(]*(?:第?[一二三四五六七八九十\d]+(?:部分|大题)?[)）]?[、.．:：\s]*)?"
)
_TAIL = re.compile(r"[（(【\[,，。:：;；].*$", re.S)


def _meanings(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    told = {
        narrow(word).casefold(): name for name, all_words in words.items() for word in all_words
    }
    return told | {name: name for name in words}


_KINDS = _meanings(KIND_WORDS)
_BY_FIELD = {
    "level": _meanings(LEVEL_WORDS),
    "difficulty": _meanings(BAND_WORDS),
    "pool": _meanings(POOL_WORDS),
    "status": _meanings(STATUS_WORDS),
    "rule": _meanings(RULE_WORDS),
    "shuffle": _meanings(SHUFFLE_WORDS),
    "accepts": _meanings(ACCEPT_WORDS),
}
OUR_WORDS = {
    "kind": {name: words[0] for name, words in KIND_WORDS.items()},
    "level": {name: words[0] for name, words in LEVEL_WORDS.items()},
    "difficulty": {name: words[0] for name, words in BAND_WORDS.items()},
    "pool": {name: words[0] for name, words in POOL_WORDS.items()},
    "status": {name: words[0] for name, words in STATUS_WORDS.items()},
    "rule": {name: words[0] for name, words in RULE_WORDS.items()},
    "shuffle": {name: words[0] for name, words in SHUFFLE_WORDS.items()},
    "accepts": {name: words[0] for name, words in ACCEPT_WORDS.items()},
}


def meaning(field: str, text: str) -> str:
    """Give the stored name of a word in this field's column, empty when nobody knows it."""
    return _BY_FIELD[field].get(folded(text), "")


def kind_named(text: str) -> str:
    """Give the kind a cell names: a stored name, ``choice`` (one or several), or empty."""
    word = _TAIL.sub("", folded(text))
    if word in _KINDS:
        return _KINDS[word]
    return "choice" if word in CHOICE_WORDS else ""


def kind_of_heading(text: str) -> str:
    """Give the kind that a title names: 一、单选题（每题1分）, or a sheet called 多选."""
    return kind_named(_ORDINAL.sub("", narrow(clean(text)), count=1))
