"""Tables that take several rows for one thing: letters in a row below 选项, one option a row.

Rows are joined only where they surely belong together: under one merged stem, or lettered on from A.
"""

from collections.abc import Callable, Iterable, Iterator

from question_bank.readers.answers import split_options
from question_bank.readers.headers import MAX_OPTIONS, Header
from question_bank.readers.sheets import Sheet, clean
from question_bank.readers.text_lines import OPTION, place_of

Line = tuple[int, list[str]]


def take_letters_below(header: Header, cells: list[str]) -> bool:
    """Take the columns of a row that only letters 选项 on, A B C; False for any other row."""
    start = header.columns.get("options")
    if start is None or header.options:
        return False
    told = {column: clean(cell).upper() for column, cell in enumerate(cells) if clean(cell)}
    letters = [chr(65 + number) for number in range(min(len(told), MAX_OPTIONS))]
    wanted = dict(enumerate(letters, start=start))
    if len(told) < 2 or {at: one.removeprefix("选项") for at, one in told.items()} != wanted:
        return False
    header.options = {number: start + number for number in range(len(letters))}
    del header.columns["options"]
    return True


def joined_rows(
    sheet: Sheet, lines: Iterable[Line], header: Callable[[], Header]
) -> Iterator[Line]:
    """Give the rows; options that stand one a row below each other come in one cell, one a line."""
    held: Line | None = None
    count = 0  # options in the held row
    ends: dict[int, dict[int, int]] = {}
    for number, cells in lines:
        column = header().columns.get("options")
        if held is not None and column is not None and _is_option_alone(cells, column):
            above = held[1][column] if column < len(held[1]) else ""
            whole = f"{above}\n{cells[column]}"
            stem = header().columns.get("stem", -1)
            if stem not in ends:
                ends[stem] = _merged_down(sheet, stem)
            together = _follows(cells[column], count) or number <= ends[stem].get(held[0], 0)
            # Each row is one more option, or it is not what it seems.
            counted = len(split_options(above)), len(split_options(whole))
            if together and count < MAX_OPTIONS and counted == (count, count + 1):
                held = held[0], [*held[1][:column], whole, *held[1][column + 1 :]]
                count += 1
                continue
        if held is not None:
            yield held
        held, count = (number, cells), 1
    if held is not None:
        yield held


def _is_option_alone(cells: list[str], column: int) -> bool:
    return column < len(cells) and bool(cells[column]) and sum(map(bool, cells)) == 1


def _follows(text: str, place: int) -> bool:
    found = OPTION.match(text)
    return found is not None and place_of(found) == place


def _merged_down(sheet: Sheet, column: int) -> dict[int, int]:
    """Give the last row of each cell of a column that is merged downwards, by its first."""
    return {top: bottom for top, left, bottom, right in sheet.merged if left <= column <= right}
