"""A sheet of earlier certificates: rows read by their headers, every fault named with its place.

No rows of the database. Dates are read as people write them; nothing is guessed or corrected.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from flask_babel import gettext as _

from app.earlier.finding import NUMBER_MOST, stored_form
from app.earlier.refusing import EarlierRefused
from app.formatting import in_english
from app.saying import said
from certificates.sentences import CertificateError
from certificates.wording import refuse_false_claims
from question_bank.readers.cells import read_cells
from question_bank.readers.sheets import Sheet, TableRefusedError, clean

MOST = 5000
LOOK_DOWN = 20
WORDS: dict[str, tuple[str, ...]] = {
    "number": ("证书编号", "编号", "证书号", "证书号码", "number"),
    "name": ("姓名", "持证人", "持证人姓名", "name"),
    "title": ("证书名称", "名称", "title"),
    "issuer": ("发证单位", "发证机构", "颁发单位", "issuer"),
    "issued_on": ("发证日期", "颁发日期", "签发日期", "issuedon"),
    "valid_until": ("有效期至", "有效期", "到期日", "validuntil"),
    "organisation": ("单位", "工作单位", "所在单位", "机构", "organisation"),
}
NEEDED = ("number", "name", "title", "issuer", "issued_on")
LENGTHS = {"number": NUMBER_MOST, "name": 60, "title": 100, "issuer": 100, "organisation": 100}
_FIELDS = {word: name for name, words in WORDS.items() for word in words}
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(\s+0?0:00(:00)?)?")


@dataclass(frozen=True)
class Line:
    """One certificate as its sheet has it."""

    place: str
    number: str
    name: str
    title: str
    issuer: str
    issued_on: date
    valid_until: date | None
    organisation: str


@dataclass
class Read:
    """What a sheet holds, and every fault of it: (place, sentence)."""

    lines: list[Line] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)


def read(data: bytes, today: date) -> Read:
    """Read a sheet. Raises EarlierRefused for a file that is none, or one without the columns."""
    try:
        sheets = read_cells(data, _known)
    except TableRefusedError as error:
        raise EarlierRefused(said(str(error))) from error
    done = Read()
    seen: dict[str, str] = {}
    for place, cells in _rows(sheets):
        _read_line(place, cells, today, seen, done)
        if len(done.lines) + len(done.faults) > MOST:
            raise EarlierRefused(_("一次最多补登 %(n)d 张，请分几份。", n=MOST))
    if not done.lines and not done.faults:
        raise EarlierRefused(
            _(
                "没有读到证书。表头要有：证书编号、姓名、证书名称、发证单位、发证日期；"
                "有效期至、工作单位可以没有。"
            )
        )
    return done


def _rows(sheets: list[Sheet]) -> Iterator[tuple[str, dict[str, str]]]:
    for sheet in sheets:
        found = next(
            (
                (at, columns)
                for at, (_number, cells) in enumerate(sheet.rows[:LOOK_DOWN])
                if set(NEEDED) <= set(columns := _columns(cells))
            ),
            None,
        )
        if found is None:
            continue
        header, columns = found
        for number, cells in sheet.rows[header + 1 :]:
            values = {
                name: clean(cells[at]) if at < len(cells) else "" for name, at in columns.items()
            }
            if any(values.values()):
                yield sheet.place(number), values


def _read_line(
    place: str, cells: dict[str, str], today: date, seen: dict[str, str], done: Read
) -> None:
    faults = list(_faults(cells, today))
    number = stored_form(cells["number"])
    if number and number in seen:
        faults.append(_("编号和%(place)s的一样。", place=seen[number]))
    if faults:
        done.faults += [(place, fault) for fault in faults]
        return
    seen[number] = place
    issued = _day(cells["issued_on"])
    assert issued is not None  # noqa: S101 (a line without one has a fault)
    done.lines.append(
        Line(
            place=place,
            number=number,
            name=" ".join(cells["name"].split()),
            title=cells["title"],
            issuer=cells["issuer"],
            issued_on=issued,
            valid_until=_day(cells.get("valid_until", "")),
            organisation=cells.get("organisation", ""),
        )
    )


def _faults(cells: dict[str, str], today: date) -> Iterator[str]:
    for name in NEEDED:
        if not cells[name]:
            yield _("缺%(what)s。", what=WORDS[name][0])
    for name, most in LENGTHS.items():
        if len(cells.get(name, "")) > most:
            yield _("%(what)s超过 %(n)d 个字。", what=WORDS[name][0], n=most)
    issued, until = _day(cells["issued_on"]), _day(cells.get("valid_until", ""))
    if cells["issued_on"] and issued is None:
        yield _("发证日期“%(text)s”看不懂，请写成 2024-03-01。", text=cells["issued_on"])
    if cells.get("valid_until") and until is None:
        yield _("有效期“%(text)s”看不懂，请写成 2027-02-28。", text=cells["valid_until"])
    if issued and issued > today:
        yield _("发证日期还没有到。")
    if issued and until and until < issued:
        yield _("有效期在发证日期以前。")
    try:
        refuse_false_claims("证书名称", "title", cells["title"])
    except CertificateError as error:
        yield error.en if in_english() else error.zh


def _day(text: str) -> date | None:
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None


def _columns(cells: list[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        word = re.sub(r"[\s*＊:：]", "", unicodedata.normalize("NFKC", clean(cell))).casefold()
        if (name := _FIELDS.get(word)) and name not in found:
            found[name] = at
    return found


def _known(rows: list[list[str]]) -> int:
    return max((len(_columns(row)) for row in rows), default=0)
