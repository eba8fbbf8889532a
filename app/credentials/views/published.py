"""What anyone may read: our name and keys, the status lists, who issues, what is attested.

Read by programs, hence no cookie, open to pages of other sites, and kept by caches for a little
while: never so long that a withdrawal shows later than a minute. Nothing here names a person.
"""

from __future__ import annotations

import json
from typing import Any

import structlog
from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from app import clock, rulebook
from app.credentials import keys, lists, saying
from app.credentials.views.blueprint import blueprint
from app.extensions import db
from app.headers import DATA_POLICY
from app.models.scheme import Scheme
from app.permissions import public
from app.register.ledger import reads_english
from certificates.credential import did
from certificates.credential.keys import CredentialKeyError
from certificates.credential.linked_data import OPEN_BADGES

log = structlog.get_logger()

LIST_KEPT = 30  # seconds
REST_KEPT = 300
AS_JWT = "application/vc+jwt"
LINKED = "application/ld+json"
_AS_JSON = (LINKED, "application/vc", "application/json")


@blueprint.get("/.well-known/did.json")
@blueprint.get("/did.json", endpoint="did_of_folder")
@public
def did_document() -> ResponseReturnValue:
    """Publish our keys, under the name of the address that was asked.

    A site below a folder (`did:web:a.cn:folder`) has it there and not in `.well-known`.
    """
    return _data(did.document(keys.ring(request.host)), "application/json", REST_KEPT)


@blueprint.get("/credentials/status/<int:number>/<purpose>")
@public
def status_list(number: int, purpose: str) -> ResponseReturnValue:
    """Publish a status list: JSON with its proof, or a JWT for who asks for one."""
    if not lists.is_list(number, purpose):
        abort(404)
    wanted = request.accept_mimetypes.best_match([*_AS_JSON, AS_JWT], LINKED)
    made = lists.signed(number, purpose, clock.now(), as_token=wanted == AS_JWT)
    return _data(made, wanted or LINKED, LIST_KEPT)


@blueprint.get("/credentials/issuer")
@public
def issuer() -> ResponseReturnValue:
    """Say who issues: a profile for programs, a page for people."""
    name = rulebook.value("certificate.issuer", clock.shanghai_date(clock.now()))
    profile = saying.issuer(keys.ring().issuer, name).profile()
    if _wants_page():
        return _page("credentials/issuer.html", name=name, profile=profile)
    return _data({"@context": OPEN_BADGES, **profile}, LINKED, REST_KEPT)


@blueprint.get("/credentials/achievements/<scheme_id>")
@public
def achievement(scheme_id: str) -> ResponseReturnValue:
    """Say what a certificate under a version of the scheme attests."""
    scheme = db.session.get(Scheme, scheme_id)
    if scheme is None:
        abort(404)
    title = rulebook.value("certificate.title", clock.shanghai_date(clock.now()))
    attested = saying.achievement(scheme.id, title, f"{scheme.code} {scheme.version}")
    if _wants_page():
        return _page("credentials/achievement.html", title=title, scheme=scheme)
    return _data({"@context": OPEN_BADGES, **attested.body()}, LINKED, REST_KEPT)


@blueprint.errorhandler(CredentialKeyError)
def _no_key(error: CredentialKeyError) -> ResponseReturnValue:
    """Say that nothing can be signed now; a verifier then knows that it does not know."""
    log.error("credentials.no_key", why=error.en)
    return Response(f"{error.zh}\n{error.en}\n", 503, mimetype="text/plain")


def _wants_page() -> bool:
    return request.accept_mimetypes.best_match([*_AS_JSON, "text/html"], LINKED) == "text/html"


def _page(template: str, **values: Any) -> Response:
    language = "?lang=zh" if reads_english() else "?lang=en"
    page = Response(render_template(template, language_href=language, **values))
    page.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    page.headers["Referrer-Policy"] = "no-referrer"
    return page


def _data(said: str | dict[str, Any], media_type: str, kept: int) -> ResponseReturnValue:
    body = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    response = Response(body, mimetype=media_type)
    response.headers["Cache-Control"] = f"public, max-age={kept}"
    response.headers["Vary"] = "Accept"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Content-Security-Policy"] = DATA_POLICY
    response.headers["X-Robots-Tag"] = "noindex"
    response.add_etag()
    return response.make_conditional(request)
