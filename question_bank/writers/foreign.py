"""What the writers of other systems' formats share: our fields as tags, and "there is no such form".

Tags are what those systems have and nothing more; ``readers/collecting.py`` takes them back. A
rule is told where the weights alone are ambiguous.
"""

from collections.abc import Callable, Iterable

from question_bank.question import Question
from question_bank.readers.collecting import RULE_TAG, tags_of


class CannotWriteError(ValueError):
    """The format has no such question; the message says what is missing."""


def written_tags(question: Question) -> list[str]:
    """Give the tags to write, ours first."""
    rule = question.rule or ("default" if question.kind == "multiple_choice" else "")
    return ([f"{RULE_TAG}{rule}"] if rule else []) + tags_of(question)


def those_it_can(questions: Iterable[Question], write: Callable[[Question], str]) -> list[str]:
    """Write one by one; what the format has no form for is left out, as ``losses`` foretells."""
    kept = []
    for question in questions:
        try:
            kept.append(write(question))
        except CannotWriteError:
            continue
    return kept
