"""Write a QTI 2.1 package: imsmanifest.xml, one file an item, pictures beside them.

Marked by the standard templates (match_correct, map_response) where they say the same as our rule,
else by response processing written out. Ids and tags go into the manifest's metadata.
"""

import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from io import BytesIO
from xml.sax.saxutils import escape, quoteattr

from question_bank.fields import shown_decimal
from question_bank.kinds.fill_in import PLACEHOLDER
from question_bank.marking import FULL, NOTHING
from question_bank.media import stem_media
from question_bank.question import Choice, Question
from question_bank.readers.weights import shares_of
from question_bank.writers.foreign import CannotWriteError, apart, written_tags, xml_of

NAMESPACE = "http://www.imsglobal.org/xsd/imsqti_v2p1"
_TEMPLATES = "http://www.imsglobal.org/question/qti_v2p1/rptemplates/"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<manifest xmlns="http://www.imsglobal.org/xsd/imscp_v1p1" '
    'xmlns:lom="http://ltsc.ieee.org/xsd/LOM" identifier="MANIFEST">\n'
    "<metadata><schema>IMS Content</schema><schemaversion>1.1</schemaversion></metadata>\n"
    "<organizations/>\n<resources>\n{resources}</resources>\n</manifest>\n"
)
# A fixed date, so that the same questions give the same bytes.
_WRITTEN = (1980, 1, 1, 0, 0, 0)


def write_qti(questions: Iterable[Question], files: Mapping[str, bytes] | None = None) -> bytes:
    """Write the package; kinds QTI items have no form for are left out (see ``losses``)."""
    files = files or {}
    buffer = BytesIO()
    resources: list[str] = []
    written: set[str] = set()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for question in questions:
            try:
                items = [
                    (one, write_item(one, f"item-{number:05}"))
                    for number, one in enumerate(apart(question), start=len(resources) + 1)
                ]
            except CannotWriteError:
                continue
            for one, item in items:
                number = len(resources) + 1
                href = f"items/item-{number:05}.xml"
                _put(package, href, item.encode())
                _put_media(package, one, files, written)
                resources.append(_resource(one, number, href))
        _put(package, "imsmanifest.xml", _MANIFEST.format(resources="".join(resources)).encode())
    return buffer.getvalue()


def _put_media(
    package: zipfile.ZipFile, question: Question, files: Mapping[str, bytes], written: set[str]
) -> None:
    for one in question.media:
        path = _media_path(one.sha256, one.media_type)
        if one.sha256 in files and path not in written:
            written.add(path)
            _put(package, path, files[one.sha256])


def _put(package: zipfile.ZipFile, name: str, content: bytes) -> None:
    package.writestr(zipfile.ZipInfo(name, _WRITTEN), content, zipfile.ZIP_DEFLATED)


def _media_path(sha256: str, media_type: str) -> str:
    return f"media/{sha256}.{media_type.rpartition('/')[2] or 'bin'}"


def _resource(question: Question, number: int, href: str) -> str:
    keywords = "".join(
        f"<lom:keyword><lom:string>{escape(tag)}</lom:string></lom:keyword>"
        for tag in written_tags(question)
    )
    told = (
        f"<lom:identifier><lom:entry>{escape(question.id)}</lom:entry></lom:identifier>{keywords}"
    )
    return (
        f'<resource identifier="R{number:05}" type="imsqti_item_xmlv2p1" href="{href}">'
        f"<metadata><lom:lom><lom:general>{told}</lom:general></lom:lom></metadata>"
        f'<file href="{href}"/></resource>\n'
    )


def write_item(question: Question, identifier: str) -> str:
    """Write one assessmentItem; CannotWriteError when there is no such interaction."""
    writer = _WRITERS.get(question.kind)
    if writer is None:
        raise CannotWriteError(f"QTI 2.1 的单题没有题型 {question.kind}。")
    if any(choice.media for choice in (*question.options, *question.lefts)):
        raise CannotWriteError("本系统写 QTI 时还不能把图片放在选项里。")
    declared, body, processing = writer(question)
    title = str(question.extra.get("x_name", "")) or question.id
    explained = ""
    if question.explanation:
        explained = (
            '<modalFeedback outcomeIdentifier="FEEDBACK" identifier="never" showHide="hide">'
            f"{_lines(question.explanation)}</modalFeedback>\n"
        )
    xml_of("".join(written_tags(question)))  # they go into the manifest, which all items share
    return xml_of(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<assessmentItem xmlns="{NAMESPACE}" '
        f'identifier="{identifier}" title={quoteattr(title)} adaptive="false" '
        f'timeDependent="false" xml:lang={quoteattr(question.language)}>\n{declared}'
        '<outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>\n'
        '<outcomeDeclaration identifier="FEEDBACK" cardinality="multiple" baseType="identifier"/>\n'
        f"<itemBody>\n{body}</itemBody>\n{processing}{explained}</assessmentItem>\n"
    )


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br/>")


def _stem(question: Question, text: str = "") -> str:
    """Write the stem with its pictures; ``text`` is already XML."""
    body = f"<p>{text or _lines(question.stem)}</p>\n"
    shown = [one for one in question.media if one.name in stem_media(question)]
    for one in shown:
        if one.kind == "table":
            rows = (
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
                for row in one.rows
            )
            body += f"<table><tbody>{''.join(rows)}</tbody></table>\n"
        elif one.kind == "picture":
            path = quoteattr(f"../{_media_path(one.sha256, one.media_type)}")
            body += f"<p><img src={path} alt={quoteattr(one.alt)}/></p>\n"
        else:
            raise CannotWriteError("本系统写 QTI 时还不能带录音。")
    return body


def _declare(
    cardinality: str, base: str, correct: Sequence[str], mapping: str = "", name: str = "RESPONSE"
) -> str:
    values = "".join(f"<value>{escape(one)}</value>" for one in correct)
    right = f"<correctResponse>{values}</correctResponse>" if correct else ""
    return (
        f'<responseDeclaration identifier="{name}" cardinality="{cardinality}" baseType="{base}">'
        f"{right}{mapping}</responseDeclaration>\n"
    )


def _mapping(entries: Iterable[tuple[str, Fraction]], bounds: str = "", extra: str = "") -> str:
    told = "".join(
        f'<mapEntry mapKey={quoteattr(one)} mappedValue="{float(share):.9g}"{extra}/>'
        for one, share in entries
    )
    return f'<mapping{bounds} defaultValue="0">{told}</mapping>'


def _template(name: str) -> str:
    return f'<responseProcessing template="{_TEMPLATES}{name}"/>\n'


def _feedback(option: Choice) -> str:
    if not option.why:
        return ""
    return (
        f'<feedbackInline outcomeIdentifier="FEEDBACK" identifier="{option.id}" '
        f'showHide="show">{_lines(option.why)}</feedbackInline>'
    )


def _shuffle(question: Question) -> str:
    return "true" if question.shuffle and question.kind != "true_false" else "false"


def _choice(question: Question) -> tuple[str, str, str]:
    several = question.kind == "multiple_choice"
    cardinality = "multiple" if several else "single"
    plain = question.rule in ("", "all_or_nothing")
    mapping = ""
    if not plain:
        shares = zip((option.id for option in question.options), shares_of(question), strict=True)
        bounds = ' lowerBound="0" upperBound="1"'
        mapping = _mapping([(one, share) for one, share in shares if share != NOTHING], bounds)
    choices = "".join(
        f'<simpleChoice identifier={quoteattr(option.id)} fixed="{"true" if option.lock else "false"}">'
        f"{_lines(option.text)}{_feedback(option)}</simpleChoice>\n"
        for option in question.options
    )
    body = (
        f'{_stem(question)}<choiceInteraction responseIdentifier="RESPONSE" '
        f'shuffle="{_shuffle(question)}" maxChoices="{0 if several else 1}">\n{choices}</choiceInteraction>\n'
    )
    declared = _declare(cardinality, "identifier", question.key, mapping)
    return declared, body, _template("match_correct" if plain else "map_response")


def _ordering(question: Question) -> tuple[str, str, str]:
    choices = "".join(
        f'<simpleChoice identifier={quoteattr(item.id)} fixed="{"true" if item.lock else "false"}">'
        f"{_lines(item.text)}{_feedback(item)}</simpleChoice>\n"
        for item in question.options
    )
    body = (
        f'{_stem(question)}<orderInteraction responseIdentifier="RESPONSE" '
        f'shuffle="{_shuffle(question)}">\n{choices}</orderInteraction>\n'
    )
    return _declare("ordered", "identifier", question.key), body, _template("match_correct")


def _matching(question: Question) -> tuple[str, str, str]:
    def associable(choices: Iterable[Choice], most: int) -> str:
        return (
            "<simpleMatchSet>"
            + "".join(
                f'<simpleAssociableChoice identifier={quoteattr(one.id)} matchMax="{most}">'
                f"{_lines(one.text)}{_feedback(one)}</simpleAssociableChoice>\n"
                for one in choices
            )
            + "</simpleMatchSet>\n"
        )

    pairs = [f"{left} {right}" for left, right in question.pairs]
    each = question.rule != "all_or_nothing"
    mapping = _mapping([(pair, FULL) for pair in pairs], ' lowerBound="0"') if each else ""
    body = (
        f'{_stem(question)}<matchInteraction responseIdentifier="RESPONSE" shuffle="{_shuffle(question)}" '
        f'maxAssociations="{len(question.lefts)}">\n'
        f"{associable(question.lefts, 1)}{associable(question.options, 0)}</matchInteraction>\n"
    )
    declared = _declare("multiple", "directedPair", pairs, mapping)
    return declared, body, _template("map_response" if each else "match_correct")


def _fill_in(question: Question) -> tuple[str, str, str]:
    declared = []
    for blank in question.blanks:
        entries = [(text, FULL) for text in blank.accept]
        entries += [(half.text, half.fraction) for half in blank.partly]
        entries += [(wrong.text, NOTHING) for wrong in blank.reject]
        case = f' caseSensitive="{"true" if blank.match_case else "false"}"'
        mapping = _mapping(entries, extra=case)
        declared.append(_declare("single", "string", blank.accept[:1], mapping, _gap(blank.id)))
    known = {blank.id: blank for blank in question.blanks}
    text = ""
    end = 0
    for found in PLACEHOLDER.finditer(question.stem):
        if found[1] in known:
            width = known[found[1]].width
            length = f' expectedLength="{width}"' if width else ""
            text += _lines(question.stem[end : found.start()])
            text += f'<textEntryInteraction responseIdentifier="{_gap(found[1])}"{length}/>'
            end = found.end()
    text += _lines(question.stem[end:])
    mapped = "".join(f'<mapResponse identifier="{_gap(one)}"/>' for one in known)
    processing = (
        f'<responseProcessing><setOutcomeValue identifier="SCORE"><sum>{mapped}</sum>'
        "</setOutcomeValue></responseProcessing>\n"
    )
    return "".join(declared), _stem(question, text), processing


def _gap(blank_id: str) -> str:
    return f"RESPONSE_{blank_id}"


def _numeric(question: Question) -> tuple[str, str, str]:
    conditions = []
    for place, answer in enumerate(sorted(question.answers, key=lambda one: -one.fraction)):
        tag = "responseElseIf" if place else "responseIf"
        tolerance = shown_decimal(answer.tolerance)
        conditions.append(
            f'<{tag}><equal toleranceMode="absolute" tolerance="{tolerance} {tolerance}">'
            f'<variable identifier="RESPONSE"/><baseValue baseType="float">{shown_decimal(answer.value)}'
            f'</baseValue></equal><setOutcomeValue identifier="SCORE"><baseValue baseType="float">'
            f"{float(answer.fraction):.9g}</baseValue></setOutcomeValue></{tag}>"
        )
    processing = f"<responseProcessing><responseCondition>{''.join(conditions)}</responseCondition></responseProcessing>\n"
    text = f'{_lines(question.stem)} <textEntryInteraction responseIdentifier="RESPONSE"/>'
    right = [shown_decimal(max(question.answers, key=lambda one: one.fraction).value)]
    return _declare("single", "float", right), _stem(question, text), processing


def _by_people(question: Question) -> tuple[str, str, str]:
    note = ""
    if question.model_answer:
        note = f'<rubricBlock view="scorer"><p>{_lines(question.model_answer)}</p></rubricBlock>\n'
    if question.kind == "short_answer":
        interaction = '<extendedTextInteraction responseIdentifier="RESPONSE"/>\n'
        return _declare("single", "string", ()), _stem(question) + interaction + note, ""
    interaction = '<uploadInteraction responseIdentifier="RESPONSE"/>\n'
    return _declare("single", "file", ()), _stem(question) + interaction + note, ""


def _description(question: Question) -> tuple[str, str, str]:
    return "", _stem(question), ""


_WRITERS: dict[str, Callable[[Question], tuple[str, str, str]]] = {
    "single_choice": _choice,
    "multiple_choice": _choice,
    "true_false": _choice,
    "ordering": _ordering,
    "matching": _matching,
    "fill_in": _fill_in,
    "numeric": _numeric,
    "short_answer": _by_people,
    "upload": _by_people,
    "description": _description,
}
