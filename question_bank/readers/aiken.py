"""Read Aiken: a question, options ``A. …`` or ``A) …``, and ``ANSWER: B``. One right answer each.

Nothing else is in the format. Text with Chinese answers and explanations is ``text.py``'s.
"""

import re

from question_bank.question import Choice
from question_bank.readers.collecting import (
    NO_DEFAULTS,
    Collector,
    Defaults,
    Tick,
    TooMuchError,
)
from question_bank.readers.report import ImportReport

_OPTION = re.compile(r"\s*([A-Z])[.)]\s+(.*\S)\s*")
_ANSWER = re.compile(r"ANSWER\s{0,9}[:：](.*)", re.I)


def read_aiken(
    text: str,
    file: str,
    encoding: str = "",
    defaults: Defaults = NO_DEFAULTS,
    tick: Tick | None = None,
) -> ImportReport:
    """Read a decoded Aiken file; ``file`` is only the name used in places."""
    collector = Collector(file, "aiken", encoding, defaults, tick)
    lines = text.split("\n")
    stem: list[str] = []
    options: list[tuple[str, str]] = []
    start = 1
    try:
        for number, line in enumerate(lines, start=1):
            option, answer = _OPTION.fullmatch(line), _ANSWER.fullmatch(line.strip())
            if answer:
                _take(collector, start, stem, options, answer[1].strip())
                stem, options = [], []
                collector.progress(number, len(lines))
            elif option and (stem or options):
                options.append((option[1], option[2]))
            elif line.strip():
                if options:
                    message = (
                        "选项后面不是 ANSWER: 一行，这道题没有读入。请补上答案，例如 ANSWER: B。"
                    )
                    collector.problem(number, message)
                    stem, options = [], []
                start = start if stem else number
                stem.append(line.strip())
        if stem or options:
            collector.problem(start, "最后一道题没有 ANSWER: 一行，请补上答案，例如 ANSWER: B。")
    except TooMuchError as error:
        collector.problem(1, str(error))
    return collector.report()


def _take(
    collector: Collector, line: int, stem: list[str], options: list[tuple[str, str]], answer: str
) -> None:
    letters = [letter for letter, _ in options]
    wanted = answer.upper().rstrip(".)")
    if not stem:
        collector.problem(line, "ANSWER: 前面没有题目，请补上题干和选项。")
    elif letters != [chr(65 + at) for at in range(len(letters))]:
        seen = "、".join(letters[:10])
        collector.problem(line, f"选项字母应当从 A 起依次写，现在是 {seen}，请改正。")
    elif wanted not in letters:
        message = f"答案“{answer[:20]}”不是本题的一个选项字母，Aiken 只有单选，请写一个字母。"
        collector.problem(line, message)
    else:
        choices = tuple(Choice(f"o{at}", text) for at, (_, text) in enumerate(options, start=1))
        values = {"kind": "single_choice", "stem": "\n".join(stem), "options": choices}
        key = (choices[letters.index(wanted)].id,)
        collector.add(line, "multichoice", values | {"key": key})
