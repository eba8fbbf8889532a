"""Write Moodle XML. Texts are ``plain_text``; where a picture stands they are HTML with the file.

What Moodle cannot hold is said beforehand by ``losses.py``. Our own fields travel as tags.
"""

import base64
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from html import escape as html_escape
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from question_bank.fields import shown_decimal
from question_bank.kinds.fill_in import PLACEHOLDER
from question_bank.media import stem_media
from question_bank.question import Choice, Question
from question_bank.readers.cloze import write_gap
from question_bank.readers.weights import shares_of, write_share
from question_bank.writers.foreign import CannotWriteError, apart, written_tags, xml_of

_ORDER_GRADING = {
    "": "ALL_OR_NOTHING",
    "exact": "ALL_OR_NOTHING",
    "position": "ABSOLUTE_POSITION",
    "adjacent_pairs": "RELATIVE_NEXT_EXCLUDE_LAST",
}
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
_FILE_TYPES = {"picture": "image", "audio": "audio", "video": "video", "document": "document"}


class _Writing(NamedTuple):
    """One question being written, with the bytes of its media."""

    question: Question
    files: Mapping[str, bytes]


def write_moodle_xml(
    questions: Iterable[Question], files: Mapping[str, bytes] | None = None
) -> str:
    """Write questions in their order; ``files`` are the bytes of their media by SHA-256."""
    pieces = [_HEAD]
    category = ""
    for question in questions:
        try:
            written = "".join(write_one(one, files or {}) for one in apart(question))
        except CannotWriteError:
            continue
        wanted = " ".join(str(question.extra.get("x_category", "")).split())
        if wanted != category:
            told = f"<category><text>{escape(wanted)}</text></category>"
            pieces.append(f'<question type="category">{told}</question>\n')
            category = wanted
        pieces.append(written)
    return "".join([*pieces, "</quiz>\n"])


def write_one(question: Question, files: Mapping[str, bytes]) -> str:
    """Write one question element; CannotWriteError when Moodle has no such kind."""
    writer = _WRITERS.get(question.kind)
    if writer is None:
        raise CannotWriteError(f"Moodle XML 没有题型 {question.kind}。")
    name = str(question.extra.get("x_name", "")) or question.id
    kind, own = writer(_Writing(question, files))
    stem = own.pop("questiontext", None) or _stem(question, files)
    tags = "".join(f"<tag><text>{escape(tag)}</text></tag>" for tag in written_tags(question))
    return xml_of(
        f"<question type={quoteattr(kind)}>\n"
        f"<name><text>{escape(name)}</text></name>\n{stem}\n"
        f'<generalfeedback format="plain_text"><text>{escape(question.explanation)}</text>'
        f"</generalfeedback>\n<idnumber>{escape(question.id)}</idnumber>\n"
        + "".join(own.values())
        + f"<tags>{tags}</tags>\n</question>\n"
    )


def _stem(question: Question, files: Mapping[str, bytes], text: str = "") -> str:
    return _text("questiontext", text or question.stem, stem_media(question), question, files)


def _text(
    tag: str,
    text: str,
    media: Iterable[str],
    question: Question,
    files: Mapping[str, bytes],
    attributes: str = "",
    inside: str = "",
) -> str:
    """Write a text element; with media as HTML, whose line ends are ``<br>``."""
    shown = [one for one in question.media if one.name in set(media)]
    if not shown:
        return (
            f'<{tag}{attributes} format="plain_text"><text>{escape(text)}</text>{inside}</{tag}>\n'
        )
    body = "<p>" + html_escape(text, quote=False).replace("\n", "<br>") + "</p>"
    written = ""
    for one in shown:
        if one.kind == "table":
            rows = (
                "<tr>" + "".join(f"<td>{html_escape(cell)}</td>" for cell in row) + "</tr>"
                for row in one.rows
            )
            body += f"<table>{''.join(rows)}</table>"
            continue
        source = html_escape(f"@@PLUGINFILE@@/{one.name}")
        body += (
            f'<img src="{source}" alt="{html_escape(one.alt)}">'
            if one.kind == "picture"
            else f'<audio src="{source}" title="{html_escape(one.alt)}"></audio>'
        )
        content = base64.b64encode(files.get(one.sha256, b"")).decode("ascii")
        written += f'<file name={quoteattr(one.name)} path="/" encoding="base64">{content}</file>'
    return (
        f'<{tag}{attributes} format="html"><text>{escape(body)}</text>{written}{inside}</{tag}>\n'
    )


def _answer(writing: _Writing, option: Choice, share: str, kind: str = "answer") -> str:
    why = f'<feedback format="plain_text"><text>{escape(option.why)}</text></feedback>'
    return _text(
        kind,
        option.text,
        option.media,
        writing.question,
        writing.files,
        f" fraction={quoteattr(share)}",
        why if option.why else "",
    )


def _bare_answer(text: str, share: str, why: str, inside: str = "") -> str:
    told = f'<feedback format="plain_text"><text>{escape(why)}</text></feedback>' if why else ""
    return f'<answer fraction="{share}" format="plain_text"><text>{escape(text)}</text>{inside}{told}</answer>\n'


def _shuffle(question: Question) -> str:
    return f"<shuffleanswers>{'true' if question.shuffle else 'false'}</shuffleanswers>\n"


def _description(writing: _Writing) -> tuple[str, dict[str, str]]:
    return "description", {}


def _true_false(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    answers = [
        _bare_answer(option.id, "100" if option.id in question.key else "0", option.why)
        for option in question.options
    ]
    return "truefalse", {"answers": "".join(answers)}


def _choice(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    single = "true" if question.kind == "single_choice" else "false"
    answers = [
        _answer(writing, option, write_share(share))
        for option, share in zip(question.options, shares_of(question), strict=True)
    ]
    return "multichoice", {
        "single": f"<single>{single}</single>\n{_shuffle(question)}",
        "answers": "".join(answers),
    }


def _fill_in(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    gaps = {blank.id: write_gap(blank) for blank in question.blanks}
    text = PLACEHOLDER.sub(lambda found: gaps.get(found[1], found[0]), question.stem)
    return "cloze", {"questiontext": _stem(question, writing.files, text)}


def _numeric(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    answers = []
    for answer in question.answers:
        tolerance = f"<tolerance>{shown_decimal(answer.tolerance)}</tolerance>"
        share = write_share(answer.fraction)
        answers.append(_bare_answer(shown_decimal(answer.value), share, answer.why, tolerance))
    units = ""
    if question.unit:
        told = [
            (question.unit, "1"),
            *((one.text, _multiplier(one.factor)) for one in question.units),
        ]
        units = "".join(
            f"<unit><multiplier>{factor}</multiplier><unit_name>{escape(name)}</unit_name></unit>"
            for name, factor in told
        )
        grading = "2" if question.unit_required else "0"
        units = (
            f"<unitgradingtype>{grading}</unitgradingtype><unitpenalty>1</unitpenalty>"
            f"<showunits>0</showunits><units>{units}</units>\n"
        )
    return "numerical", {"answers": "".join(answers), "units": units}


def _multiplier(factor: Decimal) -> str:
    """Give how many of a unit one main unit is; Moodle multiplies where we divide."""
    with localcontext() as context:
        context.prec = 13
        return shown_decimal(Decimal(1) / factor)


def _matching(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    rights = {option.id: option.text for option in question.options}
    used = dict(question.pairs)
    pairs = [
        _pair(writing, left.text, rights[used[left.id]], left.media) for left in question.lefts
    ]
    pairs += [
        _pair(writing, "", text, ()) for one, text in rights.items() if one not in used.values()
    ]
    return "matching", {"shuffle": _shuffle(question), "pairs": "".join(pairs)}


def _pair(writing: _Writing, left: str, right: str, media: Iterable[str]) -> str:
    answer = f"<answer><text>{escape(right)}</text></answer>"
    return _text("subquestion", left, media, writing.question, writing.files, "", answer)


def _ordering(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    grading = _ORDER_GRADING[question.rule]
    items = [
        _answer(writing, question.choice(one), str(Fraction(place)))
        for place, one in enumerate(question.key, start=1)
    ]
    head = f"<layouttype>VERTICAL</layouttype><selecttype>ALL</selecttype><gradingtype>{grading}</gradingtype>\n"
    return "ordering", {"head": head, "items": "".join(items)}


def _essay(writing: _Writing) -> tuple[str, dict[str, str]]:
    question = writing.question
    info = f'<graderinfo format="plain_text"><text>{escape(question.model_answer)}</text></graderinfo>\n'
    if question.kind == "short_answer":
        head = "<responseformat>plain</responseformat><attachments>0</attachments>\n"
        return "essay", {"head": head, "info": info}
    types = ",".join(_FILE_TYPES[one] for one in question.accepts)
    head = (
        "<responseformat>noinline</responseformat><responserequired>0</responserequired>"
        f"<attachments>{question.most_files}</attachments>"
        f"<attachmentsrequired>1</attachmentsrequired><filetypeslist>{types}</filetypeslist>\n"
    )
    return "essay", {"head": head, "info": info}


_WRITERS: dict[str, Callable[[_Writing], tuple[str, dict[str, str]]]] = {
    "description": _description,
    "true_false": _true_false,
    "single_choice": _choice,
    "multiple_choice": _choice,
    "fill_in": _fill_in,
    "numeric": _numeric,
    "matching": _matching,
    "ordering": _ordering,
    "short_answer": _essay,
    "upload": _essay,
}
