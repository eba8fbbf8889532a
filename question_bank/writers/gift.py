"""Write GIFT. What it cannot hold is said beforehand by ``losses.py``, never dropped unseen.

Our own fields travel as tags in the comment (``[tag:domain:E]``), which other systems keep as tags.
"""

from collections.abc import Callable, Iterable, Mapping

from question_bank.fields import shown_decimal
from question_bank.kinds.fill_in import PLACEHOLDER
from question_bank.marking import FULL, NOTHING
from question_bank.question import Question
from question_bank.readers.gift_blocks import RESERVED, escape
from question_bank.readers.html_text import looks_like_html
from question_bank.readers.weights import shares_of, write_share
from question_bank.writers.foreign import CannotWriteError, apart, written_tags


def write_gift(questions: Iterable[Question], files: Mapping[str, bytes] | None = None) -> str:
    """Write questions in their order; those GIFT has no form for are left out (see ``losses``)."""
    pieces: list[str] = []
    category = ""
    for question in questions:
        try:
            written = "\n".join(write_one(one) for one in apart(question))
        except CannotWriteError:
            continue
        wanted = str(question.extra.get("x_category", ""))
        if wanted != category:
            pieces.append(f"$CATEGORY: {wanted}\n")
            category = wanted
        pieces.append(written)
    return "\n".join(pieces)


def write_one(question: Question) -> str:
    """Write one question; CannotWriteError when GIFT has no such kind."""
    writer = _WRITERS.get(question.kind)
    if writer is None:
        raise CannotWriteError(f"GIFT 没有题型 {question.kind}。")
    comment = f"// [id:{question.id.replace(']', chr(92) + ']')}]"
    comment += "".join(
        f" [tag:{tag.replace(']', chr(92) + ']')}]" for tag in written_tags(question)
    )
    name = question.extra.get("x_name", "")
    title = f"::{escape(str(name))}::" if name else ""
    written = f"{comment}\n{title}{writer(question)}\n"
    if RESERVED.search(written):
        raise CannotWriteError("GIFT 里不能有 U+FDD0 到 U+FDD7 的字符。")
    return written


def _format(question: Question) -> str:
    """Say [plain] where another system would take signs of the text for HTML."""
    texts = [question.stem, question.explanation]
    texts += [text for option in question.options for text in (option.text, option.why)]
    texts += [left.text for left in question.lefts]
    texts += [text for answer in question.answers for text in (answer.why,)]
    texts += [text for one in question.blanks for text in (*one.accept, one.why)]
    texts += [
        said for one in question.blanks for half in one.partly for said in (half.text, half.why)
    ]
    texts += [said for one in question.blanks for bad in one.reject for said in (bad.text, bad.why)]
    odd = any(looks_like_html(text) or text.startswith("[") for text in texts)
    # A line that begins so would be a comment or a category.
    odd = odd or question.stem.startswith(("//", "$CATEGORY:"))
    return "[plain]" if odd or any(sign in question.stem for sign in "<&") else ""


def _text(text: str) -> str:
    """Escape a text inside a question; its beginning must not look like a format or weight."""
    return f"[plain]{escape(text)}" if text.startswith(("[", "%")) else escape(text)


def _stem(question: Question) -> str:
    return _format(question) + escape(question.stem)


def _why(text: str) -> str:
    return f"#{_text(text)}" if text else ""


def _section(question: Question, lines: list[str], opening: str = "") -> str:
    general = f"\t####{_text(question.explanation)}\n" if question.explanation else ""
    return f"{{{opening}\n" + "".join(f"\t{line}\n" for line in lines) + general + "}"


def _description(question: Question) -> str:
    if question.explanation:
        raise CannotWriteError("GIFT 的说明文字没有地方写解析。")
    return _stem(question)


def _true_false(question: Question) -> str:
    right = question.key[0]
    whys = {option.id: option.why for option in question.options}
    wrong_why, right_why = whys["false" if right == "true" else "true"], whys[right]
    told = right.upper()
    if wrong_why or right_why:
        told += f"#{_text(wrong_why)}" + _why(right_why)
    if question.explanation:
        told += f"####{_text(question.explanation)}"
    return f"{_stem(question)}{{{told}}}"


def _choice(question: Question) -> str:
    single = question.kind == "single_choice"
    lines = []
    for option, share in zip(question.options, shares_of(question), strict=True):
        if single and share == FULL:
            sign = "="
        else:
            sign = "~" if share == NOTHING else f"~%{write_share(share)}%"
        lines.append(sign + _text(option.text) + _why(option.why))
    return _stem(question) + _section(question, lines)


def _matching(question: Question) -> str:
    rights = {option.id: option.text for option in question.options}
    used = dict(question.pairs)
    if any("->" in left.text for left in question.lefts):
        raise CannotWriteError("GIFT 的配对题左边不能有 ->。")
    lines = [f"={_text(left.text)} -> {escape(rights[used[left.id]])}" for left in question.lefts]
    spare = [text for one, text in rights.items() if one not in used.values()]
    return _stem(question) + _section(question, lines + [f"= -> {escape(text)}" for text in spare])


def _fill_in(question: Question) -> str:
    if len(question.blanks) != 1:
        raise CannotWriteError("GIFT 的填空题只有一个空。")
    blank = question.blanks[0]
    if blank.match_case:
        raise CannotWriteError("GIFT 的填空题不能区分大小写。")
    lines = [
        f"={_pattern(text)}{_why(blank.why) if at == 0 else ''}"
        for at, text in enumerate(blank.accept)
    ]
    lines += [
        f"=%{write_share(half.fraction)}%{_pattern(half.text)}{_why(half.why)}"
        for half in blank.partly
    ]
    lines += [f"=%0%{_pattern(wrong.text)}{_why(wrong.why)}" for wrong in blank.reject]
    before, after = PLACEHOLDER.split(question.stem)[0], PLACEHOLDER.split(question.stem)[-1]
    return _format(question) + escape(before) + _section(question, lines) + escape(after)


def _pattern(text: str) -> str:
    """Write a text answer, in which a bare star would stand for anything."""
    return _text(text.replace("*", "\\*"))


def _numeric(question: Question) -> str:
    lines = []
    for answer in question.answers:
        share = "" if answer.fraction == FULL else f"%{write_share(answer.fraction)}%"
        numbers = f"{shown_decimal(answer.value)}:{shown_decimal(answer.tolerance)}"
        lines.append(f"={share}{numbers}{_why(answer.why)}")
    return _stem(question) + _section(question, lines, "#")


def _essay(question: Question) -> str:
    general = f"####{_text(question.explanation)}" if question.explanation else ""
    return f"{_stem(question)}{{{general}}}"


_WRITERS: dict[str, Callable[[Question], str]] = {
    "description": _description,
    "true_false": _true_false,
    "single_choice": _choice,
    "multiple_choice": _choice,
    "matching": _matching,
    "fill_in": _fill_in,
    "numeric": _numeric,
    "short_answer": _essay,
}
