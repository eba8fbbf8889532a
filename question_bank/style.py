"""The writing rules: name flaws of a question as it is typed or imported, and how to mend them.

A flaw is advice, never a refusal: a question with flaws can be stored and asked. What makes a
question impossible to ask or mark is ``body.check``. The rules are those of the domain guide 4.1;
each is a plain pattern that an author can understand, not a judgement of the content, so some good
questions are flagged and a person decides. Spelling, facts and fairness are not checked.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from question_bank.question import Fault, Path, Question
from question_bank.style_checks import CHECKS, Found

# Code -> (the rule, how to mend it). ``{0}`` is what was found.
RULES: dict[str, tuple[str, str]] = {
    "absolute_word": (
        "选项里不用“一定、绝对、所有、从不”这类绝对的词，考生凭词就能猜。",
        "把“{0}”改成具体的做法或条件。",
    ),
    "all_of_above": (
        "不用“以上都对”“以上都不对”，考生认出一两项就能答。",
        "删去“{0}”，换成一个独立的选项；有几项都对时改成多选题。",
    ),
    "letter_reference": (
        "选项会打乱次序，文字里不能提 A、B、C、D。",
        "把“{0}”改成选项的内容。",
    ),
    "key_longest": (
        "正确选项不能总是最长，考生会挑最长的。",
        "正确选项比别的长 {0} 个字，请缩短它，或把别的写得一样具体。",
    ),
    "unequal_length": (
        "选项的长短应当相近。",
        "最长的有 {0} 个字，请让各项相差不超过一倍。",
    ),
    "unequal_kind": (
        "选项应当是同一类事物、同一种句式。",
        "这几项的写法不同（{0}），请统一成一种。",
    ),
    "option_count": (
        "单选题四个选项；多选题四到五个选项、二到四个正确。",
        "现在{0}，请增减选项。",
    ),
    "all_right": (
        "多选题至少有一个错误选项，否则全选就对，考不出谁会。",
        "现在 {0} 个选项都是答案，请加一个错误选项。",
    ),
    "overlapping": (
        "选项之间不能重叠，选了一个不能同时算另一个也对。",
        "{0}，请改成互不包含。",
    ),
    "unordered_numbers": (
        "数字选项按大小排列，免得考生找次序。",
        "请排成 {0}，并把 shuffle 设为 false。",
    ),
    "negative_stem": (
        "尽量不用否定的问法；一定要用时，把“不”加粗，免得看漏。",
        "把“{0}”改成正面的问法，或写成 **不**。",
    ),
    "double_negative": (
        "一句里不能有两个否定，考的是绕弯，不是知识。",
        "把“{0}”改成肯定的说法。",
    ),
    "echo": (
        "题干里的词不能只在正确选项里再出现，这等于提示。",
        "“{0}”在题干和正确选项里都有，请换一个说法，或让错误选项也用到。",
    ),
    "unfocused_stem": (
        "盖住选项，题干自己就能回答；“下列说法正确的是”不是一个问题。",
        "把“{0}”改成一个具体的情景和一个问题。",
    ),
    "long_stem": (
        "题干是一个短情景加一个问题，不超过 150 个字。",
        "现在 {0} 个字，请删去用不上的细节。",
    ),
    "scene_length": (
        "案例的情景写 80 到 200 个字，够用又不累。",
        "现在 {0} 个字，请增减。",
    ),
    "trick_word": (
        "判断题应当整句对或整句错，不靠“一定、所有、有时、可能”这类词定对错。",
        "去掉“{0}”，把要考的做法直接写出来。",
    ),
    "missing_explanation": (
        "每道题要有解析：答完带走哪一点。",
        "请补上 explanation。",
    ),
    "missing_why": (
        "每个选项、每个空都要说明为什么对、为什么会选错。",
        "请给 {0} 补上说明。",
    ),
    "key_positions": (
        "一套题里，正确选项在各个位置上应当差不多一样多。",
        "各位置的正确答案数是 {0}，请调换一些题的选项次序。",
    ),
    "true_false_balance": (
        "一套判断题里，对和错应当约各一半。",
        "现在 {0}，请改写一些题。",
    ),
}
LEAST_IN_SET = 12  # questions; with fewer, unequal positions are mere chance
# Critical values of chi-square at 5 % for 1 … 7 degrees of freedom (2 … 8 options).
_CHI_SQUARE = (3.84, 5.99, 7.81, 9.49, 11.07, 12.59, 14.07)


@dataclass(frozen=True, slots=True)
class Flaw:
    """One flaw: its code, whose it is (empty: of the whole set), where, the rule, the mend."""

    code: str
    question_id: str
    path: Path
    rule: str
    mend: str

    @property
    def place(self) -> str:
        """Write the path as people read it: ``options[2].text``."""
        return Fault(self.path, "").place

    def __str__(self) -> str:
        return f"{self.question_id or '整套题'} {self.place}：{self.rule}{self.mend}"


def find_flaws(question: Question) -> list[Flaw]:
    """Name the flaws of one question, those of the parts of a case at their place."""
    flaws = [_flaw(question.id, (), found) for found in _found(question)]
    for place, part in enumerate(question.parts):
        flaws += [_flaw(part.id, ("questions", place), found) for found in _found(part)]
    return flaws


def flaw_codes(question: Question) -> list[str]:
    """Name the codes of the flaws of one question and its parts, each once, in order."""
    asked = (question, *question.parts)
    return sorted({found.code for one in asked for found in _found(one)})


def find_set_flaws(questions: Iterable[Question]) -> list[Flaw]:
    """Name what only shows over a set: key positions, and true against false."""
    asked = [one for question in questions for one in question.marked_questions()]
    flaws = []
    by_count: dict[int, list[Question]] = {}
    for one in asked:
        if one.kind == "single_choice" and len(one.key) == 1:
            by_count.setdefault(len(one.options), []).append(one)
    for count, several in sorted(by_count.items()):
        flaws += _position_flaws(count, several)
    keys = Counter(one.key for one in asked if one.kind == "true_false" and one.key)
    true, total = keys[("true",)], sum(keys.values())
    # Two standard deviations of a fair coin: fewer questions may lie further off by chance.
    if total >= LEAST_IN_SET and (2 * true - total) ** 2 > 4 * total:
        said = f"{true} 题对、{total - true} 题错"
        flaws.append(_flaw("", (), Found("true_false_balance", (), said)))
    return flaws


def _position_flaws(count: int, questions: Sequence[Question]) -> list[Flaw]:
    """Test by chi-square whether the keys of questions with ``count`` options are spread evenly."""
    if len(questions) < LEAST_IN_SET or not 2 <= count <= len(_CHI_SQUARE) + 1:
        return []
    places = Counter(
        place
        for question in questions
        for place, option in enumerate(question.options)
        if option.id in question.key
    )
    expected = len(questions) / count
    spread = sum((places[place] - expected) ** 2 / expected for place in range(count))
    if spread <= _CHI_SQUARE[count - 2]:
        return []
    said = "、".join(f"第 {place + 1} 位 {places[place]}" for place in range(count))
    return [_flaw("", (), Found("key_positions", (), said))]


def _found(question: Question) -> Iterable[Found]:
    for check in CHECKS:
        yield from check(question)


def _flaw(question_id: str, path: Path, found: Found) -> Flaw:
    rule, mend = RULES[found.code]
    return Flaw(found.code, question_id, (*path, *found.path), rule, mend.format(found.said))
