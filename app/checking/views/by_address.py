"""The printed address: what a scanned certificate answers, its photo, and the record to print."""

from __future__ import annotations

from flask import Response, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.checking import answering, codes, domains, limits, photos, register
from app.checking.codes import Slip
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, found_page, not_found_page
from app.permissions import public


@blueprint.get("/c/<path:token>")
@blueprint.get("/C/<path:token>", endpoint="by_address_in_capitals")
@public
def by_address(token: str) -> ResponseReturnValue:
    """Answer a scanned certificate."""
    end = codes.read_end(token)
    reading = register.by_token(end.token, clock.now())
    if reading.found is None:
        return not_found_page(reading.rules, limits.BY_ADDRESS, slip=_slip(end.slip, end.length))
    return found_page(reading.found, reading.rules, whole=True)


@blueprint.get("/c/<token>/photo")
@public
def photo(token: str) -> ResponseReturnValue:
    """Give out the printed photo, small, under the same conditions as on the page."""
    found = register.by_token(codes.read_end(token).token, clock.now()).found
    if found is None or not found.shows_photo or found.photo_blob_id is None:
        abort(404)
    return Response(photos.small(found.photo_blob_id), mimetype="image/jpeg")


@blueprint.get("/c/<token>/record")
@public
def record(token: str) -> ResponseReturnValue:
    """Show one check as a record to be printed for a staff file."""
    reading = register.by_token(codes.read_end(token).token, clock.now())
    if reading.found is None:
        return not_found_page(reading.rules, limits.BY_ADDRESS)
    return render_template(
        "check/record.html",
        answer=answering.answer(reading.found, answering.said(reading.found, whole=True)),
        address=domains.current() + url_for("check.by_address", token=reading.found.token),
        **around(reading.rules),
    )


def _slip(slip: Slip | None, length: int) -> str:
    """Say in a sentence what is wrong with the end of an address; nothing for a whole one."""
    if slip is None:
        return ""
    sentences: dict[Slip, str] = {
        Slip.SHORT: _(
            "网址最后一段应该是 %(all)d 个字符，现在只有 %(n)d 个：没扫全，或没抄全。请把整个二维码放进框里再扫一次。",
            all=codes.LENGTH,
            n=length,
        ),
        Slip.LONG: _(
            "网址最后一段应该是 %(all)d 个字符，现在有 %(n)d 个：后面多了别的字。请重新扫一次，或只抄到第 %(all)d 个。",
            all=codes.LENGTH,
            n=length,
        ),
        Slip.LOOK_ALIKE: _(
            "我们的网址里没有数字 0、1、8、9。看着像的多半是字母 o、l（或 i）、b、g，请改过来再试，或重新扫码。"
        ),
        Slip.STRANGE: _(
            "网址最后一段只有英文字母和数字 2 到 7，现在的里面有别的字。请重新扫码；如果扫出来就是这样，请不要相信那张证书。"
        ),
    }
    return sentences[slip]
