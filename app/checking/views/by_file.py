"""Comparing a certificate file with what was issued. The file is looked at and forgotten."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from app import clock
from app.checking import files, limits
from app.checking.files import Compared, Kind
from app.checking.forms import CheckForm
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, found_page, network
from app.extensions import csrf, db
from app.permissions import public
from certificates import signed_file
from certificates.signed_file import NotAPdfError

FORM_BYTES = 100_000


@blueprint.get("/check/file")
@public
def file() -> ResponseReturnValue:
    """Ask for the file."""
    return _form()


@blueprint.post("/check/file")
@public
def compare_file() -> ResponseReturnValue:
    """Say whether a file is byte for byte what was issued."""
    most = signed_file.MOST_BYTES
    if (request.content_length or 0) > most + FORM_BYTES:
        said = _(
            "文件太大，最多 %(n)d MB。证书文件一般不到 0.2 MB，请确认选对了文件。", n=most // 10**6
        )
        return _form(said), 413
    now = clock.now()
    limits.refuse_if_throttled(limits.FILES, network(), now)
    limits.count(limits.FILES, network(), now)
    db.session.commit()
    sent = request.files.get("file")
    data = sent.read() if sent else b""
    if not data:
        return _form(_("还没有选文件。请选证书的 PDF 文件。")), 400
    try:
        compared = files.compare(data, now)
    except NotAPdfError:
        return _form(_("这不是 PDF 文件。照片和截图请用“传一张二维码照片”来查。")), 422
    return _answer(compared)


csrf.exempt(compare_file)


def _form(said: str = "") -> str:
    return render_template("check/file.html", said=said, **around())


def _answer(compared: Compared) -> ResponseReturnValue:
    found = compared.reading.found
    if compared.kind is Kind.ORIGINAL and found:
        extra = {
            "kind": "",
            "title": _("文件和签发时一模一样"),
            "text": _("每一个字节都对过了。文件没有保存。"),
        }
        return found_page(found, compared.reading.rules, whole=True, extra=extra)
    page = render_template(
        "check/compared.html",
        form=CheckForm(MultiDict({"number": compared.number})),
        kind=compared.kind.value,
        found=found,
        number=compared.number,
        signer=compared.signer,
        **around(compared.reading.rules),
    )
    return page, 422
