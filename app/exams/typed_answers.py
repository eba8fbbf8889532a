"""What is typed from an answer sheet, read by the kind of the question: `B`, `ABD`, `√`, words.

Letters are the places of the options on this very paper, as the sheet shows them; what comes out is
the answer as this paper's screen would have sent it. Whether it is an answer at all, the ordinary
check decides (`answers.canonical_value`); here only the writing is read. Pure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from app.errors import Refusal

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LETTERED = frozenset({"single_choice", "multiple_choice", "ordering"})
BETWEEN = frozenset(" ,.;、，。；/")
"""Between letters, and meaning nothing."""
NONE = "-"
RIGHT = frozenset("√✓✔VTY1对")
WRONG = frozenset("×✗✘XFN0错")
MOST_SIGNS = 500

Item = Mapping[str, Any]
"""A question or a part of a case as `Paper.shown` holds it."""


class NotRead(Refusal):
    """What was typed is no answer of this kind; the sentence says what is."""

    status = 400


def fields(item: Item) -> int:
    """Return how many fields the answer to a question is typed into: one for each blank, else one."""
    return len(item["blanks"]) if item["kind"] == "fill_in" else 1


def read(item: Item, typed: Sequence[str]) -> Any:
    """Return an answer in the paper's own names; None for none. Raises NotRead.

    `typed`: one text for each of `fields`; missing ones are empty.
    """
    texts = [unicodedata.normalize("NFC", one).strip() for one in typed]
    if any(len(one) > MOST_SIGNS for one in texts):
        raise NotRead(_("一格最多 %(n)d 个字。", n=MOST_SIGNS))
    kind = item["kind"]
    if kind == "fill_in":
        named = zip(item["blanks"], texts, strict=False)
        return {blank["id"]: text for blank, text in named if text} or None
    text = texts[0] if texts else ""
    if not text:
        return None
    if kind == "true_false":
        return _mark(text)
    if kind == "matching":
        return _pairs(item, text)
    if kind in LETTERED:
        return _chosen(item, text)
    return text


def write(item: Item, value: Any) -> list[str]:
    """Return the texts that would be typed for an answer in the paper's own names."""
    kind = item["kind"]
    if kind == "fill_in":
        return [(value or {}).get(blank["id"], "") for blank in item["blanks"]]
    if value is None:
        return [""]
    if kind == "true_false":
        return ["√" if value else "×"]
    if kind == "matching":
        return ["".join(_letter(value.get(left["id"], "")) for left in item["left"])]
    if kind in LETTERED:
        return ["".join(map(_letter, [value] if isinstance(value, str) else value))]
    return [str(value)]


def _letter(label: str) -> str:
    return LETTERS[int(label[1:]) - 1] if label else NONE


def _mark(text: str) -> bool:
    sign = unicodedata.normalize("NFKC", text).upper()
    if sign in RIGHT:
        return True
    if sign in WRONG:
        return False
    raise NotRead(_("判断题：对打 √、V 或 1，错打 ×、X 或 0。"))


def _letters(text: str, choices: Sequence[Any], *, none: bool = False) -> list[str]:
    """Return the letters of a text, each of them one that the question has."""
    known = LETTERS[: len(choices)]
    found = [sign for sign in unicodedata.normalize("NFKC", text).upper() if sign not in BETWEEN]
    wrong = next((sign for sign in found if sign not in known and not (none and sign == NONE)), "")
    if wrong:
        last = known[-1]
        raise NotRead(_("“%(sign)s”不是这道题的选项，只有 A 到 %(last)s。", sign=wrong, last=last))
    return found


def _label(letter: str) -> str:
    return f"o{LETTERS.index(letter) + 1}"


def _chosen(item: Item, text: str) -> Any:
    choices = item["items"] if item["kind"] == "ordering" else item["options"]
    found = _letters(text, choices)
    if not found:
        raise NotRead(_("这里没有字母。没有作答请留空。"))
    if item["kind"] == "single_choice":
        if len(found) > 1:
            raise NotRead(_("单选题只能有一个字母。答题卡上选了两个以上的，不算作答，请留空。"))
        return _label(found[0])
    if len(set(found)) < len(found):
        raise NotRead(_("同一个字母打了两次。"))
    if item["kind"] == "ordering" and len(found) != len(choices):
        raise NotRead(
            _("排序题要打全 %(n)d 个字母，排在最先的打在最前。没有排全的，请留空。", n=len(choices))
        )
    return [_label(one) for one in found]


def _pairs(item: Item, text: str) -> dict[str, str] | None:
    found = _letters(text, item["right"], none=True)
    if len(found) != len(item["left"]):
        raise NotRead(
            _(
                "配对题从第 1 项起依次打 %(n)d 个字母，没有配的打 -，例如 BA-。",
                n=len(item["left"]),
            )
        )
    pairs = zip(item["left"], found, strict=True)
    return {left["id"]: _label(sign) for left, sign in pairs if sign != NONE} or None
