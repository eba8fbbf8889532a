"""What one line of a pasted paper looks like: a number, an option, a field, a heading, an answer list."""

import re
from dataclasses import dataclass
from unicodedata import numeric

from question_bank.readers.headers import WORDS, narrow
from question_bank.readers.table_words import kind_of_heading

_FIELDS = [
    "id",
    "kind",
    "case",
    "stem",
    "key",
    "explanation",
    "difficulty",
    "level",
    "pool",
    "domain",
    "lesson",
    "section",
    "headings",
    "tags",
    "tolerance",
    "unit",
    "rubric",
    "points",
    "accepts",
    "rule",
]
FIELD_OF = {word.casefold(): name for name in _FIELDS for word in WORDS[name]} | {"答": "key"}
FIELD = re.compile(
    r"\s{0,9}[【\[]?\s{0,9}([^\s:：【】\[\]]{1,10})\s{0,9}(?:[】\]]\s{0,9}[:：]?|[:：])\s{0,9}(.*)"
)
WHY = re.compile(
    r"\s{0,9}选项\s{0,9}([A-HＡ-Ｈ]|正确|错误)\s{0,9}(?:说明|解析|分析)\s{0,9}[:：]\s{0,9}(.*)"
)
_LETTERS = r"[A-HＡ-Ｈ](?:[、,，\s]{0,3}[A-HＡ-Ｈ]){0,7}"
# 答案 B, 答案(B), 正确答案是B: the colon is often left out.
BARE_ANSWER = re.compile(
    rf"\s{{0,9}}(?:正确|参考|标准)?答案\s{{0,9}}(?:[是为选]|应为|应选)?\s{{0,9}}[(（]?\s{{0,3}}({_LETTERS}|对|错|正确|错误|√|×)\s{{0,3}}[)）]?\s{{0,3}}[.。]?\s{{0,9}}"
)
_SHORT_ANSWER = re.compile(
    rf"\s{{0,9}}[(（]?(?:{_LETTERS}|[a-h]|对|错|正确|错误|[√×✓✗✔✘])[)）]?\s{{0,9}}"
)
# B（见教材第3页）; with a letter inside the brackets it may be a second answer.
KEY_REMARK = re.compile(
    rf"\s{{0,9}}({_LETTERS})\s{{0,9}}[(（]([^()（）A-Za-zＡ-Ｚａ-ｚ]+)[)）]\s{{0,9}}"
)
_NUMBERED = re.compile(
    r"\s{0,9}(?:第\s{0,9}([0-9０-９]{1,4})\s{0,9}题\s{0,9}[.．、:：]?|[(（]([0-9０-９]{1,4})[)）]|([0-9０-９]{1,4})\s{0,9}(?:[.．](?![0-9０-９])|[、:：])|([0-9０-９]{1,4})\s{0,9}[)）]|([①-⑳])|([0-9]{1,3})[.．](?=[0-9]))\s{0,9}(.*)"
)
STYLES = ("named", "bracketed", "plain", "half", "circled")
OPTION = re.compile(r"(?:^|(?<=[\s　]))[(（\[]?([A-Za-zＡ-Ｚａ-ｚ])\s{0,9}[.．、:：)）\]]\s{0,9}")
_BRACKETED_OPTION = re.compile(r"[(（]([A-HＡ-Ｈ])[)）]\s{0,9}")
MARKER = re.compile(
    r"^\s{0,9}[【\[(（]\s{0,9}([^】\])）]{2,8})\s{0,9}[】\])）]\s{0,9}|\s{0,9}[【\[(（]\s{0,9}([^】\])）]{2,8})\s{0,9}[】\])）]\s{0,9}$"
)
INLINE = re.compile(
    r"[（(]\s{0,9}([A-Ha-hＡ-Ｈ](?:\s{0,9}[、,，]?\s{0,9}[A-Ha-hＡ-Ｈ]){0,7}|[√×✓✗✔✘]|对|错|正确|错误)\s{0,9}[)）]"
)
TRUTH_AT_END = re.compile(r"(?<=[\s　。.？?！!；;)）])([√×✓✗✔✘])\s{0,9}$")
KEY_INSIDE = re.compile(
    r"(?:(?<=[\s　。？！?!；;)）])(?:正确|参考|标准)?答案\s{0,3}[:：]|【(?:正确|参考|标准)?答案】)(?=\s{0,9}[(（]?[A-Ha-hＡ-Ｈ√×✓✗✔✘对错正])"
)
_FIELD_INSIDE = re.compile(
    r"【(?:答案|试题)?解析】|(?:[\s　；;。，,])(?=(?:(?:答案|试题)?解析|难度|难易度|难易程度|知识点|考点)\s{0,3}[:：])"
)
ANSWER_LIST = re.compile(r"\s{0,9}(?:参考|标准|正确)?答案(?:[与及和]解析)?\s{0,9}[:：]?\s{0,9}")
LISTED = re.compile(
    r"([0-9]{1,4})\s{0,9}(?:[-–—~～至到]\s{0,9}([0-9]{1,4}))?\s{0,9}[.．、:：)）]?\s{0,9}([A-H](?:[、,]?[A-H])*|[√×✓✗对错]+|正确|错误)(?![A-Za-z])"
)
_BETWEEN_LISTED = re.compile(r"[\s,，;；、.。|]*")


@dataclass(slots=True)
class Number:
    """A line that may begin a question, with what stands below it up to the next of its style.

    ``whole``: options and an answer stand even before the next number of any style; ``near``: one
    of them.
    """

    style: str
    number: int
    rest: str
    tight: bool = False  # 2.2024年: may be a decimal number
    options: bool = False
    answer: bool = False
    near: bool = False
    whole: bool = False
    after: "Number | None" = None  # the next of the same style under the same heading

    @property
    def is_asked(self) -> bool:
        """Whether options or an answer stand below, as under a question."""
        return self.options or self.answer


def numbered(line: str) -> Number | None:
    """Give the number at the beginning of a line."""
    found = _NUMBERED.fullmatch(line)
    if found is None:
        return None
    style, digits = next(
        (name, text) for name, text in zip((*STYLES, "tight"), found.groups(), strict=False) if text
    )
    number = int(numeric(digits)) if style == "circled" else int(digits)
    if style == "tight":
        return Number("plain", number, found[7], tight=True)
    return Number(style, number, found[7])


def number_cut(line: str) -> str:
    """Give a numbered line without its number."""
    found = numbered(line)
    return found.rest if found else line


def is_heading(line: str) -> bool:
    """Tell whether a line names a kind: 一、单选题（每题1分）."""
    if len(line) > 60 or line[0].isdigit() or OPTION.match(line):
        return False
    return bool(kind_of_heading(line))


def is_listed(line: str) -> bool:
    """Tell whether a line is nothing but entries of an answer list: 1. A 2. B, or 1-5 ABCDA."""
    line = narrow(line)
    return LISTED.search(line) is not None and not _BETWEEN_LISTED.sub("", LISTED.sub("", line))


def lettered(line: str, first: int) -> list[re.Match[str]]:
    """Give the option marks of a line that follow one another, from the letter counted ``first``."""
    marks: list[re.Match[str]] = []
    for found in OPTION.finditer(line):
        if place_of(found) == first + len(marks):
            marks.append(found)
    return marks


def place_of(found: re.Match[str]) -> int:
    """Give the place, from 0, that an option mark stands for."""
    return ord(narrow(found[1]).upper()) - 65


def options_inside(stem: str) -> tuple[str, list[str]]:
    """Cut options that stand on the stem's own line off; none where fewer than two follow A."""
    for mark in (OPTION, _BRACKETED_OPTION):
        found: list[re.Match[str]] = []
        for one in mark.finditer(stem):
            if place_of(one) == len(found):
                found.append(one)
        if len(found) < 2:
            continue
        ends = [*(one.start() for one in found[1:]), len(stem)]
        texts = [stem[one.end() : end].strip() for one, end in zip(found, ends, strict=True)]
        if all(texts) and stem[: found[0].start()].strip():
            return stem[: found[0].start()].strip(), texts
    return stem, []


def cut_key_off(line: str) -> tuple[str, str]:
    """Cut 答案：B off the end of a stem or an option."""
    found = KEY_INSIDE.search(line)
    if found is None or not line[: found.start()].strip():
        return line, ""
    return line[: found.start()].strip(), line[found.start() :]


def cut_rest_off(key: str) -> tuple[str, str]:
    """Cut 解析：… and the like off an answer; after a long answer only where the mark is 【解析】."""
    found = _FIELD_INSIDE.search(key)
    if found is None or not (
        found[0].startswith("【") or _SHORT_ANSWER.fullmatch(key[: found.start()])
    ):
        return key, ""
    return key[: found.start()].rstrip(), key[found.start() :].lstrip(" \t　；;。，,")
