"""Find the header row of a question table and say which column holds what.

The words are those of templates in use in China; ours come first in each line and are the ones
``writers/table.py`` prints. A word nobody knows is no fault: the column is left out and named.
"""

import re
from dataclasses import dataclass, field

from question_bank.readers.sheets import clean, remember_short

MAX_OPTIONS = 26
LOOK_DOWN = 60  # rows; titles and notes stand above the header
REST = "其余信息"

# field -> our word, then other people's
WORDS: dict[str, tuple[str, ...]] = {
    "id": ("编号", "题目编号", "试题编号", "试题ID", "题目ID", "ID", "题目编码", "试题编码"),
    "version": ("版本",),
    "kind": ("题型", "题目类型", "试题类型", "题目题型", "类型", "试题题型", "type", "kind"),
    "case": ("所属案例", "案例编号", "材料编号", "父题编号", "所属材料", "母题编号"),
    "stem": (
        "题干",
        "题目",
        "试题",
        "题目内容",
        "试题内容",
        "题目题干",
        "试题题干",
        "问题",
        "题面",
        "题目描述",
        "内容",
        "题干内容",
        "案例或题干",
        "question",
        "stem",
    ),
    "scene": ("案例", "材料", "背景材料", "案例背景", "案例材料", "题目材料", "共用题干"),
    "options": (
        "选项",
        "备选项",
        "全部选项",
        "选项内容",
        "备选答案",
        "题目选项",
        "可选项",
        "options",
    ),
    "key": (
        "答案",
        "正确答案",
        "正确选项",
        "标准答案",
        "参考答案",
        "试题答案",
        "题目答案",
        "答案选项",
        "正确项",
        "answer",
        "key",
    ),
    "explanation": (
        "解析",
        "答案解析",
        "试题解析",
        "题目解析",
        "解释",
        "答案说明",
        "解题思路",
        "答题解析",
        "题目分析",
        "explanation",
    ),
    "difficulty": ("难度", "难易度", "难易程度", "难度等级", "题目难度", "试题难度", "难度系数"),
    "level": ("层次", "认知层次", "能力层次", "思维层次", "认知水平", "能力要求", "掌握程度"),
    "pool": ("题库", "用途"),
    "domain": ("领域", "考核领域", "模块", "科目", "domain"),
    "lesson": ("课", "所属课", "课次", "课时", "lesson"),
    "section": ("小节", "章节", "章", "节", "所属章节", "章节名称", "所属小节"),
    "objective": ("目标", "学习目标", "考核目标"),
    "headings": ("知识点", "考点", "所属知识点", "考核点", "知识点名称", "关联知识点", "考查点"),
    "tags": ("标签", "关键词", "关键字", "标记"),
    "tolerance": ("允许误差", "误差", "误差范围"),
    "unit": ("单位",),
    "rubric": ("评分标准", "评分要点", "得分点", "采分点", "评分细则"),
    "accepts": ("可交材料", "上传类型", "文件类型"),
    "points": ("分值", "分数", "题目分值", "试题分值", "分"),
    "status": ("状态", "题目状态"),
    "rule": ("评分规则",),
    "shuffle": ("选项可乱序", "乱序"),
    "review_by": ("复审日期", "复审期限"),
    "language": ("语言",),
    "enemies": ("互斥题",),
    "also_lessons": ("兼用课",),
    "reviewers_needed": ("审题人要求",),
    "rest": (REST,),
    "ignored": ("序号", "题号", "备注", "出题人", "命题人", "来源", "创建时间", "录入人", "创建人"),
}
_SPOKEN = {word.casefold(): name for name, words in WORDS.items() for word in words}
_OPTION = re.compile(
    r"(?:备选|可选)?(?:选项|答案|备选项|option|选择项)?[\s_\-(（]*([a-z]|[1-9]|1\d|2[0-6])[\s)）]*(?:选项|项)?",
    re.I,
)
_OPTION_WORD = re.compile(r"选项|备选|可选|答案|option|选择项|项", re.I)
_WHY = re.compile(r"选项\s*([A-Z])\s*(?:说明|解析|解释|分析)", re.I)
_REST = re.compile(rf"{REST}\s*(\d+)")
# （必填） and the like say how to fill the column in, not what it is.
_REMARK = re.compile(
    r"[(（\[【<《](?![A-Za-z0-9][)）]).*?[)）\]】>》]|[*＊★:：\s]|必填项?$|选填项?$"
)


@dataclass(slots=True)
class Header:
    """Which column (from 0) holds which field; lists are by option or in order."""

    row: int
    columns: dict[str, int] = field(default_factory=dict)
    options: dict[int, int] = field(default_factory=dict)  # option number from 0 -> column
    whys: dict[int, int] = field(default_factory=dict)
    rests: list[int] = field(default_factory=list)
    unknown: list[tuple[int, str]] = field(default_factory=list)
    twice: list[tuple[int, str]] = field(default_factory=list)
    scale: int | None = (
        None  # the hardest of the column's numbers or stars; 0 where that is unclear
    )

    @property
    def is_ours(self) -> bool:
        """Our own export, whose numbers in 编号 are ids and not a running count."""
        return bool(self.rests) or "version" in self.columns

    def column(self, name: str) -> int | None:
        """Give the column of a field or of a place such as ``options[2].text``."""
        found = re.match(r"(options|lefts|right|items)\[(\d+)\](?:\.(\w+))?", name)
        if found:
            table = self.whys if found[3] == "why" else self.options
            at = table.get(int(found[2]) - 1)
            return at if at is not None else self.columns.get("options")
        if not name:
            return None
        name = name.split(".")[0].split("[")[0]
        name = _SAME_COLUMN.get(name, name)
        return self.columns.get(name, self.options.get(0) if name == "options" else None)


# Where the author of a table looks for a field that has no column of its own.
_SAME_COLUMN = {
    "scene": "stem",
    "blanks": "key",
    "answers": "key",
    "model_answer": "key",
    "pairs": "options",
    "units": "unit",
    "items": "options",
    "right": "options",
    "scoring": "rule",
    "lefts": "options",
}


def find_header(rows: list[tuple[int, list[str]]], start: int = 0) -> tuple[int, Header] | None:
    """Give the place in ``rows`` and the meaning of the first row that is a header, else None."""
    for at in range(start, min(start + LOOK_DOWN, len(rows))):
        number, cells = rows[at]
        header = read_header(number, cells)
        if header is not None:
            return at, header
    return None


def read_header(number: int, cells: list[str]) -> Header | None:
    """Read a row as header; None when it is not one: it must name the stem and something to answer."""
    words = [_REMARK.sub("", clean(cell)) if 0 < len(cell) < 60 else "" for cell in cells]
    if not any(word.casefold() in _SPOKEN for word in words if word):
        return None
    header = Header(number)
    for column, word in enumerate(words):
        if word:
            _place(header, column, word)
    named = header.columns
    if "stem" not in named:
        if "scene" not in named:
            return None
        named["stem"] = named.pop("scene")
    if not {"key", "kind", "options"} & set(named) and not header.options:
        return None
    return header


def _place(header: Header, column: int, word: str) -> None:
    name = _SPOKEN.get(word.casefold())
    if name == "rest" or _REST.fullmatch(word):
        header.rests.append(column)
    elif name is not None:
        if name in header.columns:
            # 序号, 备注 … may well come twice; two columns of answers may not.
            if name != "ignored":
                header.twice.append((column, word))
        else:
            header.columns[name] = column
    elif found := _WHY.fullmatch(word):
        header.whys[ord(found[1].upper()) - 65] = column
    elif (number := _option_number(word)) is not None:
        header.options.setdefault(number, column)
    else:
        header.unknown.append((column, word))


def _option_number(word: str) -> int | None:
    folded = word.translate(_NARROW)
    found = _OPTION.fullmatch(folded)
    if found is None:
        return None
    if found[1].isdigit():
        return int(found[1]) - 1 if _OPTION_WORD.search(folded) else None
    return ord(found[1].upper()) - 65


_NARROW = {0xFF01 + at: 0x21 + at for at in range(94)}


def narrow(text: str) -> str:
    """Fold full-width letters, digits and punctuation to ASCII: ＡＢＤ to ABD."""
    return text if text.isascii() else text.translate(_NARROW)


@remember_short
def folded(text: str) -> str:
    """Fold width and case and leave spaces out, to compare what people write in cells."""
    return "".join(narrow(clean(text)).split()).casefold()
