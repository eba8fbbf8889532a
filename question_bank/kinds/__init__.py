"""The kinds this program can ask and mark. To add one: a file here, and one line in the list.

A kind the format knows but this list does not is refused by name when it is read; it is never
asked or marked as something else.
"""

from question_bank.kinds.base import Kind
from question_bank.kinds.case_set import CaseSet
from question_bank.kinds.multiple_choice import MultipleChoice
from question_bank.kinds.single_choice import SingleChoice
from question_bank.kinds.true_false import TrueFalse

_PLAIN: tuple[Kind, ...] = (SingleChoice(), MultipleChoice(), TrueFalse())
CASE_SET = CaseSet(_PLAIN)
KINDS: dict[str, Kind] = {kind.name: kind for kind in (*_PLAIN, CASE_SET)}

# All stored names of format 1.x; those not in KINDS are skipped on reading, with a reason.
FORMAT_KINDS = (
    "single_choice",
    "multiple_choice",
    "true_false",
    "ordering",
    "matching",
    "fill_in",
    "numeric",
    "short_answer",
    "upload",
    "case_set",
    "description",
)
