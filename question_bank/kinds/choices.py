"""What the kinds with options share: reading options, keys, orders, and saying what was chosen.

Items of an ordering and the two sides of a matching are read and shown by the same functions.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from question_bank.fields import Fields, shown_fraction
from question_bank.kinds.base import UNANSWERED, Order, common_key_faults, is_for_everyone
from question_bank.marking import FULL, PLUS_MINUS, RULES, plus_minus_practice
from question_bank.media import shown_media
from question_bank.question import Choice, Fault, Question, Response, ResponseFormatError


def read_options(
    fields: Fields, name: str = "options", allowed: Sequence[str] = ("why", "lock", "weight")
) -> tuple[Choice, ...]:
    """Take the options of a body, in file order; ``allowed``: what they may say besides."""
    return tuple(_read_option(option, allowed) for option in fields.mappings(name))


def _read_option(fields: Fields, allowed: Sequence[str]) -> Choice:
    said: dict[str, Any] = {"id": fields.text("id", required=True)}
    if fields.has("media"):
        said["media"] = fields.texts("media")
    # An option may be a picture alone, whose alt text then speaks for it.
    said["text"] = fields.text("text", required=not said.get("media"))
    if "why" in allowed:
        said["why"] = fields.text("why")
    if "lock" in allowed and fields.has("lock"):
        said["lock"] = fields.flag("lock", default=False)
    if "weight" in allowed and fields.has("weight"):
        said["weight"] = _read_weight(fields)
    return Choice(**said, extra=fields.rest())


def _read_weight(fields: Fields) -> Fraction:
    weight = fields.fraction("weight")
    if not -1 <= weight <= 1:
        fields.fault("weight", 'weight 应当在 -1 和 1 之间，例如 "-1/3"。')
        return Fraction(0)
    return weight


def write_options(options: Iterable[Choice], *, with_why: bool = True) -> list[dict[str, Any]]:
    """Give options as a body; what is empty is left out."""
    return [
        {"id": option.id}
        | ({"text": option.text} if option.text else {})
        | ({"why": option.why} if option.why and with_why else {})
        | ({"lock": True} if option.lock else {})
        | ({} if option.weight is None else {"weight": shown_fraction(option.weight)})
        | ({"media": list(option.media)} if option.media else {})
        | dict(option.extra)
        for option in options
    ]


def ids_in_order(question: Question, order: Order) -> Sequence[str]:
    """Give the option ids in the given order (default: file order).

    Raises ValueError when the order does not name each option once: a paper that shows other
    options than were drawn must never be delivered.
    """
    ids = [option.id for option in question.options]
    if order is None:
        return ids
    if isinstance(order, Mapping) or sorted(order) != sorted(ids):
        raise ValueError(f"{question.id}: the order {order!r} does not name each option once")
    return order


def shown_option(question: Question, option: Choice) -> dict[str, Any]:
    """Give what may be seen of one option: id, text, media."""
    media = {"media": shown_media(question, option.media)} if option.media else {}
    return {"id": option.id, "text": option.text} | media


def shown_options(question: Question, order: Order) -> dict[str, Any]:
    """Give the options in the given order (default: file order)."""
    ids = ids_in_order(question, order)
    return {"options": [shown_option(question, question.choice(one)) for one in ids]}


def option_faults(
    question: Question,
    least: int,
    most: int,
    *,
    options: Sequence[Choice] | None = None,
    name: str = "options",
    what: str = "选项",
) -> list[Fault]:
    """Check number, ids and texts of the options, or of another list of choices."""
    faults = []
    options = question.options if options is None else options
    count = len(options)
    if not least <= count <= most:
        faults.append(Fault((name,), f"有 {count} 个{what}，应当有 {least} 到 {most} 个，请增减。"))
    seen_ids: set[str] = set()
    seen_texts: set[str] = set()
    for place, option in enumerate(options):
        if option.id in seen_ids:
            faults.append(
                Fault((name, place, "id"), f"{what}编号 {option.id} 重复，请改成没用过的。")
            )
        text = "".join(option.text.split())
        if text in seen_texts and not option.media:
            faults.append(
                Fault((name, place, "text"), f"“{option.text}”和前面的{what}相同，请改写。")
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
    faults = right_faults(question, right) + common_key_faults(question, key)
    try:
        weights_of(key)
    except (AttributeError, TypeError, ValueError, ZeroDivisionError):
        faults.append(Fault(("weights",), "weights 应当是“选项编号: 权重”，例如 o1: 1/2。"))
    return faults, right


def body_of_key(question: Question) -> dict[str, Any]:
    """Give the key body of options: the right ones, and weights where the question has any."""
    weights = {
        option.id: str(option.weight) for option in question.options if option.weight is not None
    }
    return {"right": list(question.key)} | ({"weights": weights} if weights else {})


def weights_of(key: Mapping[str, Any]) -> dict[str, Fraction]:
    """Give the weights in a key body, empty when it has none."""
    return {option: Fraction(weight) for option, weight in key.get("weights", {}).items()}


def weight_faults(question: Question) -> list[Fault]:
    """Check that weights say something the rule can use."""
    weighted = {option.id for option in question.options if option.weight is not None}
    if weighted and question.rule != PLUS_MINUS:
        message = f"选项写了 weight，计分却不是 {PLUS_MINUS}；请改计分，或删去 weight。"
        return [Fault(("scoring",), message)]
    worthless = (
        [one for one in question.key if weighted and (question.choice(one).weight or 0) <= 0]
        if all(any(o.id == k for o in question.options) for k in question.key)
        else []
    )
    return [Fault(("key",), f"{one} 是答案，权重却不大于 0，请核对 weight。") for one in worthless]


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
    if is_for_everyone(key):
        return FULL
    right = set(right_of(key))
    chosen = set(response.chosen)
    if rule == PLUS_MINUS:
        options = [option.id for option in question.options]
        return plus_minus_practice(chosen, right, options, weights_of(key))
    if one_is_enough:
        right = chosen if len(chosen) == 1 and chosen <= right else right
    return RULES[rule](chosen, right)


def known_option(question: Question, raw: object) -> str:
    """Give the option id in a raw value, or refuse it."""
    if isinstance(raw, str) and any(option.id == raw for option in question.options):
        return raw
    raise ResponseFormatError("提交的内容不是本题的选项，没有计入。请刷新页面后重新选择。")


def say_chosen(question: Question, response: Response) -> str:
    """Say the texts of the chosen options, in the order of the file."""
    texts = [say_option(question, one) for one in question.options if one.id in response.chosen]
    return "；".join(texts) if texts else UNANSWERED


def say_option(question: Question, option: Choice) -> str:
    """Say one option: its text, or for a picture alone its alternative text."""
    alts = (medium.alt for medium in question.media if medium.name in option.media)
    return option.text or "，".join(alts)


def say_right(question: Question, key: Mapping[str, Any]) -> str:
    """Say the right options of a key."""
    return say_chosen(question, Response(tuple(right_of(key))))
