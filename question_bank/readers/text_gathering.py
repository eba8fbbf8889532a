"""Sort the lines of a pasted paper into questions, each with its options, answer and other fields."""

from itertools import islice

from question_bank.readers.collecting import Collector
from question_bank.readers.headers import narrow
from question_bank.readers.table_words import kind_named, kind_of_heading
from question_bank.readers.text_item import TextItem
from question_bank.readers.text_lines import (
    ANSWER_LIST,
    BARE_ANSWER,
    FIELD,
    FIELD_OF,
    LISTED,
    MARKER,
    OPTION,
    WHY,
    cut_key_off,
    cut_rest_off,
    is_heading,
    is_listed,
    lettered,
    number_cut,
    options_inside,
    place_of,
)
from question_bank.readers.text_numbers import Outline

MAX_LINE = 50_000  # characters: more than any text of a question may have
_TRUTHS = ("正确", "错误")
_CASE_WORDS = ("案例", "病例", "材料", "题干")
_NEAR = 4  # letters further on are somebody's text


class Gathering:
    """Sorts lines into questions."""

    def __init__(self, collector: Collector, lines: list[str]) -> None:
        self.collector = collector
        self.outline = Outline([line[:MAX_LINE] for line in lines])
        self.items: list[TextItem] = []
        self.hint = ""
        self.under_heading = ""  # the heading while no question has come below it
        self.in_answer_list = False

    def take(self, number: int, line: str) -> None:
        """Take the next line."""
        if len(line) > MAX_LINE:
            message = f"这一行有 {len(line)} 个字，最多 {MAX_LINE} 个，只看了前面的。请缩短。"
            self.collector.problem(number, message)
            line = line[:MAX_LINE]
        stripped = line.strip()
        if not stripped:
            return
        if self.in_answer_list or self._begins_answer_list(number, stripped):
            self._take_listed(number, stripped)
        elif is_heading(stripped):
            self.hint = kind_of_heading(stripped) or self.hint
            self.under_heading = stripped
        else:
            for piece in self._pieces(number, stripped):
                self._take_piece(number, piece)

    def _take_piece(self, number: int, piece: str) -> None:
        if not (self._take_field(number, piece) or self._take_option(number, piece)):
            self._take_text(number, piece)

    def _pieces(self, number: int, line: str) -> list[str]:
        """Cut a line where an answer or an explanation begins inside it."""
        found = FIELD.fullmatch(line)
        name = FIELD_OF.get(found[1].casefold()) if found else None
        if found and name == "key":
            answer, rest = cut_rest_off(found[2])
            return [line[: found.start(2)] + answer, rest] if rest else [line]
        mark = self.outline.numbers.get(number)
        asking = bool(self.items) and self.items[-1].last in ("stem", "options")
        if name not in (None, "stem") or not (asking or (mark and mark.is_asked)):
            return [line]
        before, answer = cut_key_off(line)
        return [before, *self._pieces(number, answer)] if answer else [line]

    def _begins_answer_list(self, number: int, line: str) -> bool:
        """A line 参考答案 alone, or 答案：1.A 2.B, after several questions without an answer."""
        alone = ANSWER_LIST.fullmatch(line) is not None
        if not (self.items and (alone or _lists(line))):
            return False
        open_still = (one for one in self.items if "key" not in one.fields and not _is_scene(one))
        if len(list(islice(open_still, 2))) < 2:
            return False
        self.in_answer_list = self.outline.is_list(number) if alone else True
        return self.in_answer_list

    def _take_listed(self, number: int, line: str) -> None:
        if ANSWER_LIST.fullmatch(line) or kind_of_heading(line):
            return
        found = list(LISTED.finditer(narrow(line)))
        if not found:
            self.collector.problem(
                number, f"答案表里的“{line[:30]}”读不懂，请写成 1. A 或 1-5 ABCDA。"
            )
        for one in found:
            first, last, letters = int(one[1]), int(one[2] or one[1]), one[3]
            answers = list(letters) if one[2] else [letters]
            if len(answers) != last - first + 1:
                message = (
                    f"“{one[0]}”是 {last - first + 1} 道题，却有 {len(answers)} 个答案，请核对。"
                )
                self.collector.problem(number, message)
                continue
            for at, answer in enumerate(answers, start=first):
                self._give_answer(number, at, answer)

    def _give_answer(self, line: int, wanted: int, answer: str) -> None:
        for item in self.items:
            if item.number == wanted and "key" not in item.fields:
                item.put("key", answer, line)
                return
        self.collector.problem(
            line, f"答案表里的第 {wanted} 题在前面找不到（或已有答案），请核对题号。"
        )

    def _take_field(self, number: int, line: str) -> bool:
        if self.items and (why := WHY.fullmatch(line)):
            at = _TRUTHS.index(why[1]) if why[1] in _TRUTHS else ord(narrow(why[1])) - 65
            self.items[-1].whys[at] = why[2]
            self.items[-1].last = f"why{at}"
            return True
        if self.items and (bare := BARE_ANSWER.fullmatch(line)):
            self._put_key(self.items[-1], bare[1], number)
            return True
        found = FIELD.fullmatch(line)
        name = FIELD_OF.get(found[1].casefold()) if found else None
        if found is None or name is None:
            return False
        if name == "stem":
            self._begin(number, 0, found[2])
        elif name == "kind" and (not self.items or "key" in self.items[-1].fields):
            self.hint = kind_named(found[2]) or found[2]
        elif self.items and name == "key":
            self._put_key(self.items[-1], found[2], number)
        elif self.items:
            self.items[-1].put(name, found[2], number)
        return True

    def _put_key(self, item: TextItem, answer: str, line: int) -> None:
        if item.options and item.fields.get("key"):
            message = "这道题有两处答案，看不出哪一个对，请只留一处；若是两道题，请补上题号。"
            item.faults.append((line, message))
        item.put("key", answer, line)

    def _take_option(self, number: int, line: str) -> bool:
        if not self.items:
            return False
        item = self.items[-1]
        if item.last not in ("stem", "options") and "key" in item.fields:
            return False
        first = OPTION.match(line)
        if not item.options and first and place_of(first):
            stem, options = options_inside(item.fields["stem"])
            if len(options) == place_of(first):
                item.fields["stem"], item.options = stem, options
        marks = lettered(line, len(item.options))
        if not marks or line[: marks[0].start()].strip():
            if first and item.last == "options":
                self._note_gap(item, number, place_of(first))
            return False
        beyond = [place_of(one) for one in OPTION.finditer(line, marks[-1].end())]
        if len(item.options) + len(marks) + 1 in beyond:
            self._note_gap(item, number, len(item.options) + len(marks) + 1, len(marks))
        ends = [found.start() for found in marks[1:]] + [len(line)]
        for found, end in zip(marks, ends, strict=True):
            item.options.append(line[found.end() : end].strip())
        item.lines.setdefault("options", number)
        item.last = "options"
        return True

    def _note_gap(self, item: TextItem, line: int, place: int, taken: int = 0) -> None:
        last = len(item.options) + taken
        if place < last + _NEAR and not item.faults:
            message = (
                f"选项 {chr(64 + last)} 后面是 {chr(65 + place)}，字母不连续，看不出有几个选项，"
                "请改成 A、B、C 依次往下。"
            )
            item.faults.append((line, message))

    def _take_text(self, number: int, line: str) -> None:
        item = self.items[-1] if self.items else None
        if mark := self.outline.numbers.get(number):
            begins, remark = self.outline.begins(None if self.under_heading else item, number)
            if begins:
                self._begin(number, mark.number, number_cut(line), mark.style)
            if remark:
                self.collector.note(number, remark, f"第 {self.items[-1].number} 题")
            if begins:
                return
        if self.under_heading:
            of_a_case = any(word in self.under_heading for word in _CASE_WORDS)
            told = self.collector.problem if of_a_case else self.collector.note
            told(number, f"“{line[:30]}”在标题下面、题目前面，不属于任何一道题，没有读入。")
        elif item is not None:  # a title before the first question is nobody's fault
            item.proceed(line)

    def _begin(self, line: int, number: int, stem: str, style: str = "plain") -> None:
        number = number or (self.items[-1].number + 1 if self.items else 1)
        item = TextItem(line, number, self.hint, style)
        item.put("stem", stem, line)
        self.items.append(item)
        self.under_heading = ""


def _lists(line: str) -> bool:
    """Tell whether a line is 答案：1.A 2.B."""
    found = FIELD.fullmatch(line)
    if found is None or FIELD_OF.get(found[1].casefold()) != "key":
        return False
    return is_listed(found[2]) and len(LISTED.findall(narrow(found[2]))) > 1


def _is_scene(item: TextItem) -> bool:
    """Tell whether an item is the scene of a case, which has no answer of its own."""
    marked = MARKER.match(item.fields["stem"])
    said = item.fields.get("kind", "") or (marked[1] if marked else "") or ""
    return (kind_named(said) or item.hint) == "case_set"
