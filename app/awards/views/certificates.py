"""Pages of certificates: the holder's own, one as it was issued, its file."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from app import audit, clock
from app.awards import cards, files, lists, standing, statements
from app.awards.refusals import StoredFileDamaged
from app.awards.views.blueprint import blueprint
from app.blobs import BlobDamagedError
from app.extensions import db, may_write
from app.models.awards import Certificate, Decision
from app.models.training import Enrolment, TrainingClass
from app.permissions import Scope, needs, require, signed_in, the_user
from app.training.scope import class_scope
from certificates import qr


@blueprint.get("/my/certificates")
@signed_in
def mine() -> ResponseReturnValue:
    """Show a person's own certificates, each with the code to be scanned."""
    now = clock.now()
    own = lists.certificates_of(the_user())
    lines = standing.histories(own)
    shown = [
        {
            "row": row,
            "verdict": (verdict := standing.verdict(row, lines[row.id], now)),
            "sentence": standing.sentence(verdict),
            "ended": lines[row.id][-1],
            "qr": _picture(row.printed["check_address"]),
            "has_card": verdict.may_serve and cards.can_be_drawn(row),
        }
        for row in own
    ]
    return render_template(
        "awards/mine.html",
        cards=shown,
        waiting=lists.waiting_for(the_user()),
        hours=statements.hours(the_user()),
    )


@blueprint.get("/awards/certificates/<certificate_id>")
@needs("award.read")
def certificate(certificate_id: str) -> ResponseReturnValue:
    """Show one certificate as the register has it."""
    row, scope = _certificate(certificate_id)
    require("award.read", scope)
    return render_template("awards/certificate.html", **_shown(row))


@blueprint.get("/certificates/<certificate_id>/file")
@signed_in
def download(certificate_id: str) -> ResponseReturnValue:
    """Give out the stored file: to its holder, and to staff who may read awards there."""
    row, scope = _certificate(certificate_id)
    reader = the_user()
    if row.user_id != reader.id:
        require("award.read", scope)
        may_write()
        audit.record("certificate.read", row, actor=reader, now=clock.now())
        db.session.commit()
    response = Response(_stored_file(row), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    return response


def _certificate(certificate_id: str) -> tuple[Certificate, Scope]:
    row = db.session.get(Certificate, certificate_id)
    if row is None:
        abort(404)
    training_class = db.session.scalars(
        select(TrainingClass)
        .join(Enrolment, Enrolment.class_id == TrainingClass.id)
        .join(Decision, Decision.enrolment_id == Enrolment.id)
        .where(Decision.id == row.decision_id)
    ).one()
    return row, class_scope(training_class)


def _shown(row: Certificate) -> dict[str, Any]:
    verdict = standing.verdict_now(row, clock.now())
    return {
        "row": row,
        "printed": row.printed,
        "verdict": verdict,
        "sentence": standing.sentence(verdict),
    }


def _stored_file(row: Certificate) -> bytes:
    """Return the bytes issued. Raises StoredFileDamaged when they are not those."""
    try:
        return files.read(row)
    except BlobDamagedError as error:
        raise StoredFileDamaged from error


def _picture(address: str) -> str:
    """Return the address as a code in a data URI: the page must show it without a line, too."""
    return "data:image/png;base64," + base64.b64encode(qr.encode(address).png()).decode()
