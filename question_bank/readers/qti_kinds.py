"""From the interaction of a QTI item to the fields of a question, and how it is marked there.

Only what our rules mark the same is taken; anything else raises NotMarkableError.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from lxml import etree

from question_bank.kinds.true_false import WORDS
from question_bank.marking import FULL, NOTHING
from question_bank.pieces import UPLOAD_KINDS, Blank, Criterion, NumericAnswer, Partly, Reject
from question_bank.question import Choice
from question_bank.readers import free_answers
from question_bank.readers.free_answers import NotMarkableError
from question_bank.readers.qti_item import QtiItem
from question_bank.readers.safe_xml import local_name
from question_bank.readers.weights import Weighted, WeightsError, choice_values

_OTHER_MARKING = "评分方式（responseProcessing）不是标准模板，本系统不能同样评分，没有读入。"
_SUM_ONLY = {"responseProcessing", "setOutcomeValue", "sum", "mapResponse"}
_SAME_ENOUGH = 1000  # a third is written 0.333333333


class _Asked:
    """An item with its one interaction."""

    def __init__(self, item: QtiItem, found: Sequence[etree._Element], rule_tag: str) -> None:
        self.item = item
        self.found = found
        self.rule_tag = rule_tag
        self.declared = {
            one.get("identifier") or "": one for one in item.children("responseDeclaration")
        }

    @property
    def interaction(self) -> etree._Element:
        if len(self.found) != 1:
            raise NotMarkableError("一题里有几处作答，本系统不能同样评分，没有读入。请拆成几道题。")
        return self.found[0]

    def declaration(self, element: etree._Element) -> etree._Element:
        found = self.declared.get(element.get("responseIdentifier") or "")
        if found is None:
            raise WeightsError("作答处没有对应的 responseDeclaration，请重新导出。")
        return found

    def stem(self, gaps: dict[str, str] | None = None) -> str:
        prompts = [one for one in self.item.body.iter() if local_name(one) == "prompt"]
        text = self.item.text(self.item.body, gaps)
        told = [self.item.text(one) for one in prompts]
        return "\n".join(part for part in (text, *(one for one in told if one not in text)) if part)

    def marking(self) -> str:
        """Give match_correct or map_response; NotMarkableError for anything else."""
        found = self.item.children("responseProcessing")
        template = (found[0].get("template") or "") if found else ""
        name = template.rstrip("/").rpartition("/")[2].removesuffix(".xml")
        if name not in ("match_correct", "map_response"):
            raise NotMarkableError(_OTHER_MARKING)
        return name

    def choices(self, name: str, inside: etree._Element) -> list[etree._Element]:
        return [one for one in inside.iter() if local_name(one) == name]


def _correct(declaration: etree._Element) -> list[str]:
    return [
        (value.text or "").strip()
        for part in declaration
        if local_name(part) == "correctResponse"
        for value in part
        if local_name(value) == "value"
    ]


def _entries(declaration: etree._Element) -> list[tuple[str, Fraction, bool]]:
    """Give the map entries: key, value, whether case matters."""
    entries = []
    for mapping in (one for one in declaration if local_name(one) == "mapping"):
        if _fraction(mapping.get("defaultValue") or "0") != 0:
            raise NotMarkableError("没有列出的答案也有分（defaultValue），本系统不能同样评分。")
        for one in (each for each in mapping if local_name(each) == "mapEntry"):
            case = one.get("caseSensitive") == "true"
            entries.append(
                (one.get("mapKey") or "", _fraction(one.get("mappedValue") or "0"), case)
            )
    return entries


def _fraction(text: str) -> Fraction:
    exact = Fraction(free_answers.decimal(text))
    simple = exact.limit_denominator(_SAME_ENOUGH)
    return simple if -Fraction(1, 10**8) < simple - exact < Fraction(1, 10**8) else exact


def _shuffle(asked: _Asked) -> bool:
    return asked.interaction.get("shuffle") == "true"


def _choice(asked: _Asked) -> dict[str, Any]:
    item, interaction = asked.item, asked.interaction
    declaration = asked.declaration(interaction)
    elements = asked.choices("simpleChoice", interaction)
    ids = [one.get("identifier") or "" for one in elements]
    texts = [(item.text(one), item.feedback(one)) for one in elements]
    right = _correct(declaration)
    several = declaration.get("cardinality") == "multiple"
    marking = asked.marking()
    stem = asked.stem()
    if sorted(ids) == sorted(WORDS) and marking == "match_correct" and not several:
        whys = dict(zip(ids, (why for _, why in texts), strict=True))
        options = tuple(Choice(one, word, whys[one]) for one, word in WORDS.items())
        return {"kind": "true_false", "stem": stem, "options": options, "key": tuple(right[:1])}
    if marking == "map_response":
        shares = {key: share for key, share, _ in _entries(declaration)}
    else:
        shares = dict.fromkeys(right, FULL)
    if not set(right) <= set(ids) or not set(shares) <= set(ids):
        raise WeightsError("答案指到没有的选项，请核对 correctResponse。")
    weighted = [
        Weighted(text, why, shares.get(one, NOTHING))
        for one, (text, why) in zip(ids, texts, strict=True)
    ]
    if several and marking == "match_correct":
        plain = [
            replace(one, share=-FULL)
            if not one.share
            else replace(one, share=Fraction(1, len(right) or 1))
            for one in weighted
        ]
        told = choice_values(plain, single=False, rule_tag="default")
        if asked.rule_tag == "all_or_nothing":
            told["rule"] = "all_or_nothing"
    else:
        told = choice_values(weighted, single=not several, rule_tag=asked.rule_tag)
    locks = [one.get("fixed") == "true" for one in elements]
    options = tuple(
        replace(one, lock=lock) for one, lock in zip(told["options"], locks, strict=True)
    )
    return told | {"stem": stem, "options": options, "shuffle": _shuffle(asked)}


def _ordering(asked: _Asked) -> dict[str, Any]:
    item, interaction = asked.item, asked.interaction
    if asked.marking() != "match_correct":
        raise NotMarkableError(_OTHER_MARKING)
    elements = asked.choices("simpleChoice", interaction)
    renamed = {one.get("identifier") or "": f"i{at}" for at, one in enumerate(elements, start=1)}
    right = _correct(asked.declaration(interaction))
    if sorted(right) != sorted(renamed):
        raise WeightsError("正确次序应当把每一项写一次，请核对 correctResponse。")
    options = tuple(
        Choice(new, item.text(one), item.feedback(one), lock=one.get("fixed") == "true")
        for new, one in zip(renamed.values(), elements, strict=True)
    )
    key = tuple(renamed[one] for one in right)
    return {
        "kind": "ordering",
        "stem": asked.stem(),
        "options": options,
        "key": key,
        "shuffle": _shuffle(asked),
    }


def _matching(asked: _Asked) -> dict[str, Any]:
    item, interaction = asked.item, asked.interaction
    sides = asked.choices("simpleMatchSet", interaction)
    if len(sides) != 2:
        raise WeightsError("配对题应当有左右两列（simpleMatchSet），请重新导出。")
    named: list[dict[str, str]] = []
    choices = []
    for letter, side in zip("lr", sides, strict=True):
        elements = asked.choices("simpleAssociableChoice", side)
        named.append(
            {
                one.get("identifier") or "": f"{letter}{at}"
                for at, one in enumerate(elements, start=1)
            }
        )
        choices.append(
            tuple(
                Choice(new, item.text(one), item.feedback(one))
                for new, one in zip(named[-1].values(), elements, strict=True)
            )
        )
    declaration = asked.declaration(interaction)
    each = asked.marking() == "map_response"
    entries = [(key, share) for key, share, _ in _entries(declaration)] if each else []
    if len({share for _, share in entries}) > 1:
        raise NotMarkableError("各对的分值不同，本系统每对同分，没有读入。")
    pairs = []
    for pair in [key for key, _ in entries] or _correct(declaration):
        left, _, right = pair.partition(" ")
        if left not in named[0] or right not in named[1]:
            raise WeightsError(f"配对“{pair[:40]}”指到没有的项，请核对答案。")
        pairs.append((named[0][left], named[1][right]))
    return {
        "kind": "matching",
        "stem": asked.stem(),
        "lefts": choices[0],
        "options": choices[1],
        "pairs": tuple(pairs),
        "rule": _pair_rule(asked.rule_tag) if each else "all_or_nothing",
        "shuffle": _shuffle(asked),
    }


def _pair_rule(rule_tag: str) -> str:
    """Tell "each pair by itself" as our own file told it: by name, or by naming no rule."""
    return rule_tag if rule_tag == "per_pair" else ""


def _text_entry(asked: _Asked) -> dict[str, Any]:
    declarations = [asked.declaration(one) for one in asked.found]
    if [one.get("baseType") for one in declarations] in (["float"], ["integer"]):
        return _number(asked)
    processing = asked.item.children("responseProcessing")
    named = {local_name(one) for part in processing for one in part.iter()}
    summed = bool(processing) and named <= _SUM_ONLY and "mapResponse" in named
    if not summed and len(asked.found) > 1:
        raise NotMarkableError(_OTHER_MARKING)
    blanks = []
    gaps = {}
    for number, (element, declaration) in enumerate(
        zip(asked.found, declarations, strict=True), start=1
    ):
        mapped = summed or asked.marking() == "map_response"
        made = _blank(f"b{number}", declaration, mapped=mapped)
        length = element.get("expectedLength") or "0"
        told = length.isdecimal() and len(length) < 10
        blanks.append(replace(made, width=min(int(length), 40) if told else 0))
        gaps[element.get("responseIdentifier") or ""] = f"{{{{{made.id}}}}}"
    return {"kind": "fill_in", "stem": asked.stem(gaps), "blanks": tuple(blanks)}


def _blank(blank_id: str, declaration: etree._Element, *, mapped: bool) -> Blank:
    entries = (
        _entries(declaration) if mapped else [(one, FULL, True) for one in _correct(declaration)]
    )
    cases = {case for _, _, case in entries}
    if len(cases) > 1:
        raise NotMarkableError("一个空里有的答案区分大小写、有的不区分，本系统不能同样评分。")
    best = max((share for _, share, _ in entries), default=NOTHING)
    if best != 1:
        raise NotMarkableError("有的空满分不是 1，本系统每空同分，没有读入。")
    return Blank(
        blank_id,
        tuple(text for text, share, _ in entries if share == FULL),
        tuple(Partly(text, share) for text, share, _ in entries if NOTHING < share < FULL),
        tuple(Reject(text) for text, share, _ in entries if share <= 0),
        match_case=cases == {True},
    )


def _number(asked: _Asked) -> dict[str, Any]:
    """Read ``equal`` with an absolute tolerance, one condition for each answer."""
    processing = asked.item.children("responseProcessing")
    if processing and processing[0].get("template"):
        if asked.marking() != "match_correct":
            raise NotMarkableError(_OTHER_MARKING)
        right = _correct(asked.declaration(asked.interaction))
        answers = [free_answers.number(one) for one in right[:1]]
    else:
        conditions = [
            one
            for part in processing
            for one in part.iter()
            if local_name(one) in ("responseIf", "responseElseIf", "responseElse")
        ]
        answers = [_condition(one) for one in conditions]
    if not answers:
        raise WeightsError("没有正确的数，请核对 correctResponse。")
    return free_answers.numeric(answers) | {"stem": asked.stem()}


def _condition(element: etree._Element) -> NumericAnswer:
    names = [local_name(one) for one in element.iter()][1:]
    if names not in (
        ["equal", "variable", "baseValue", "setOutcomeValue", "baseValue"],
    ) or element[0].get("toleranceMode") not in ("absolute", "exact", None):
        raise NotMarkableError(_OTHER_MARKING)
    values = [(one.text or "").strip() for one in element.iter() if local_name(one) == "baseValue"]
    tolerances = (element[0].get("tolerance") or "0").split()
    if len(set(tolerances)) != 1:
        raise NotMarkableError("上下误差不同，本系统不能同样评分，没有读入。")
    made = free_answers.number(f"{values[0]}:{tolerances[0]}")
    return replace(made, fraction=_fraction(values[1]))


def _by_people(asked: _Asked) -> dict[str, Any]:
    told: dict[str, Any] = {
        "stem": asked.stem(),
        "rubric": (Criterion("c1", free_answers.WHOLE_ANSWER, FULL),),
        "model_answer": asked.item.note_for_markers(),
    }
    if local_name(asked.interaction) == "uploadInteraction":
        return told | {"kind": "upload", "accepts": UPLOAD_KINDS}
    return told | {"kind": "short_answer"}


def _description(asked: _Asked) -> dict[str, Any]:
    return {"kind": "description", "stem": asked.stem()}


INTERACTIONS: dict[str, Callable[[_Asked], dict[str, Any]]] = {
    "choiceInteraction": _choice,
    "orderInteraction": _ordering,
    "matchInteraction": _matching,
    "textEntryInteraction": _text_entry,
    "extendedTextInteraction": _by_people,
    "uploadInteraction": _by_people,
    "text": _description,
}


def read_interaction(
    item: QtiItem, kind: str, found: Sequence[etree._Element], rule_tag: str
) -> dict[str, Any]:
    """Give the fields that the interaction of a known kind says."""
    return INTERACTIONS[kind](_Asked(item, found, rule_tag))
