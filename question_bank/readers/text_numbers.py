"""Which numbered lines of a pasted paper begin a question, and which stay inside one.

Statements in a stem, points of an answer and reasons in an explanation are numbered too. The style
of the numbers, their count and what stands below a line tell; see ``Outline.begins``.
"""

from question_bank.readers.text_item import TextItem
from question_bank.readers.text_lines import (
    BARE_ANSWER,
    FIELD,
    FIELD_OF,
    INLINE,
    KEY_INSIDE,
    OPTION,
    STYLES,
    TRUTH_AT_END,
    Number,
    is_heading,
    is_listed,
    numbered,
    place_of,
)

_LONG = {"key": "答案", "explanation": "解析", "rubric": "评分标准"}  # may hold numbered points
_GAP = 20  # questions that may be missing from a paper before a number is somebody's text
_OTHER_STYLE = "这道题的题号写法和上一题不同，按单独一题读入，请核对它是不是上一题的小题。"
_MINOR = ("bracketed", "half", "circled")


class Outline:
    """All numbered lines of a text, each with what stands below it."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.numbers: dict[int, Number] = {}
        self.last_asked = 0  # the last line with an option or an answer
        self.last_listed = 0  # and the last that can only be of an answer list
        below, nearest = _nothing(), dict[str, Number]()  # by style, from the end
        for at in range(len(lines), 0, -1):
            line = lines[at - 1].strip()
            if not line:
                continue
            if is_heading(line):
                below, nearest = _nothing(), {}
                continue
            one = numbered(line)
            options, answer = _options(one.rest if one else line), _answer(line)
            if options or answer:
                self.last_asked = max(self.last_asked, at)
                for met in below.values():
                    met[0] |= options
                    met[1] |= answer
            if not self.last_listed and line[0].isdigit() and is_listed(line):
                self.last_listed = at
            if one is not None:
                one.options, one.answer = below[one.style]
                one.near, one.whole = any(below[""]), all(below[""])
                one.after = nearest.get(one.style)
                self.numbers[at] = nearest[one.style] = one
                below[one.style], below[""] = [False, False], [False, False]

    def begins(self, item: TextItem | None, at: int) -> tuple[bool, str]:
        """Tell whether the number at a line begins a question, and what is doubtful about it.

        ``item`` is the question being gathered, None at the beginning and under a new heading. A
        point that stays inside is counted in ``item``.
        """
        mark = self.numbers[at]
        if item is None:
            return mark.is_asked or not (mark.tight or mark.style == "circled"), ""
        begins, remark = _begins(item, mark)
        if not begins and mark.style == item.style and not mark.tight:
            item.points[item.last] = mark.number
        return begins, remark

    def is_list(self, at: int) -> bool:
        """Tell whether a list of answers follows a line, and not the points of one answer."""
        for line in self.lines[at : at + 100]:
            if line.strip() and not is_heading(line.strip()):
                return is_listed(line) or (self.last_listed > at >= self.last_asked)
        return False


def _nothing() -> dict[str, list[bool]]:
    return {style: [False, False] for style in ("", *STYLES)}


def _begins(item: TextItem, mark: Number) -> tuple[bool, str]:
    is_next = mark.number == item.number + 1
    if mark.tight:
        return is_next and mark.is_asked, ""
    if item.last == "stem":
        return _in_stem(item, mark), ""
    if mark.style != item.style:
        if is_next and mark.near:
            return True, ""
        return mark.whole, _OTHER_STYLE if mark.whole else ""
    if item.last not in _LONG and not item.last.startswith("why"):
        return True, ""
    return _in_long(item, mark)


def _in_stem(item: TextItem, mark: Number) -> bool:
    """Tell of a number under a stem that has neither options nor an answer yet."""
    if mark.style != item.style:
        return item.style in _MINOR and mark.style not in _MINOR and mark.near
    points = item.points.get("stem", 0)
    if points and mark.number == points + 1:
        return False
    if mark.number == item.number + 1:
        return True
    if mark.number == 1:
        return not _leads_to_options(mark)
    return mark.is_asked and item.number < mark.number <= item.number + _GAP


def _leads_to_options(mark: Number) -> bool:
    """Tell whether 1, 2, 3 run on without answers until options: statements to choose among."""
    last = mark
    while not last.is_asked and last.after is not None and last.after.number == last.number + 1:
        last = last.after
    return last is not mark and last.options


def _in_long(item: TextItem, mark: Number) -> tuple[bool, str]:
    """Tell of a number in the outer style below an answer or an explanation."""
    points = item.points.get(item.last, 0)
    runs_on = points > 0 and mark.number == points + 1
    is_next = mark.number == item.number + 1
    if mark.is_asked or not (runs_on or (mark.number == 1 and not is_next)):
        return True, ""
    if _comes_again(mark) if is_next else runs_on or item.is_open():
        return False, ""
    what = _LONG.get(item.last, "选项说明")
    return False, (
        f"这一行带题号，下面却没有选项和答案，算作第 {item.number} 题的{what}。"
        "如果是新题，请补上选项或答案。"
    )


def _comes_again(mark: Number) -> bool:
    """Tell whether the next asked question has the same number, so that this one is a point."""
    one = mark.after
    for _ in range(100):
        if one is None or one.is_asked:
            break
        one = one.after
    return one is not None and one.is_asked and one.number == mark.number


def _options(line: str) -> bool:
    return any(place_of(found) == 0 for found in OPTION.finditer(line))


def _answer(line: str) -> bool:
    if BARE_ANSWER.fullmatch(line):
        return True
    found = FIELD.fullmatch(line)
    if found is not None and FIELD_OF.get(found[1].casefold()) == "key":
        return True
    if KEY_INSIDE.search(line) is not None:
        return True
    if OPTION.match(line):
        return False
    return INLINE.search(line) is not None or TRUTH_AT_END.search(line) is not None
