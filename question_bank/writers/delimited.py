"""Write questions as CSV that Excel opens with Chinese intact and runs no formula of.

UTF-8 with a byte-order mark. A cell that a spreadsheet would take for a formula begins with an
apostrophe (OWASP, CSV injection); our reader takes it away again.
"""

import csv
from collections.abc import Iterable
from io import StringIO

from question_bank.question import Question
from question_bank.readers.sheets import escape
from question_bank.writers.table import table_of


def write_csv(questions: Iterable[Question]) -> bytes:
    """Write questions in their order; a case set takes a row, and each of its parts one."""
    columns, rows = table_of(questions)
    text = StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([escape(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")
