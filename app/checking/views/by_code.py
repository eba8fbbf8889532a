"""Scanning in the page: the camera where the browser gives it, else a photo of the code."""

from __future__ import annotations

import threading
from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app import clock
from app.checking import codes, domains, limits
from app.checking.forms import CodeForm
from app.checking.views.blueprint import blueprint
from app.checking.views.pages import around, locale, network
from app.extensions import csrf, db
from app.headers import POLICY, csp_nonce
from app.permissions import public
from certificates import reading_code
from certificates.reading_code import Trouble

FORM_BYTES = 100_000
"""What a form adds to its photo."""
WAIT = 8.0
"""Seconds a photo waits for another one of the same process; then its sender is asked to try again."""
_one_at_a_time = threading.Lock()


@blueprint.get("/check/scan")
@public
def scan() -> ResponseReturnValue:
    """Offer the camera, a photo, or typing the address."""
    return _page()


@blueprint.post("/check/code")
@public
def code() -> ResponseReturnValue:
    """Lead on from what the camera read, or what was typed from under a code."""
    form = CodeForm()
    if not form.validate():
        return _page(form=form), 400
    return _lead_on([form.text.data or ""])


@blueprint.post("/check/photo")
@public
def code_photo() -> ResponseReturnValue:
    """Read the code on an uploaded photo; the photo is gone when the answer is sent."""
    if (request.content_length or 0) > reading_code.MOST_BYTES + FORM_BYTES:
        return _page(said=_trouble(Trouble.TOO_LARGE)), 413
    request.max_content_length = reading_code.MOST_BYTES + FORM_BYTES
    _count_photo()
    sent = request.files.get("photo")
    data = sent.read() if sent else b""
    if not data:
        return _page(said=_("还没有选照片。请先拍一张二维码的照片，或从相册里选。")), 400
    # A photo takes a second of computing: without waiting in line a few would hold up everybody.
    if not _one_at_a_time.acquire(timeout=WAIT):
        return _page(said=_("现在传照片的人多，请过半分钟再传一次。")), 503
    try:
        texts, trouble = reading_code.read_photo(data)
    finally:
        _one_at_a_time.release()
    return _lead_on(texts) if trouble is None else (_page(said=_trouble(trouble)), 422)


csrf.exempt(code)
csrf.exempt(code_photo)


def _count_photo() -> None:
    now = clock.now()
    limits.refuse_if_throttled(limits.PHOTOS, network(), now)
    limits.count(limits.PHOTOS, network(), now)
    db.session.commit()


def _lead_on(texts: list[str]) -> ResponseReturnValue:
    """Go to the first address of ours; else say what the code leads to."""
    ours = domains.ours()
    read = [codes.read_scanned(text, ours) for text in texts]
    for one in read:
        if one.path:
            language = f"?lang={locale()}" if locale() else ""
            return redirect(one.path + language, 303)
    return _page(foreign=read[0]), 422


def _page(form: CodeForm | None = None, **told: Any) -> Response:
    page = render_template(
        "check/scan.html",
        form=form or CodeForm(formdata=None),
        **{"said": "", "foreign": None, **told},
        **around(),
    )
    answer = make_response(page)
    # The decoder for browsers without one of their own is WebAssembly, compiled on this page only.
    policy = POLICY.format(nonce=csp_nonce())
    answer.headers["Content-Security-Policy"] = policy.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    return answer


def _trouble(trouble: Trouble) -> str:
    """Say why a photo gave no code, and what to do."""
    most = reading_code.MOST_BYTES // 1_000_000
    sentences: dict[Trouble, str] = {
        Trouble.NO_CODE: _(
            "照片里没有找到二维码。请把整个二维码拍进去，四边留白，对好焦、不反光，再传一次。"
        ),
        Trouble.ANIMATED: _("这是会动的图，第一张里没有二维码。请传一张普通照片。"),
        Trouble.KIND: _(
            "这个文件不是照片。请传 JPEG、PNG 或 WebP 的照片；PDF 请用“核对证书文件”。"
        ),
        Trouble.HEIC: _(
            "这是 HEIC 格式，这里打不开。请在手机上截一张图再传，或在相机设置里选“兼容性最佳”。"
        ),
        Trouble.TOO_LARGE: _(
            "照片太大，最多 %(n)d MB。请截图，或只拍二维码那一块，再传一次。", n=most
        ),
        Trouble.BROKEN: _("照片打不开：没传完，或文件坏了。请重新拍一张再传。"),
    }
    return sentences[trouble]


@blueprint.get("/check/addresses")
@public
def addresses() -> ResponseReturnValue:
    """List the domains that are ours, and say how to come here safely."""
    listed = domains.ours()
    return render_template(
        "check/addresses.html",
        domains=listed,
        report=url_for("check.report", lang=locale()),
        **around(),
    )
