"""The endpoint for hospitals' own systems: numbers in, their status out, as JSON.

    POST /api/v1/certificates/status
    Authorization: Bearer pzk_…
    {"numbers": ["PZ2026310110000426", {"number": "…", "name": "林"}]}

Up to 500 at a time. The answer names the moment, because a status holds for that moment alone. No
cookie is read; a refusal is JSON too: {"error": "a sentence"}. What may be asked is written down in
docs/hospitals.md; what is there stays compatible under /api/v1.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app import clock, throttle
from app.accounts.attempts import Place
from app.errors import Refusal
from app.extensions import csrf, db
from app.formatting import iso
from app.hospitals import keys, looking_up
from app.hospitals.looking_up import Line
from app.hospitals.reading import MOST, MOST_SIGNS, Asked
from app.models.hospitals import HospitalKey
from app.permissions import public

blueprint = Blueprint("hospital_api", __name__)
WRONG_KEYS = 60
"""Unknown keys from one network in a minute, after which it waits."""


@blueprint.after_request
def _keep_out_of_sight(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.post("/api/v1/certificates/status")
@public
def status() -> ResponseReturnValue:
    """Answer for a list of numbers, to who has a key."""
    now = clock.now()
    key = keys.find(_bearer(), now)
    if key is None:  # a good key is answered whatever others behind its network try
        network = Place(request.remote_addr or "").network
        if throttle.tries("hospital.wrong_key", network, keys.MINUTE, now) >= WRONG_KEYS:
            return _no(429, "Too many unknown keys from your network. Wait a minute.")
        throttle.count_try("hospital.wrong_key", network, keys.MINUTE, now)
        db.session.commit()
        answer = _no(401, "The key is unknown, has been withdrawn or has ended.")
        answer.headers["WWW-Authenticate"] = 'Bearer realm="certificates"'
        return answer
    asked = _asked(request.get_json(silent=True))
    if asked is None:
        return _no(
            400,
            f'Send {{"numbers": [...]}} with 1 to {MOST} numbers, each a text or '
            '{"number": "…", "name": "…"}.',
        )
    try:
        keys.count_use(key, len(asked), now)
    except Refusal as refusal:
        db.session.rollback()
        return _no(refusal.status, refusal.sentence, refusal.retry_after)
    results = [_result(line, key) for line in looking_up.look_up(asked, now)]
    db.session.commit()
    return jsonify(checked_at=iso(now), count=len(results), results=results)


# The key is the only authority here; there is no cookie that another site could misuse.
csrf.exempt(status)


def _bearer() -> str:
    kind, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if kind.casefold() == "bearer" else ""


def _asked(body: Any) -> list[Asked] | None:
    """Read the body; None for anything else than what is documented."""
    given = body.get("numbers") if isinstance(body, dict) else None
    if not isinstance(given, list) or not 1 <= len(given) <= MOST:
        return None
    asked: list[Asked] = []
    for one in given:
        number = one.get("number") if isinstance(one, dict) else one
        name = one.get("name", "") if isinstance(one, dict) else ""
        if not isinstance(number, str) or not isinstance(name, str):
            return None
        asked.append(Asked(number[:MOST_SIGNS], name[:MOST_SIGNS]))
    return asked


def _result(line: Line, key: HospitalKey) -> dict[str, Any]:
    result: dict[str, Any] = {
        "number": line.typed,
        "status": line.verdict.code.value,
        "may_serve": line.verdict.may_serve,
        "issued_before_this_register": line.earlier,
    }
    if line.name_fits is not None:
        result["name_fits"] = line.name_fits
    if "dates" in key.scopes:
        result["valid_until"] = line.valid_until.isoformat() if line.valid_until else None
    return result


def _no(code: int, sentence: str, retry_after: int = 0) -> Response:
    response = jsonify(error=sentence)
    response.status_code = code
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response
