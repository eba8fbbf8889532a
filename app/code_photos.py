"""Uploaded photos of a code: one at a time in a process, each trouble as a sentence, nothing kept.

The certificate check and the door of an exam take such photos. What a code holds is theirs to judge;
where a photo is read in the browser instead, `allow_decoder` lets the page run its decoder.
"""

from __future__ import annotations

import threading

from flask import Response, request
from flask_babel import gettext as _

from app.errors import Refusal
from app.headers import POLICY, csp_nonce
from certificates import reading_code
from certificates.reading_code import Trouble

FORM_BYTES = 100_000
"""What a form adds to its photo."""
WAIT = 8.0
"""Seconds a photo waits for another one of the same process; then its sender is asked to try again."""
_one_at_a_time = threading.Lock()


class NotRead(Refusal):
    """No code was read; the sentence says why and what to do."""

    status = 422

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


def refuse_if_too_large() -> None:
    """Refuse a request that no photo can need, before any of it is read. Raises NotRead."""
    if (request.content_length or 0) > reading_code.MOST_BYTES + FORM_BYTES:
        raise NotRead(_sentence(Trouble.TOO_LARGE), 413)
    request.max_content_length = reading_code.MOST_BYTES + FORM_BYTES


def read() -> list[str]:
    """Return the texts of the codes on the request's `photo`; at least one. Raises NotRead.

    The caller holds no transaction: reading takes a second.
    """
    sent = request.files.get("photo")
    data = sent.read() if sent else b""
    if not data:
        raise NotRead(_("还没有选照片。请先拍一张二维码的照片，或从相册里选。"), 400)
    # A photo takes a second of computing: without waiting in line a few would hold up everybody.
    if not _one_at_a_time.acquire(timeout=WAIT):
        raise NotRead(_("现在传照片的人多，请过半分钟再传一次。"), 503)
    try:
        texts, trouble = reading_code.read_photo(data)
    finally:
        _one_at_a_time.release()
    if trouble is not None:
        raise NotRead(_sentence(trouble))
    return texts


def allow_decoder(page: Response) -> Response:
    """Let a page compile the decoder for browsers without one of their own: it is WebAssembly."""
    policy = POLICY.format(nonce=csp_nonce())
    page.headers["Content-Security-Policy"] = policy.replace(
        "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'"
    )
    return page


def _sentence(trouble: Trouble) -> str:
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
