"""What a holder or participant prints beside the certificate: wallet card, statement of hours."""

from __future__ import annotations

from flask import Response, abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app import clock
from app.awards import cards, statements
from app.awards.refusals import AwardRefused, StoredFileDamaged
from app.awards.views.blueprint import blueprint
from app.blobs import BlobDamagedError
from app.extensions import db, may_write
from app.models.awards import Certificate
from app.permissions import signed_in, the_user


@blueprint.get("/certificates/<certificate_id>/card")
@signed_in
def card_file(certificate_id: str) -> ResponseReturnValue:
    """Give a holder the wallet card of a certificate of their own."""
    row, holder = db.session.get(Certificate, certificate_id), the_user()
    if row is None or row.user_id != holder.id:
        abort(404)
    may_write()
    number = row.number
    try:
        pdf = cards.card(row, actor=holder, now=clock.now())
    except BlobDamagedError as error:
        raise StoredFileDamaged from error
    db.session.commit()
    return _file(pdf, f"{number}-card.pdf")


@blueprint.get("/my/class-hours")
@signed_in
def class_hours() -> ResponseReturnValue:
    """Give somebody a statement of their own class-hours; or say why there is none yet."""
    try:
        return _file(statements.draw(the_user(), clock.now()), "class-hours.pdf")
    except AwardRefused as refusal:
        flash(refusal.sentence, "info")
        return redirect(url_for("awards.mine"))


def _file(pdf: bytes, name: str) -> Response:
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
