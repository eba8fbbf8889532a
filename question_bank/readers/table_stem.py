"""What authors write into the stem's cell beside the stem: the answer in brackets, a running number."""

import re
from collections.abc import Callable, Container
from typing import Any

from question_bank.readers.table_row import Row
from question_bank.readers.text_lines import INLINE

EMPTY = "（　）"
_RUNNING = re.compile(r"\s*[(（]?([0-9]{1,4})(?:[、.．]|[)）][、.．]?)\s*(?![0-9\s、,，.．])")
_ENDED = re.compile(r"[\s。.？?！!：:；;_]*")
_EMPTIED = "题干括号里写着答案“{inside}”，已换成空括号，免得考生看到，请核对。"
_DIFFERENT = "题干括号里写的是“{inside}”，答案一栏却是“{key}”，请核对后只留一个。"
_LOOK = "题干里有“{bracket}”，和答案不同，照原样读入；若是写错的答案，请改。"


class InStem:
    """An answer in brackets in the stem of one row, such as 挂号去哪里（B）？"""

    def __init__(self, row: Row) -> None:
        self.row = row
        found = [] if row.header.is_ours else list(INLINE.finditer(row.text("stem")))
        self.found = found[0] if len(found) == 1 else None

    @property
    def answer(self) -> str:
        """Give what stands in the brackets; empty when nothing does."""
        return self.found[1] if self.found else ""

    def emptied(self, right: object, read: Callable[[str], object]) -> dict[str, Any]:
        """Give the stem with empty brackets where they say the same as the key; name what differs."""
        if self.found is None:
            return {}
        stem, row = self.found.string, self.row
        if read(self.answer) == right:
            row.look("stem", _EMPTIED.format(inside=self.answer))
            return {"stem": f"{stem[: self.found.start()]}{EMPTY}{stem[self.found.end() :]}"}
        if _ENDED.fullmatch(stem, self.found.end()):
            row.fault("key", _DIFFERENT.format(inside=self.answer, key=row.text("key")[:20]))
        else:
            row.look("stem", _LOOK.format(bracket=self.found[0]))
        return {}


def without_running_number(stem: str, expected: Container[str]) -> str:
    """Take away the number that counts the questions, where a stem begins with one expected.

    Not where the next number follows in the stem: 1、挂号 2、候诊 is a list.
    """
    found = _RUNNING.match(stem)
    if found is None or found[1] not in expected:
        return stem
    rest = stem[found.end() :]
    is_list = re.search(rf"(?<![0-9.]){int(found[1]) + 1}[、.．)）](?![0-9])", rest)
    return stem if is_list else rest
