"""What every kind of question must be able to do. One file per kind; the list is in __init__."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Protocol

from question_bank.fields import Fields
from question_bank.question import Fault, Question, Response

# One order of option ids; for a case set one for each part id.
Order = Sequence[str] | Mapping[str, Sequence[str]] | None
UNANSWERED = "未作答"


class Kind(Protocol):
    """A kind: its stored name, its fields in a body, and its four skills."""

    name: str
    label: str
    fields: tuple[str, ...]  # body fields that only some kinds have
    rules: tuple[str, ...]  # marking rules it knows, the default first
    shuffles: bool  # may its options be put in another order
    has_parts: bool

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

    def mark(
        self, question: Question, key: Mapping[str, Any], response: Response, rule: str | None
    ) -> Fraction:
        """Give the fraction 0..1. ``rule`` wins over the question's own; unknown: ValueError."""

    def in_words(self, question: Question, response: Response) -> str:
        """Say the response as a sentence people can read without seeing the options."""
