"""Error pages in both languages with what to do next, and the errors that verbs raise."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.extensions import db

log = structlog.get_logger()
PAGES = frozenset({400, 403, 404, 413, 429, 500})
SAID: dict[int, Any] = {
    403: _l("你的角色不包括这一页，或这条记录在你负责的范围之外。没有改动任何东西。"),
    404: _l("这里没有东西：地址可能抄错了一位，或要找的已经不在了。"),
    405: _l("这个地址不收这种请求，没有改动任何东西。"),
    413: _l("送来的内容太大，没有收下。请分几次送，或换小一些的文件。"),
    429: _l("短时间里试了很多次，为了安全先停一下。过几分钟再试，你已经保存的都还在。"),
    500: _l("是我们这边出了问题，不是你的操作。你已经保存的学习和答案都还在。"),
}
"""What a script is told, where the error itself says nothing; of the rest: OTHER."""
OTHER: Any = _l("送来的内容读不出来，没有改动任何东西。请刷新页面再试。")


class Refusal(Exception):  # noqa: N818 — the word users would use
    """A rule says no. Carries a whole sentence for the person, in their language.

    Verbs raise subclasses; a view may catch them to show the sentence beside its form. What is
    not caught becomes an error page with the sentence and changes nothing.
    """

    status = 409
    retry_after = 0
    """Seconds after which asking again makes sense; 0 says nothing about it."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def wants_json() -> bool:
    """Tell whether the asker is a script of ours, not a person's page."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def for_script(status: int, sentence: str = "") -> tuple[Response, int]:
    """Return an error as JSON: a whole sentence, and the number by which its line in the log is found."""
    if not sentence:
        sentence = str(SAID[500] if status > 500 else SAID.get(status, OTHER))
    return jsonify(error=sentence, request_id=g.get("request_id", "")), status


def _answer(status: int, page: int, sentence: str = "") -> tuple[Response | str, int]:
    if wants_json():
        return for_script(status, sentence)
    request_id = g.get("request_id", "")
    return (
        render_template(f"errors/{page}.html", request_id=request_id, sentence=sentence),
        status,
    )


def init_app(app: Flask) -> None:
    """Register the handlers."""

    @app.errorhandler(Refusal)
    def _refused(error: Refusal) -> tuple[Response | str, int]:
        db.session.rollback()
        page = error.status if error.status in PAGES else 400
        answer, status = _answer(error.status, page, error.sentence)
        response = make_response(answer)
        if error.retry_after:
            response.headers["Retry-After"] = str(error.retry_after)
        return response, status

    @app.errorhandler(CSRFError)
    def _stale(_error: CSRFError) -> tuple[Response | str, int]:
        db.session.rollback()
        return _answer(400, 400)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> tuple[Response | str, int] | HTTPException:
        db.session.rollback()
        status = error.code or 500
        if status < 400:
            return error
        # An address that only takes forms, opened by hand: there is no page here.
        page = 404 if status == 405 else status
        return _answer(status, page if page in PAGES else 400)

    @app.errorhandler(Exception)
    def _broken(error: Exception) -> tuple[Response | str, int]:
        if app.config.get("PROPAGATE_EXCEPTIONS") or app.config["TESTING"]:
            raise error
        db.session.rollback()
        # Kind and places, never the error's text: that can hold what people typed.
        places = [
            f"{Path(frame.filename).name}:{frame.lineno}"
            for frame in traceback.extract_tb(error.__traceback__)[-6:]
        ]
        log.error(
            "request failed",
            kind=type(error).__name__,
            at=places,
            request_id=g.get("request_id", ""),
        )
        return _answer(500, 500)
