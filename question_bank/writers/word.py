"""Write questions as a Word document, numbered text with answers as ``readers/word.py`` reads it.

The text is ``writers/plain.py``'s; what it cannot hold is said beforehand by ``losses.py``.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO

from docx import Document
from docx.oxml.ns import qn
from docx.shared import Pt

from question_bank.question import Question
from question_bank.writers.plain import write_text

_FONT = "宋体"
_UNSTORABLE = {0xFFFE: None, 0xFFFF: None}  # XML has no way to write them


def write_word(questions: Iterable[Question], files: Mapping[str, bytes] | None = None) -> bytes:
    """Write numbered questions with answers and explanations; case sets are left out."""
    document = Document()
    normal = document.styles["Normal"]
    normal.font.name = _FONT
    normal.font.size = Pt(11)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    normal.paragraph_format.space_after = Pt(2)
    text = write_text(questions, files).translate(_UNSTORABLE)
    for line in text.split("\n"):
        document.add_paragraph(line)
    out = BytesIO()
    document.save(out)
    return out.getvalue()
