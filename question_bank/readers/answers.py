"""How people write answers: ABD, “A,B”, “A、B”, full-width letters, the option's own text, 对/错/√/×.

Gives positions or a truth value, or a sentence when two readings are possible. It never guesses
which of two was meant: what decides a mark must be said.
"""

import re
import unicodedata

from question_bank.readers.headers import folded, narrow
from question_bank.readers.sheets import clean

TRUE_WORDS = frozenset(
    [
        "对",
        "正确",
        "√",
        "✓",
        "✔",
        "✅",
        "☑",
        "t",
        "true",
        "是",
        "1",
        "y",
        "yes",
        "v",
        "right",
        "对的",
        "是的",
        "正确的",
        "√对",
        "r",
    ]
)
FALSE_WORDS = frozenset(
    [
        "错",
        "错误",
        "×",
        "✗",
        "✘",
        "✖",
        "❌",
        "x",
        "f",
        "false",
        "否",
        "0",
        "n",
        "no",
        "wrong",
        "不对",
        "不正确",
        "错的",
        "错误的",
        "╳",
        "☒",
        "w",
    ]
)
_BETWEEN = re.compile(r"[\s,，、;；/|｜和及与.。·+&]+")
_FRAME = re.compile(
    r"^(?:(?:正确|标准|参考)?(?:答案|选项)\s*(?:是|为|选)?\s*[:：]?|(?:应)?选(?=\s*[(（【]?[A-Za-zＡ-Ｚａ-ｚ]))\s*"
)
_WHOLE_FLOAT = re.compile(r"(?<=\d)\.0(?!\d)")
_LETTER_AND_WORD = re.compile(r"\b([A-Z])\s+(?=(?:项|选项)\b)")
_RANGE = re.compile(r"([A-Z])\s*[-~～—–至到]\s*([A-Z])")
_ALL = ("全选", "全部", "全部选项", "全都选")
# B（见教材第3页）, 错，见第 3 章; with a letter inside it may be a second answer.
_REMARK = re.compile(
    r"([^()（），,]{1,40}?)\s*(?:[(（]([^()（）A-Za-zＡ-Ｚａ-ｚ]{2,})[)）]|[，,；;]\s*((?:见|详见|参见)[^A-Za-z]+))"
)
_LEADING = re.compile(r"[^\w\s]?0*(\d{1,15})(?:\.0+)?(?![\d.,:/~～-])\D*")
_CIRCLED = re.compile(r"[①-⒛❶-❿]")  # ① ⑴ ⒈ ❶
_BRACKETS = re.compile(r"^[(（\[【](.*)[)）\]】]$", re.S)
# A. A、 A) (A) A： at the beginning, after a line end, a space or a separator.
_MARK = re.compile(
    r"(?:^|(?<=[\s;；|,，。$]))[(（\[【]?([A-Za-zＡ-Ｚａ-ｚ])\s*(?:[.．、:：)）\]】]|\s(?=\S))\s*"
)
_MARKS = (
    _MARK,
    re.compile(r"[(（\[【]([A-ZＡ-Ｚ])[)）\]】]\s*"),  # (A)一号(B)二号
    re.compile(r"(?<![A-Za-zＡ-Ｚａ-ｚ])([A-ZＡ-Ｚ])\s?(?=[\u4e00-\u9fff])"),  # A一号B二号
    re.compile(r"([①-⑳])\s*(?![①-⑳、,，\s]|$)"),  # ①一号②二号
)
_COUNTED = re.compile(r"[(（]?([0-9]{1,2})(?:[、.．)）])\s*(?![0-9])")
_SEPARATORS = ("\n", "$;$", "|||", "||", "|", "｜", "；", ";", "\t")


def read_truth(text: str) -> bool | None:
    """Give what a true/false answer says, None when it is neither."""
    word = narrow(_bare(text)).strip("\ufe0f").rstrip("。.！!；;").casefold()
    if word.endswith(".0"):
        word = word[:-2]
    if word in TRUE_WORDS:
        return True
    return False if word in FALSE_WORDS else None


def read_choice(text: str, options: list[str]) -> tuple[int, ...] | str:
    """Give the positions (from 0) that an answer names, in file order, or a sentence.

    Read as letters, as numbers from 1 (1, ①), and as the options' own texts; when letters and texts mean
    different options the answer is refused.
    """
    whole = clean(text)
    bare = _bare(whole)
    by_text = _by_text(whole, options) or _by_text(bare, options)
    if not by_text and (at := _letter_and_text(bare, options)) is not None:
        return (at,)
    by_letter = () if by_text and _CIRCLED.search(bare) else _by_letter(bare, options)
    if not by_text:
        by_text = _by_number(bare, options) if bare.isdecimal() else _by_range(bare, options)
    if isinstance(by_letter, tuple) and by_letter and by_text and set(by_letter) != set(by_text):
        return f"答案“{whole[:40]}”既像选项字母，又是选项的文字，看不出指哪一个，请写成 A、B 这样的字母。"
    if by_text:
        return tuple(sorted(by_text))
    if isinstance(by_letter, str):
        return by_letter
    if not by_letter:
        return f"答案“{whole[:40]}”既不是选项字母，也不是某个选项的文字，请改成 A、B 这样的字母。"
    return tuple(sorted(set(by_letter)))


def read_order(text: str, options: list[str]) -> tuple[int, ...] | str:
    """Give all positions in the right order, or a sentence."""
    bare = _bare(clean(text))
    letters = narrow(re.sub(r"[→>＞\-—–]+", " ", bare))
    order = _by_letter(letters, options)
    if not order or isinstance(order, str):
        pieces = [clean(one) for one in re.split(r"\n|→|；|;|\|", bare) if one.strip()]
        order = _pieces_in(pieces, options) or order
        if not order or isinstance(order, str):
            order = _by_text(bare, options) or order
    if not order or isinstance(order, str) or sorted(order) != list(range(len(options))):
        return (
            f"排序题的答案“{bare[:40]}”应当把 {len(options)} 项每项写一次，例如 "
            f"{'BCADEFGH'[: len(options)] if len(options) < 9 else 'B、C、A……'}。"
        )
    return order


def _bare(text: str) -> str:
    text = _FRAME.sub("", clean(text), count=1)
    found = _BRACKETS.match(text)
    return (found[1] if found else text).strip()


def _by_letter(text: str, options: list[str]) -> tuple[int, ...] | str:
    count = len(options)
    plain = _WHOLE_FLOAT.sub("", narrow(text).upper())
    if _CIRCLED.search(plain):
        if _name_statements(options):
            return ()
        plain = _CIRCLED.sub(lambda one: f" {int(unicodedata.numeric(one[0]))} ", plain)
    plain = _LETTER_AND_WORD.sub(r"\1", plain)
    pieces = [one for one in _BETWEEN.split(plain) if one]
    pieces = [re.sub(r"^[(\[]?([A-Z])[)\]]?(?:项|选项)?$", r"\1", one) for one in pieces]
    joined = "".join(pieces)
    if (
        joined
        and joined.isascii()
        and joined.isalpha()
        and all(len(piece) == 1 or len(pieces) == 1 for piece in pieces)
    ):
        places = tuple(ord(letter) - 65 for letter in joined)
    elif pieces and all(piece.isdecimal() and len(piece) < 5 for piece in pieces):
        places = tuple(int(piece) - 1 for piece in pieces)
    else:
        return ()
    beyond = [place for place in places if not 0 <= place < count]
    if beyond:
        if len(joined) > 8 and len(pieces) == 1:
            return ()  # an English word, not letters
        return (
            f"答案“{text[:40]}”指到第 {beyond[0] + 1} 个选项，可是本题只有 {count} 个选项，请核对。"
        )
    return places


def _name_statements(options: list[str]) -> bool:
    """Tell whether ① in the options names something else than the option's own place."""
    for at, option in enumerate(options, start=1):
        numbers = [unicodedata.numeric(one) for one in _CIRCLED.findall(option)]
        if numbers and numbers != [at]:
            return True
    return False


def _letter_and_text(text: str, options: list[str]) -> int | None:
    """Give the option whose letter and own words are both said: B. 乙."""
    found = _MARK.match(text)
    if found is None or not text[found.end() :]:
        return None
    at = ord(narrow(found[1]).upper()) - 65
    return at if at < len(options) and folded(options[at]) == folded(text[found.end() :]) else None


def _by_text(text: str, options: list[str]) -> tuple[int, ...]:
    known = [folded(option) for option in options]
    wanted = folded(text)
    if wanted in known:
        return (known.index(wanted),)
    for separator in ("\n", "|", "；", ";", "、", "，", ","):
        if separator in text:
            found = _pieces_in([one for one in text.split(separator) if one.strip()], options)
            if found:
                return found
    return ()


def _by_range(text: str, options: list[str]) -> tuple[int, ...]:
    """Give all options for 全选, and those from A to C for A-C."""
    if text in _ALL:
        return tuple(range(len(options)))
    span = _RANGE.fullmatch(narrow(text).upper())
    if span is None or not span[1] < span[2] < chr(65 + len(options)):
        return ()
    return tuple(range(ord(span[1]) - 65, ord(span[2]) - 64))


def _by_number(text: str, options: list[str]) -> tuple[int, ...]:
    """Give the one option that says this number, where each of them begins with one: 2小时."""
    found = [_LEADING.fullmatch(narrow(option)) for option in options]
    wanted = narrow(text).lstrip("0") or "0"
    said = tuple(
        at for at, one in enumerate(found) if one and (one[1].lstrip("0") or "0") == wanted
    )
    return said if len(said) == 1 and all(found) else ()


def _pieces_in(pieces: list[str], options: list[str]) -> tuple[int, ...]:
    """Find each piece among the options, all or none."""
    known = [folded(option) for option in options]
    wanted = [folded(piece) for piece in pieces]
    if wanted and all(piece in known for piece in wanted):
        return tuple(known.index(piece) for piece in wanted)
    return ()


def cut_remark(text: str) -> tuple[str, str]:
    """Cut what explains an answer off it: 对（见教材）; no remark where there is none."""
    found = _REMARK.fullmatch(clean(text))
    if found is None or read_truth(found[2] or found[3]) is not None:
        return text, ""
    return found[1], found[2] or found[3]


def without_letter(text: str) -> str:
    """Take the letter before an answer away: “A.正确”."""
    found = _MARK.match(text)
    return text[found.end() :] if found else text


def strip_letter(text: str, number: int) -> str:
    """Take away the letter an author wrote into the option's own cell: “A.去窗口” under 选项A."""
    found = _MARK.match(text)
    if found is None or " " == found.group()[-1:] == text[1:2]:
        return text
    letter = ord(narrow(found[1]).upper()) - 65
    rest = text[found.end() :]
    return rest if letter == number and rest else text


def split_options(text: str) -> list[str]:
    """Cut one cell that holds all options: by A. B. C. in their order, else by line or separator."""
    for mark in _MARKS:
        found: list[re.Match[str]] = []
        for one in mark.finditer(text):
            if _place(one[1]) == len(found):
                found.append(one)
        if len(found) >= 2 and not text[: found[0].start()].strip():
            ends = [*(one.start() for one in found[1:]), len(text)]
            pieces = [text[one.end() : end] for one, end in zip(found, ends, strict=True)]
            return [piece.strip().rstrip(";；|,，、$").strip() for piece in pieces]
    for separator in _SEPARATORS:
        if separator in text:
            pieces = [piece.strip() for piece in text.split(separator)]
            return _uncounted([piece for piece in pieces if piece])
    return [text] if text else []


def _place(mark: str) -> int:
    """Give the place, from 0, that the letter or circled number before an option names."""
    letter = narrow(mark)
    return ord(letter.upper()) - 65 if letter.isascii() else int(unicodedata.numeric(mark)) - 1


def _uncounted(pieces: list[str]) -> list[str]:
    """Take 1. 2. 3. away where every piece begins with its own number."""
    found = [_COUNTED.match(piece) for piece in pieces]
    if not all(one and int(one[1]) == at for at, one in enumerate(found, 1)):
        return pieces
    return [piece[one.end() :] for piece, one in zip(pieces, found, strict=True) if one]
