"""The kinds this program can hold. To add one: a file here, and one line in the list.

Which of them may stand on an exam paper says each kind's ``examinable``. A kind the format knows
but this list does not is refused by name when it is read; it is never asked or marked as another.
"""

from question_bank.kinds.base import Kind
from question_bank.kinds.case_set import CaseSet
from question_bank.kinds.description import Description
from question_bank.kinds.fill_in import FillIn
from question_bank.kinds.matching import Matching
from question_bank.kinds.multiple_choice import MultipleChoice
from question_bank.kinds.numeric import Numeric
from question_bank.kinds.ordering import Ordering
from question_bank.kinds.short_answer import ShortAnswer
from question_bank.kinds.single_choice import SingleChoice
from question_bank.kinds.true_false import TrueFalse
from question_bank.kinds.upload import Upload

_PLAIN: tuple[Kind, ...] = (
    SingleChoice(),
    MultipleChoice(),
    TrueFalse(),
    Ordering(),
    Matching(),
    FillIn(),
    Numeric(),
    ShortAnswer(),
    Upload(),
    Description(),
)
CASE_SET = CaseSet(_PLAIN)
KINDS: dict[str, Kind] = {kind.name: kind for kind in (*_PLAIN, CASE_SET)}
EXAM_KINDS = tuple(name for name, kind in KINDS.items() if kind.examinable)

# All stored names of format 1.x; those not in KINDS would be skipped on reading, with a reason.
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
