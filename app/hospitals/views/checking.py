"""A list of numbers in, a table of their status out, on the page and as CSV."""

from __future__ import annotations

import csv
import io

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import audit, clock
from app.extensions import db, outside_transaction
from app.hospitals import keys, looking_up, reading
from app.hospitals.forms import ListForm
from app.hospitals.looking_up import Line
from app.hospitals.reading import Asked
from app.hospitals.refusing import ListRefused, UsedUp
from app.hospitals.views.blueprint import blueprint
from app.permissions import needs, the_user
from app.register import ledger

BOM = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@blueprint.route("/list-check", methods=["GET", "POST"])
@needs("list.check")
def check_list() -> ResponseReturnValue:
    """Answer a list; posted, so that no number stands in an address or a log."""
    form, user, now = ListForm(), the_user(), clock.now()
    lines: list[Line] = []
    if form.validate_on_submit():
        try:
            asked = _asked(form)
            keys.count_numbers(user.id, len(asked), now)
            lines = looking_up.look_up(asked, now)
        except (ListRefused, UsedUp) as refusal:
            db.session.rollback()
            form.numbers.errors = [*form.numbers.errors, refusal.sentence]
        else:
            audit.record("list.checked", user, actor=user, now=now, count=len(lines))
            db.session.commit()
            if request.form.get("as") == "csv":
                return _download(lines)
            # For the button that fetches the same list as CSV, also where it came as a file.
            form.numbers.data = "\n".join(f"{one.number},{one.name}" for one in asked)
    page = render_template(
        "hospitals/check_list.html", form=form, lines=lines, checked_at=now, most=reading.MOST
    )
    return page, 400 if form.is_submitted() and not lines else 200


def _asked(form: ListForm) -> list[Asked]:
    file = form.file.data
    data = file.read() if file else b""
    if not data:
        return reading.from_text(form.numbers.data or "")
    outside_transaction()  # taking a workbook apart takes a while
    return reading.from_file(data)


def _download(lines: list[Line]) -> Response:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([_("证书编号"), _("状态"), _("有效期至"), _("姓名"), _("说明")])
    for line in lines:
        until = line.valid_until.isoformat() if line.valid_until else ""
        cells = [line.number, ledger.word(line.verdict.code.value), until, fits(line), note(line)]
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    response = Response(BOM + out.getvalue(), mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="list-check.csv"'
    return response


@blueprint.app_template_filter("name_fits")
def fits(line: Line) -> str:
    """Say whether the name that was sent along is the printed one."""
    if line.name_fits is None:
        return ""
    return str(_("相符") if line.name_fits else _("不符"))


@blueprint.app_template_filter("line_note")
def note(line: Line) -> str:
    """Say what else there is to know about a line."""
    if line.earlier:
        return str(_("本系统以前签发的证书，按登记答复。"))
    return line.fault
