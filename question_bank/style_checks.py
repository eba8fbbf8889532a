"""The single checks behind ``style``: each looks at one question and yields what it found.

Chinese is not cut into words here; patterns and shared runs of characters do. Lengths are in
characters without spaces and emphasis marks.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from question_bank.folding import fold
from question_bank.question import Path, Question


@dataclass(frozen=True, slots=True)
class Found:
    """A code of ``style.RULES``, the place, and the words that go into its sentence."""

    code: str
    path: Path
    said: str = ""


CHOICES = ("single_choice", "multiple_choice")
LONGEST_STEM = 150
SCENE = (80, 200)
MARGIN = 3  # characters by which the key must be longest before it shows
ECHO = 3  # characters; two are shared by chance all the time

# 不一定 and 一定的 are no absolutes; the lookarounds keep them out.
_ABSOLUTE = re.compile(
    "(?<!不)一定(?![的程范条])|(?<!不)绝对|绝不|(?<!不是)所有(?!者|人同意)|从不|永远|(?<!不)必然|必定"
    "|(?<!不)任何(?!时候[都也]不)|一律|无论如何|毫无|(?<!不)总是|百分之百|100%"
)
# Statements of a duty are full of these words: only options are asked for them.
_MORE_ABSOLUTE = re.compile(
    r"(?<!不)始终|从来[不没]|凡是|(?<!不)(?<!不是)全部|(?i:\b(?:always|never|all(?! of the above))\b)"
)
# What each of these patterns needs: looked for first, many times quicker, in all options at once.
_ABSOLUTE_NEEDS = (
    *("一定", "绝对", "绝不", "所有", "从不", "永远", "必然", "必定", "任何", "一律", "无论如何"),
    *("毫无", "总是", "百分之百", "100%", "始终", "从来", "凡是", "全部", "always", "never", "all"),
)
_ABOVE_NEEDS = ("以上", "上述", "前面", "前述", "above", "都", "均", "全", "皆")
_LETTER_NEEDS = re.compile("[A-HＡ-Ｈ]")
_HEDGE = re.compile("有时候?|可能会?|也许|大概|通常|一般来说|往往|或许")
_ABOVE = re.compile(
    "(以上|上述|前面|前述)(几项|选项|各项|三项|答案)?(都|均|全|皆)(部)?(不)?(是|对|正确|错|错误|可以|行|可|包括|需要)"
    "|以上(选项|答案|皆|均)|(?i:(all|none) ?of ?the ?above)"
    # An option that says nothing else.
    "|^([各几三四]项)?(全部都?|全都|都|均|全|皆)(不|没有?)?(是|对|正确|错|错误|选|可以|可|行|包括|需要|符合)[。！]?$"
)
# An option of nothing but the letters of others: A和B, A+B, ABC.
_LETTERS_ALONE = re.compile(
    "(?:仅|只有|只选|选)?([A-HＡ-Ｈ](?:[和与及、或,，+＋&/]?[A-HＡ-Ｈ])+)(?:对|正确|两项|三项)?"
)
_LETTER = re.compile(
    "(?<![A-Za-z0-9])[A-HＡ-Ｈ](?:[和与、或,，]?[A-HＡ-Ｈ])*(?:项|选项|都|均|两项)"
)
_UNFOCUSED = re.compile(
    "^(关于[^，。？]{1,20}[，,]?)?(下列|以下|下面)(的)?(哪[项个些种]|各项)?"
    "((关于|有关|对于?)[^，。？]{1,20}的)?[^，。？]{0,6}"
    "(说法|表述|叙述|描述|选项)[，,]?[^，。？]{0,6}(正确|错误|对|不对)[^。？]{0,6}[。？：:]?$"
)
_ASKING = "(?:哪|下列|以下|下面|什么)"
_NEGATION = "(?:不(?!同|少|过是|久|断|便|适|管|仅|但|妨|如|错|知)|没有|错误|除了|未|并非|不属于)"
_NEGATIVE = re.compile(
    f"{_ASKING}[^，。；：？！]{{0,14}}?({_NEGATION})|({_NEGATION})[^，。；：？！]{{0,10}}的(?:一项|是|有|做法|说法)[^，。；]{{0,4}}[？：（(]?$"
    "|(除)(?:了)?(?:哪|下列|以下|下面)[^。；？！]{0,8}外"
    "|(不(?:能|可以?|得|应该?|应当|该|要|宜|许|准))[^，。；：？！时先后]{0,3}(?:什么|哪)"
    "|(禁止|严禁)[做说用带从事]{0,2}(?:的(?:是|有|行为|做法|事|一项|哪|什么)|什么|哪|的?$)"
    r"|((?i:\bexcept\b)|\bNOT\b)"
)
_A_NOT_A = re.compile(r"(.)不\1")
_DOUBLE = re.compile(
    "不[^，。；：！？、“”]{0,4}?不(?!同|久|断|便|少|过|舒|适)|没有[^，。；：！？“”]{0,6}?不(?!同|舒|适)|并非[^，。；：]{0,4}不|无不|非[^，。；：]{1,4}不可"
)
_NOT_DOUBLE = re.compile(
    "不[多少大小高低长短早晚冷热软硬紧松]不|不知不|不慌不|不急不|不声不|不吵不|不卑不"
)
_NUMBER = re.compile(
    r"(约|大约|至少|不少于|不超过)?\d+(\.\d+)?(?:[-~～—–至到]\d+(\.\d+)?)?(?:[^\d，。、]{0,5})"
)
_RANGE = re.compile(r"(\d+(?:\.\d+)?)[-~～—–至到]+(\d+(?:\.\d+)?)(\D{0,4})")
_BOLD = re.compile(r"\*\*[^*]+\*\*")
_SENTENCE_END = re.compile("[。？！?!；]+")


@lru_cache(maxsize=256)  # each check asks for the same few texts of one question
def plain(text: str) -> str:
    """Give a text without emphasis marks and spaces."""
    return "".join(text.replace("**", "").split())


def asked(stem: str) -> str:
    """Give the sentence that asks: the last one of the stem."""
    sentences = [one for one in _SENTENCE_END.split(stem) if one.strip(" ”」）)\n")]
    return sentences[-1] if sentences else stem


def _right(question: Question) -> list[str]:
    return [plain(option.text) for option in question.options if option.id in question.key]


def _wrong(question: Question) -> list[str]:
    return [plain(option.text) for option in question.options if option.id not in question.key]


def absolute_words(question: Question) -> Iterator[Found]:
    """Flag absolute words in some options; in all of them they are no clue."""
    if question.kind not in CHOICES or not _holds(_together(question).lower(), _ABSOLUTE_NEEDS):
        return
    hits = [
        _ABSOLUTE.search(plain(option.text)) or _MORE_ABSOLUTE.search(option.text)
        for option in question.options
    ]
    if all(hits):
        return
    for place, hit in enumerate(hits):
        if hit:
            yield Found("absolute_word", ("options", place, "text"), hit.group())


def words_about_options(question: Question) -> Iterator[Found]:
    """Flag 以上都对 and letters; both break when options are shuffled."""
    if question.kind not in CHOICES:
        return
    together, patterns = _together(question), []
    if _holds(together.lower(), _ABOVE_NEEDS):
        patterns.append(("all_of_above", _ABOVE))
    if _LETTER_NEEDS.search(together):
        patterns.append(("letter_reference", _LETTER))
    if patterns:
        for place, option in enumerate(question.options):
            for code, pattern in patterns:
                if hit := pattern.search(plain(option.text)):
                    yield Found(code, ("options", place, "text"), hit.group())
    if _LETTER_NEEDS.search(together):
        yield from _letters_alone(question)
    for name in ("stem", "explanation"):
        text = plain(getattr(question, name))
        if _LETTER_NEEDS.search(text) and (hit := _LETTER.search(text)):
            yield Found("letter_reference", (name,), hit.group())


def _letters_alone(question: Question) -> Iterator[Found]:
    """Flag options that only name other options; blood groups and the like are left in peace."""
    texts = [plain(option.text) for option in question.options]
    if any(len(text) == 1 for text in texts):
        return
    for place, text in enumerate(texts):
        if hit := _LETTERS_ALONE.fullmatch(text):
            letters = [one for one in fold(hit[1]) if "a" <= one <= "h"]
            places = [ord(one) - ord("a") for one in letters]
            if places == sorted(set(places)) and places[-1] < len(texts):
                yield Found("letter_reference", ("options", place, "text"), text)


def _together(question: Question) -> str:
    """Give the texts of all options, a line each."""
    return "\n".join(plain(option.text) for option in question.options)


def _holds(text: str, words: Sequence[str]) -> bool:
    return any(word in text for word in words)


def lengths(question: Question) -> Iterator[Found]:
    """Flag a key that stands out by length, and options of very different length."""
    right, wrong = _right(question), _wrong(question)
    if question.kind not in CHOICES or not right or not wrong:
        return
    ahead = min(map(len, right)) - max(map(len, wrong))
    if ahead >= MARGIN:
        place = next(at for at, one in enumerate(question.options) if one.id in question.key)
        yield Found("key_longest", ("options", place, "text"), str(ahead))
    every = [len(one) for one in (*right, *wrong)]
    if max(every) > 2 * min(every) and max(every) - min(every) >= 6:
        yield Found("unequal_length", ("options",), str(max(every)))


def option_kinds(question: Question) -> Iterator[Found]:
    """Flag options of which some are quotations, numbers or sentences and others are not."""
    if question.kind not in CHOICES or any(not option.text for option in question.options):
        return
    kinds = dict.fromkeys(_kind(plain(option.text)) for option in question.options)
    if len(kinds) > 1:
        yield Found("unequal_kind", ("options",), "、".join(kinds))


def _kind(text: str) -> str:
    if text.startswith(("“", '"', "「")):
        return "引语"
    if _NUMBER.fullmatch(text):
        return "数字"
    if text.endswith(("。", "！", "？")):
        return "整句"
    return "短语"


def option_count(question: Question) -> Iterator[Found]:
    """Flag a number of options that makes guessing easy or reading long."""
    count, right = len(question.options), len(question.key)
    if question.kind == "single_choice" and count != 4:
        yield Found("option_count", ("options",), f"单选题有 {count} 个选项")
    if question.kind == "multiple_choice" and not (4 <= count <= 5 and 2 <= right <= 4):
        yield Found("option_count", ("options",), f"多选题有 {count} 个选项、{right} 个正确")
    if question.kind == "multiple_choice" and right == count > 1:
        yield Found("all_right", ("key",), str(count))


def overlaps(question: Question) -> Iterator[Found]:
    """Flag options one of which holds the other, as text or as a range of numbers."""
    if question.kind not in CHOICES:
        return
    texts = [plain(option.text) for option in question.options]
    for (one, a), (other, b) in combinations(enumerate(texts), 2):
        short, long = sorted((a, b), key=len)
        if not short:  # a picture alone
            continue
        before = long.partition(short)[0]
        # 去窗口 and 不去窗口 are opposites, not one inside the other.
        if (
            len(short) >= 2
            and short in long
            and short != long
            and not before.endswith(("不", "没", "别"))
        ):
            yield Found("overlapping", ("options", other, "text"), f"“{long}”里包含了“{short}”")
        elif _ranges_overlap(a, b):
            yield Found(
                "overlapping",
                ("options", other, "text"),
                f"第 {one + 1} 项和第 {other + 1} 项的范围有重叠",
            )


def _ranges_overlap(a: str, b: str) -> bool:
    first, second = _RANGE.fullmatch(a), _RANGE.fullmatch(b)
    if first is None or second is None or first[3] != second[3]:
        return False
    low, high = Fraction(first[1]), Fraction(first[2])
    return low <= Fraction(second[2]) and Fraction(second[1]) <= high


def number_order(question: Question) -> Iterator[Found]:
    """Flag numbers that stand neither upwards nor downwards."""
    texts = [plain(option.text) for option in question.options]
    if question.kind not in CHOICES or not all(_NUMBER.fullmatch(text) for text in texts):
        return
    values = [Fraction(re.findall(r"\d+(?:\.\d+)?", text)[0]) for text in texts]
    if values not in (sorted(values), sorted(values, reverse=True)):
        ordered = [text for _, text in sorted(zip(values, texts, strict=True))]
        yield Found("unordered_numbers", ("options",), "、".join(ordered))


def negative_stem(question: Question) -> Iterator[Found]:
    """Flag a negative question whose 不 is not bold, and two negations in one sentence."""
    if question.kind in CHOICES:
        bold = _BOLD.sub("", asked(question.stem))
        hit = _NEGATIVE.search(_A_NOT_A.sub("", bold))
        if hit:
            yield Found("negative_stem", ("stem",), next(filter(None, hit.groups())))
    if question.kind not in (*CHOICES, "true_false"):
        return
    sentence = asked(question.stem) if question.kind in CHOICES else question.stem
    hit = _DOUBLE.search(_A_NOT_A.sub("", plain(sentence)))
    if hit and not _NOT_DOUBLE.match(hit.group()):
        yield Found("double_negative", ("stem",), hit.group())


def echoes(question: Question) -> Iterator[Found]:
    """Flag a run of characters that the stem shares with a right option and with no wrong one."""
    if question.kind not in CHOICES:
        return
    stem = plain(question.stem)
    wrong = _wrong(question)
    if any(_shared(stem, text) for text in wrong):
        return
    for place, option in enumerate(question.options):
        if option.id in question.key and (run := _shared(stem, plain(option.text))):
            yield Found("echo", ("options", place, "text"), run)


def _shared(stem: str, text: str) -> str:
    """Give the longest run of at least ECHO letters that both have, the first of equals."""
    for at in range(len(text) - ECHO + 1):
        if text[at : at + ECHO] in stem:
            break
    else:
        return ""
    for size in range(len(text), ECHO - 1, -1):
        for at in range(len(text) - size + 1):
            run = text[at : at + size]
            if run in stem and run.isalnum():
                return run
    return ""


def stem_form(question: Question) -> Iterator[Found]:
    """Flag stems that ask nothing, and stems and scenes of an unkind length."""
    stem = plain(question.stem)
    if question.kind in CHOICES and _UNFOCUSED.match(asked(stem)) and len(stem) < 40:
        yield Found("unfocused_stem", ("stem",), stem[:20])
    if question.kind != "description" and len(stem) > LONGEST_STEM:
        yield Found("long_stem", ("stem",), str(len(stem)))
    scene = len(plain(question.scene))
    if question.kind == "case_set" and not SCENE[0] <= scene <= SCENE[1]:
        yield Found("scene_length", ("scene",), str(scene))


def trick_words(question: Question) -> Iterator[Found]:
    """Flag a statement that is true or false by one absolute or hedging word."""
    if question.kind != "true_false":
        return
    stem = plain(question.stem)
    # What people say in the scene is theirs; only the statement itself is judged.
    spoken = re.sub("“[^”]*”", "", stem)
    if hit := _ABSOLUTE.search(spoken) or _HEDGE.search(spoken):
        yield Found("trick_word", ("stem",), hit.group())


def explanations(question: Question) -> Iterator[Found]:
    """Flag a question without its take-away, and options, pairs or blanks without their why."""
    if question.kind in ("case_set", "description"):
        return
    if not question.explanation.strip():
        yield Found("missing_explanation", ("explanation",))
    groups: list[tuple[str, Sequence[tuple[str, str]]]] = [
        ("options", [(one.id, one.why) for one in question.options]),
        ("blanks", [(one.id, one.why) for one in question.blanks]),
    ]
    if question.kind == "matching":
        used = {right for _, right in question.pairs}
        unused = [(one.id, one.why) for one in question.options if one.id not in used]
        groups = [("why", [(one.id, one.why) for one in question.lefts]), ("why_unused", unused)]
    for name, whys in groups:
        # A letter or an ideograph never folds away; that spares folding nearly every text.
        silent = [one for one, why in whys if not (why[:1].isalnum() or fold(why))]
        if silent:
            yield Found("missing_why", (name,), "、".join(silent))


CHECKS: tuple[Callable[[Question], Iterator[Found]], ...] = (
    absolute_words,
    words_about_options,
    lengths,
    option_kinds,
    option_count,
    overlaps,
    number_order,
    negative_stem,
    echoes,
    stem_form,
    trick_words,
    explanations,
)
