"""What a holder takes away: the signed credential of one certificate, in either form.

Only one's own. Whoever is given the file needs neither us nor an account to check it.
"""

from __future__ import annotations

import json

from flask import Response, abort
from flask.typing import ResponseReturnValue

from app import clock
from app.credentials import keeping
from app.credentials.views.blueprint import blueprint
from app.errors import Refusal
from app.extensions import db, may_write
from app.models.awards import Certificate
from app.models.credentials import Credential
from app.permissions import signed_in, the_user
from app.register.ledger import reads_english
from certificates.credential.keys import CredentialKeyError


class NoCredential(Refusal):
    """The credential cannot be signed now."""


@blueprint.get("/my/certificates/<certificate_id>/credential.jwt")
@signed_in
def token(certificate_id: str) -> ResponseReturnValue:
    """Give out the credential as it was signed at issue."""
    certificate, credential = _own(certificate_id)
    return _file(credential.token, "application/vc+jwt", f"{certificate.number}.jwt")


@blueprint.get("/my/certificates/<certificate_id>/credential.json")
@signed_in
def document(certificate_id: str) -> ResponseReturnValue:
    """Give out the same as JSON, with a proof made now."""
    certificate, credential = _own(certificate_id)
    try:
        said = keeping.with_proof(credential, now=clock.now())
    except CredentialKeyError as error:
        raise _refusal(error) from error
    body = json.dumps(said, ensure_ascii=False, indent=2)
    return _file(body, "application/vc", f"{certificate.number}.json")


def _own(certificate_id: str) -> tuple[Certificate, Credential]:
    """Return one's own certificate and its credential, made now where it is not there yet."""
    certificate = db.session.get(Certificate, certificate_id)
    if certificate is None or certificate.user_id != the_user().id:
        abort(404)
    try:
        credential = keeping.find(certificate)
        if credential is None or keeping.is_disowned(credential):
            may_write()
            credential = keeping.make(certificate, now=clock.now())
            db.session.commit()
    except CredentialKeyError as error:
        raise _refusal(error) from error
    return certificate, credential


def _refusal(error: CredentialKeyError) -> NoCredential:
    return NoCredential(error.en if reads_english() else error.zh)


def _file(body: str, media_type: str, name: str) -> Response:
    response = Response(body, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
