"""Export in any format, and say beforehand what the format cannot hold.

What is lost is found by writing all questions and reading them back, field by field, so it can
never differ from what the export does. Besides that it says where another system would mark
otherwise than we do.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from question_bank.body import dump, load
from question_bank.kinds import KINDS
from question_bank.question import Choice, Question, QuestionError
from question_bank.readers.anything import read_any
from question_bank.readers.report import ImportReport
from question_bank.writers.delimited import write_csv
from question_bank.writers.excel import write_excel
from question_bank.writers.gift import write_gift
from question_bank.writers.moodle_xml import write_moodle_xml
from question_bank.writers.plain import write_aiken, write_text
from question_bank.writers.qti import write_qti
from question_bank.writers.word import write_word
from question_bank.writers.yaml import write_questions

Files = Mapping[str, bytes]
WRITERS: dict[str, Callable[[Sequence[Question], Files], bytes]] = {
    "yaml": lambda questions, files: write_questions(questions).encode(),
    "excel": lambda questions, files: write_excel(questions),
    "csv": lambda questions, files: write_csv(questions),
    "word": write_word,
    "gift": lambda questions, files: write_gift(questions, files).encode(),
    "moodle_xml": lambda questions, files: write_moodle_xml(questions, files).encode(),
    "qti": write_qti,
    "aiken": lambda questions, files: write_aiken(questions, files).encode(),
    "text": lambda questions, files: write_text(questions, files).encode(),
}
_NAMES = {
    "yaml": "YAML", "excel": "Excel", "csv": "CSV", "word": "Word", "gift": "GIFT",
    "moodle_xml": "Moodle XML", "qti": "QTI", "aiken": "Aiken", "text": "文字",
}  # fmt: skip
_LABELS = {
    "id": "编号", "pool": "题库（考试或练习）", "domain": "领域", "lesson": "课", "version": "版本号",
    "level": "层次", "stem": "题干", "options": "选项或选项说明", "key": "答案", "rule": "评分规则",
    "shuffle": "能否乱序", "lefts": "左边的事项", "pairs": "配对", "blanks": "空的答案或说明",
    "answers": "数值答案或说明", "unit": "单位", "units": "别的单位", "unit_required": "必须写单位",
    "rubric": "评分标准", "model_answer": "参考答案", "longest": "字数上限", "accepts": "可交材料",
    "most_files": "文件个数", "largest_mb": "文件大小", "explanation": "解析", "section": "小节",
    "objective": "目标", "headings": "知识点", "clauses": "条款", "also_lessons": "相关的课",
    "difficulty": "难度", "sources": "来源", "media": "图片、录音和表格", "enemies": "互斥题",
    "language": "语言", "status": "状态", "review_by": "复审日期", "writer": "命题人",
    "reviewers_needed": "需要的审题人", "reviewed": "审题记录", "extra": "其余信息",
    "format_version": "格式版本", "parts": "案例的小题", "scene": "案例",
}  # fmt: skip
# (format, kind, rule) that the format's other readers mark by a rule of their own.
_PARTLY_ELSEWHERE = "别的系统会给部分分，本系统全对才给分"
_ELSEWHERE = {
    (format_, kind, rule): _PARTLY_ELSEWHERE
    for format_ in ("gift", "moodle_xml")
    for kind, rules in (
        ("multiple_choice", ("", "all_or_nothing")),
        ("matching", ("all_or_nothing",)),
        ("fill_in", ("all_or_nothing",)),
    )
    for rule in rules
} | {
    ("qti", "fill_in", "all_or_nothing"): _PARTLY_ELSEWHERE,
    ("qti", "ordering", "position"): "别的系统全对才给分，本系统按位置给部分分",
    ("qti", "ordering", "adjacent_pairs"): "别的系统全对才给分，本系统按相邻给部分分",
}
_PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing the format cannot hold, and the ids of the questions that lose it.

    ``field`` is empty where the whole question is left out, ``marking`` where it is held and
    another system would mark it otherwise.
    """

    field: str
    message: str
    ids: tuple[str, ...]


def write_as(questions: Sequence[Question], name: str, files: Files | None = None) -> bytes:
    """Write questions in a format; KeyError when there is no writer of this name."""
    return WRITERS[name](questions, files or {})


def losses(questions: Iterable[Question], name: str, files: Files | None = None) -> list[Loss]:
    """Say what an export would lose, most often lost first; empty when nothing.

    About half a second of one processor for 1,000 questions, twice that for tables.
    """
    given = list(questions)
    back = _back(given, name, files or {})
    lost: dict[tuple[str, str], list[str]] = {}
    for question in given:
        for field, message in _losses_of(question, name, back.get(question.id), files or {}):
            lost.setdefault((field, message), []).append(question.id)
    found = [Loss(field, message, tuple(ids)) for (field, message), ids in lost.items()]
    return sorted(found, key=lambda loss: (bool(loss.field), -len(loss.ids)))


# Read in place of a format that says the same in a dearer wrapping, or keeps no ids.
_STANDS_FOR = {"excel": "csv", "word": "text"}
_NO_IDS = ("aiken",)


def _back(questions: Sequence[Question], name: str, files: Files) -> dict[str, Question]:
    """Write and read all questions at once, and give what came back by id."""
    if name == "yaml":
        # The file is the body in other clothes; only the body's own limits can lose something.
        return {one.id: one for one in questions if _same_in_body(one)}
    if name in _NO_IDS or len({one.id for one in questions}) != len(questions):
        return {}
    written = WRITERS[_STANDS_FOR.get(name, name)](questions, files)
    report = read_any(written, "export", _STANDS_FOR.get(name, name))
    return {one.id: one for one in report.questions}


def _same_in_body(question: Question) -> bool:
    try:
        return load(dump(question)) == question
    except QuestionError:
        return False


def _losses_of(
    question: Question, name: str, back: Question | None, files: Files
) -> list[tuple[str, str]]:
    if back is None:
        report = read_any(WRITERS[name]([question], files), "export", name)
        if len(report.questions) != 1:
            return [("", _left_out(question, name, report))]
        back = report.questions[0]
    told = [
        (field, f"{_LABELS.get(field, field)}写不进 {_NAMES[name]}，导出后就没有了，或会改变。")
        for field in _changed(question, back)
    ]
    for part in (question, *question.parts):
        if note := _ELSEWHERE.get((name, part.kind, part.rule)):
            told.append(("marking", f"{KINDS[part.kind].label}：{note}。"))
    return list(dict.fromkeys(told))


def _left_out(question: Question, name: str, report: ImportReport) -> str:
    label = KINDS[question.kind].label
    reason = "".join(problem.message for problem in report.problems[:1]) if report.questions else ""
    return f"{_NAMES[name]} 写不下这些{label}，整题不会导出。{reason}"


def _changed(question: Question, back: Question) -> list[str]:
    """Name the fields that did not come back as they were, those of parts by their own names."""
    if question == back:
        return []
    before, after = _meaning(question), _meaning(back)
    changed = [field for field, value in before.items() if value != after[field]]
    if len(question.parts) != len(back.parts):
        return [*changed, "parts"]
    for part, came in zip(question.parts, back.parts, strict=True):
        changed += _changed(part, came)
    return list(dict.fromkeys(changed))


def _meaning(question: Question) -> dict[str, Any]:
    """Give what a question says, without the ids that only tie its pieces together."""
    told = {name: getattr(question, name) for name in _LABELS}
    texts = {option.id: option.text for option in (*question.options, *question.lefts)}
    told["format_version"] = ""
    told["parts"] = ()  # compared one by one
    told["key"] = [texts.get(one, one) for one in question.key]
    told["pairs"] = sorted(
        (texts.get(left, ""), texts.get(right, "")) for left, right in question.pairs
    )
    options = [_without_id(option) for option in question.options]
    # Items and right sides are shuffled anyway: their order in the file says nothing.
    loose = question.kind in ("ordering", "matching") and question.shuffle
    told["options"] = sorted(map(repr, options)) if loose else options
    told["lefts"] = [_without_id(left) for left in question.lefts]
    told["blanks"] = [replace(blank, id="") for blank in question.blanks]
    told["rubric"] = [replace(one, id="") for one in question.rubric]
    told["stem"] = _PLACEHOLDER.sub("{{}}", question.stem) if question.blanks else question.stem
    return told


def _without_id(choice: Choice) -> Choice:
    return replace(choice, id="")
