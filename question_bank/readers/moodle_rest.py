"""What a Moodle question says that a question here has no place for: named, so that nobody misses it."""

import re
from collections.abc import Iterator

from question_bank.readers.moodle_element import MoodleElement, plain_of

_ONE = re.compile(r"1(\.0*)?")
_MOST_SAID = 40  # characters of a hint


def left_behind(one: MoodleElement) -> Iterator[tuple[str, str]]:
    """Yield the place and a sentence for each field that is left out."""
    grade = (one.element.findtext("defaultgrade") or "1").strip()
    if grade and not _ONE.fullmatch(grade) and one.kind != "description":
        told = f"Moodle 里这道题默认 {grade[:12]} 分，没有带过来；分值在出卷的表里定。"
        yield "defaultgrade", told
    hints = [text for text in map(plain_of, one.element.iterfind("hint")) if text]
    if hints:
        told = f"Moodle 的 {len(hints)} 条提示没有带过来（“{hints[0][:_MOST_SAID]}”），需要的话请写进解析。"
        yield "hint", told
    if plain_of(one.element.find("responsetemplate")):
        yield "responsetemplate", "Moodle 给考生预填的答题模板没有带过来，需要的话请写进题干。"
    if one.setting("hidden", "0") == "1":
        yield "hidden", "这道题在 Moodle 里是隐藏的，这里读成普通的草稿；不要用的话请跳过。"
