"""What every kind of question must be able to do. One file per kind; the list is in __init__."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from question_bank.fields import Fields
from question_bank.question import Fault, Question, Response, ResponseFormatError

# One order of option ids; for a case set one for each part id.
Order = Sequence[str] | Mapping[str, Sequence[str]] | None
UNANSWERED = "未作答"
BY_PROGRAM, BY_PEOPLE, BY_NOBODY = "program", "people", "nobody"


class Kind(Protocol):
    """A kind: its stored name, its fields in a body, and its skills."""

    name: str
    label: str
    fields: tuple[str, ...]  # body fields that only some kinds have
    rules: tuple[str, ...]  # marking rules it knows, the default first
    shuffles: bool  # may its options be put in another order
    has_parts: bool
    marked_by: str  # BY_PROGRAM, BY_PEOPLE or BY_NOBODY
    examinable: bool  # may it stand on an exam paper today, as a question of its own
    why_not: str  # the sentence for people when it may not

    def read(self, fields: Fields) -> dict[str, Any]:
        """Take its own fields from a body and give them as attributes of Question."""

    def write(self, question: Question) -> dict[str, Any]:
        """Give its own fields back as a body."""

    def faults(self, question: Question) -> list[Fault]:
        """Check that the question can be asked and marked."""

    def shown(self, question: Question, order: Order) -> dict[str, Any]:
        """Give what a candidate may see of its own fields. An allow-list; never the key."""

    def key_of(self, question: Question) -> dict[str, Any]:
        """Give the body of the first marking key."""

    def key_faults(self, question: Question, key: Mapping[str, Any]) -> list[Fault]:
        """Check a (mended) key body against the question."""

    def parse(self, question: Question, raw: object) -> Response:
        """Read what the browser sent; None and empty mean unanswered.

        Raises ResponseFormatError for anything that is no answer to this question.
        """

    def raw(self, question: Question, response: Response) -> Any:
        """Give the one JSON value of a response, which ``parse`` takes back; None when blank."""

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        """Give the fraction 0..1. ``rule`` wins over the question's own; unknown: ValueError.

        Raises NeedsPeopleError or NoMarkError where a program must not mark.
        """

    def in_words(self, question: Question, response: Response) -> str:
        """Say the response as a sentence people can read without seeing the options."""

    def key_in_words(self, question: Question, key: Mapping[str, Any]) -> str:
        """Say what a key takes as right."""


def rule_to_use(question: Question, rule: str | None, known: Sequence[str]) -> str:
    """Choose the exam's rule, else the question's, else the kind's first; ValueError if unknown."""
    wanted = rule or question.rule or known[0]
    if wanted not in known:
        raise ValueError(f"{question.kind} cannot be marked by the rule {wanted!r}")
    return wanted


def is_for_everyone(key: Mapping[str, Any]) -> bool:
    """Tell whether a mended key gives all candidates the full mark, answered or not."""
    return key.get("everyone") is True


def common_key_faults(question: Question, key: Mapping[str, Any]) -> list[Fault]:
    """Check what every key body has: its kind, and whether it is for everyone."""
    faults = []
    if key.get("kind") != question.kind:
        faults.append(Fault(("kind",), f"评分答案的题型应当是 {question.kind}。"))
    if not isinstance(key.get("everyone", False), bool):
        faults.append(Fault(("everyone",), "everyone 应当是 true 或 false。"))
    return faults


def repeated_id_faults(name: str, ids: Iterable[str], what: str) -> list[Fault]:
    """Name each id of a list that came before."""
    seen: set[str] = set()
    faults = []
    for place, one in enumerate(ids):
        if one in seen:
            faults.append(Fault((name, place, "id"), f"{what}编号 {one} 重复，请改成没用过的。"))
        seen.add(one)
    return faults


def typed_text(raw: object, longest: int) -> str:
    """Give a typed answer without outer spaces; refuse what is no text, or too long to keep."""
    if not isinstance(raw, str):
        raise ResponseFormatError("这里应当填文字，没有计入。请刷新页面后重新填写。")
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > longest:
        raise ResponseFormatError(f"填了 {len(text)} 个字，最多 {longest} 个，没有计入。请缩短。")
    if any((ord(one) < 32 and one not in "\t\n") or one == "\x7f" for one in text) or any(
        "\ud800" <= one <= "\udfff" for one in text
    ):
        raise ResponseFormatError("填的内容里有不能显示的字符，没有计入。请删去后重新填写。")
    return text
