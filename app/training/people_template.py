"""The empty list of people, to be filled in a spreadsheet: columns as text, so that no digit is lost."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

COLUMNS = (("姓名", 12), ("身份证号", 22), ("手机号", 16), ("单位", 28), ("类别", 14), ("街道", 16))
CATEGORIES = ("平台", "养老机构", "独立", "志愿者")
ROWS = 500


def template() -> bytes:
    """Return the workbook."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width, text)
            sheet.write_string(0, column, title, head)
        sheet.data_validation(1, 4, ROWS, 4, {"validate": "list", "source": list(CATEGORIES)})
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()
