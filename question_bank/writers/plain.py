"""Write Aiken, and numbered Chinese text as ``readers/text.py`` reads it (and people print it).

What neither can hold is said beforehand by ``losses.py``.
"""

from collections.abc import Iterable, Mapping

from question_bank.fields import shown_decimal
from question_bank.kinds.fill_in import PLACEHOLDER
from question_bank.question import Question
from question_bank.readers.table_words import OUR_WORDS
from question_bank.writers.foreign import CannotWriteError, those_it_can

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def write_aiken(questions: Iterable[Question], files: Mapping[str, bytes] | None = None) -> str:
    """Write the single-choice questions; everything else is left out (see ``losses``)."""
    return "\n".join(those_it_can(questions, lambda question: [aiken_one(question)]))


def write_text(questions: Iterable[Question], files: Mapping[str, bytes] | None = None) -> str:
    """Write numbered questions with answers and explanations; the parts of a case name it."""
    kept = those_it_can(questions, _text_pieces)
    return "\n".join(f"{number}. {one}" for number, one in enumerate(kept, start=1))


def aiken_one(question: Question) -> str:
    """Write one question; CannotWriteError when it has not one right option."""
    if question.kind != "single_choice" or question.rule:
        raise CannotWriteError("Aiken 只有单选题。")
    stem = " ".join(question.stem.split())
    lines = [stem]
    for letter, option in zip(_LETTERS, question.options, strict=False):
        lines.append(f"{letter}. {' '.join(option.text.split())}")
    places = [option.id for option in question.options]
    return "\n".join([*lines, f"ANSWER: {_LETTERS[places.index(question.key[0])]}", ""])


def _text_pieces(question: Question) -> list[str]:
    """Write a question, or a case set as its scene and its parts, each without its number."""
    if not question.parts:
        return [text_one(question)]
    fields = [("编号", question.id), *_record(question)]
    scene = [f"【{OUR_WORDS['kind']['case_set']}】{question.scene}"]
    scene += [f"{label}：{value}" for label, value in fields if value]
    parts = [f"{text_one(part).rstrip()}\n所属案例：{question.id}\n" for part in question.parts]
    return ["\n".join([*scene, ""]), *parts]


def text_one(question: Question) -> str:
    """Write one question without its number."""
    words = OUR_WORDS["kind"]
    if question.kind not in words or question.kind == "description":
        raise CannotWriteError(f"粘贴文字写不下题型 {question.kind}。")
    if any(option.weight is not None for option in question.options):
        raise CannotWriteError("粘贴文字写不下选项的权重。")
    lines = [f"【{words[question.kind]}】{_stem(question)}"]
    lines += _option_lines(question)
    lines.append(f"答案：{_answer(question)}")
    names = ("正确", "错误") if question.kind == "true_false" else _LETTERS
    for name, option in zip(names, question.options, strict=False):
        if option.why and question.kind != "matching":
            lines.append(f"选项{name}说明：{option.why}")
    lines += [f"{label}：{value}" for label, value in _fields(question) if value]
    return "\n".join([*lines, ""])


def _stem(question: Question) -> str:
    return PLACEHOLDER.sub("____", question.stem) if question.kind == "fill_in" else question.stem


def _option_lines(question: Question) -> list[str]:
    if question.kind == "true_false":
        return []
    texts = [option.text for option in question.options]
    if question.kind == "matching":
        rights = {option.id: option.text for option in question.options}
        used = dict(question.pairs)
        texts = [f"{left.text} = {rights[used[left.id]]}" for left in question.lefts]
        texts += [f"= {text}" for one, text in rights.items() if one not in used.values()]
    return [f"{letter}. {text}" for letter, text in zip(_LETTERS, texts, strict=False)]


def _answer(question: Question) -> str:
    if question.kind == "true_false":
        return "正确" if question.key == ("true",) else "错误"
    if question.kind == "fill_in":
        return "；".join("|".join(blank.accept) for blank in question.blanks)
    if question.kind == "numeric":
        answer = max(question.answers, key=lambda one: one.fraction)
        tolerance = f"±{shown_decimal(answer.tolerance)}" if answer.tolerance else ""
        return f"{shown_decimal(answer.value)}{tolerance}"
    if question.kind == "matching":
        return "见各项"
    places = [option.id for option in question.options]
    letters = [_LETTERS[places.index(one)] for one in question.key]
    return "".join(letters) or question.model_answer


def _fields(question: Question) -> list[tuple[str, str]]:
    rubric = "\n".join(f"{one.text}（{one.points}分）" for one in question.rubric)
    accepts = "、".join(OUR_WORDS["accepts"][one] for one in question.accepts)
    return [
        ("单位", question.unit),
        ("评分标准", rubric),
        ("可交材料", accepts),
        ("评分规则", OUR_WORDS["rule"].get(question.rule, question.rule)),
        ("解析", question.explanation),
        ("层次", OUR_WORDS["level"].get(question.level, "")),
        *_record(question),
        ("编号", question.id),
    ]


def _record(question: Question) -> list[tuple[str, str]]:
    difficulty = question.difficulty.band if question.difficulty else ""
    return [
        ("难度", OUR_WORDS["difficulty"].get(difficulty, "")),
        ("题库", OUR_WORDS["pool"].get(question.pool, "")),
        ("领域", question.domain),
        ("课", question.lesson),
        ("小节", question.section),
        ("知识点", "；".join(question.headings)),
        ("标签", "；".join(str(tag) for tag in question.extra.get("x_tags", ()))),
    ]
