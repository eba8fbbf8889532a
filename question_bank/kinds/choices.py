"""What the kinds with options share: reading options, keys, orders, and saying what was chosen."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields
from question_bank.kinds.base import UNANSWERED, Order
from question_bank.marking import FULL, RULES
from question_bank.question import Choice, Fault, Question, Response, ResponseFormatError


def read_options(fields: Fields) -> tuple[Choice, ...]:
    """Take the options of a body, in file order."""
    return tuple(_read_option(option) for option in fields.mappings("options"))


def _read_option(fields: Fields) -> Choice:
    return Choice(
        id=fields.text("id", required=True),
        text=fields.text("text", required=True),
        why=fields.text("why"),
        lock=fields.flag("lock", default=False),
        extra=fields.rest(),
    )


def write_options(options: Iterable[Choice]) -> list[dict[str, Any]]:
    """Give options as a body; what is empty is left out."""
    return [
        {"id": option.id, "text": option.text}
        | ({"why": option.why} if option.why else {})
        | ({"lock": True} if option.lock else {})
        | dict(option.extra)
        for option in options
    ]


def shown_options(question: Question, order: Order) -> dict[str, Any]:
    """Give id and text of the options in the given order (default: file order).

    Raises ValueError when the order does not name each option once: a paper that shows other
    options than were drawn must never be delivered.
    """
    ids = [option.id for option in question.options]
    if order is None:
        order = ids
    if isinstance(order, Mapping) or sorted(order) != sorted(ids):
        raise ValueError(f"{question.id}: the order {order!r} does not name each option once")
    return {"options": [{"id": one, "text": question.choice(one).text} for one in order]}


def option_faults(question: Question, least: int, most: int) -> list[Fault]:
    """Check number, ids and texts of the options."""
    faults = []
    count = len(question.options)
    if not least <= count <= most:
        faults.append(
            Fault(("options",), f"有 {count} 个选项，应当有 {least} 到 {most} 个，请增减。")
        )
    seen_ids: set[str] = set()
    seen_texts: set[str] = set()
    for place, option in enumerate(question.options):
        if option.id in seen_ids:
            faults.append(
                Fault(("options", place, "id"), f"选项编号 {option.id} 重复，请改成没用过的。")
            )
        text = "".join(option.text.split())
        if text in seen_texts:
            faults.append(
                Fault(("options", place, "text"), f"“{option.text}”和前面的选项相同，请改写。")
            )
        seen_ids.add(option.id)
        seen_texts.add(text)
    return faults


def right_faults(question: Question, right: Sequence[str]) -> list[Fault]:
    """Check that a key names options of the question, each once, and at least one."""
    if not right:
        return [Fault(("key",), "没有正确答案，请在 key 里写上正确选项的编号。")]
    faults = []
    known = {option.id for option in question.options}
    for one in dict.fromkeys(right):
        if one not in known:
            faults.append(Fault(("key",), f"答案 {one} 不是本题的选项，请核对编号。"))
    if len(set(right)) != len(right):
        faults.append(Fault(("key",), "答案里有重复的编号，请删去多余的。"))
    return faults


def right_of(key: Mapping[str, Any]) -> list[str]:
    """Give the right option ids of a key body; ValueError when it is not a key of this family."""
    right = key.get("right")
    if not isinstance(right, list | tuple) or not all(isinstance(one, str) for one in right):
        raise ValueError("a marking key needs 'right', a list of option ids")
    return list(right)


def key_body_faults(question: Question, key: Mapping[str, Any]) -> tuple[list[Fault], list[str]]:
    """Check form and ids of a key body; give the faults and the right ids."""
    try:
        right = right_of(key)
    except ValueError:
        return [Fault(("right",), "评分答案应当有 right：正确选项编号的列表。")], []
    faults = right_faults(question, right)
    if key.get("kind") != question.kind:
        faults.append(Fault(("kind",), f"评分答案的题型应当是 {question.kind}。"))
    if not isinstance(key.get("everyone", False), bool):
        faults.append(Fault(("everyone",), "everyone 应当是 true 或 false。"))
    return faults, right


def mark_chosen(
    question: Question,
    key: Mapping[str, Any],
    response: Response,
    rule: str,
    *,
    one_is_enough: bool,
) -> Fraction:
    """Mark chosen options by a named rule.

    ``one_is_enough``: the response is one option, and a mended key may accept several; any of
    them earns all. A key with ``everyone: true`` gives each candidate the full mark, answered or
    not (a question found to be unanswerable).
    """
    if key.get("everyone") is True:
        return FULL
    right = set(right_of(key))
    chosen = set(response.chosen)
    if one_is_enough:
        right = chosen if len(chosen) == 1 and chosen <= right else right
    return RULES[rule](chosen, right)


def rule_to_use(question: Question, rule: str | None, known: Sequence[str]) -> str:
    """Choose the exam's rule, else the question's, else the kind's first; ValueError if unknown."""
    wanted = rule or question.rule or known[0]
    if wanted not in known:
        raise ValueError(f"{question.kind} cannot be marked by the rule {wanted!r}")
    return wanted


def known_option(question: Question, raw: object) -> str:
    """Give the option id in a raw value, or refuse it."""
    if isinstance(raw, str) and any(option.id == raw for option in question.options):
        return raw
    raise ResponseFormatError("提交的内容不是本题的选项，没有计入。请刷新页面后重新选择。")


def say_chosen(question: Question, response: Response) -> str:
    """Say the texts of the chosen options, in the order of the file."""
    texts = [option.text for option in question.options if option.id in response.chosen]
    return "；".join(texts) if texts else UNANSWERED
