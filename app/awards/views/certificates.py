"""Pages of certificates: the holder's own, the register's view of one, its file, its ending."""

from __future__ import annotations

import base64
from typing import Any

from flask import Response, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app import audit, clock
from app.accounts.confirming import needs_fresh_password
from app.awards import files, lists, standing, withdrawing
from app.awards.forms import EndForm
from app.awards.refusals import AwardRefused, StoredFileDamaged
from app.awards.views.blueprint import blueprint
from app.awards.views.obstacle import obstacle
from app.blobs import BlobDamagedError
from app.eligibility.impartiality import Impartial
from app.extensions import db, may_write
from app.models.awards import Certificate, Decision
from app.models.people import User
from app.models.training import Enrolment, TrainingClass
from app.permissions import Scope, allows, needs, require, signed_in, the_user
from app.training.scope import class_scope
from certificates import qr


@blueprint.get("/my/certificates")
@signed_in
def mine() -> ResponseReturnValue:
    """Show a person's own certificates, each with the code to be scanned."""
    now = clock.now()
    own = lists.certificates_of(the_user())
    lines = standing.histories(own)
    cards = [
        {
            "row": row,
            "verdict": (verdict := standing.verdict(row, lines[row.id], now)),
            "sentence": standing.sentence(verdict),
            "ended": lines[row.id][-1],
            "qr": _picture(row.printed["check_address"]),
        }
        for row in own
    ]
    return render_template("awards/mine.html", cards=cards, waiting=lists.waiting_for(the_user()))


@blueprint.get("/awards/certificates/<certificate_id>")
@needs("award.read")
def certificate(certificate_id: str) -> ResponseReturnValue:
    """Show one certificate as the register has it."""
    row, scope = _certificate(certificate_id)
    require("award.read", scope)
    return render_template(
        "awards/certificate.html",
        may_end=allows(the_user(), "award.withdraw", scope) and row.status not in withdrawing.FINAL,
        **_shown(row),
    )


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


@blueprint.route("/awards/certificates/<certificate_id>/withdraw", methods=["GET", "POST"])
@needs("award.withdraw")
@needs_fresh_password
def withdraw(certificate_id: str) -> ResponseReturnValue:
    """Withdraw or cancel one certificate."""
    row, scope = _certificate(certificate_id)
    require("award.withdraw", scope)
    form = EndForm()
    there = redirect(url_for("awards.certificate", certificate_id=row.id))
    if form.validate_on_submit():
        try:
            withdrawing.end(
                row,
                form.status.data,
                reason=form.reason.data or "",
                actor=the_user(),
                now=clock.now(),
            )
        except (AwardRefused, Impartial) as refusal:
            db.session.rollback()
            flash(refusal.sentence, "stop")
            return there
        db.session.commit()
        flash(_("已改成“%(word)s”，下次扫码就会显示。", word=standing.word(form.status.data)), "ok")
        return there
    if row.status in withdrawing.FINAL:
        return there
    page = render_template(
        "awards/withdraw.html",
        form=form,
        obstacle=obstacle(lambda: withdrawing.may_end(row, actor=the_user(), now=clock.now())),
        **_shown(row),
    )
    return page, 400 if form.errors else 200


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
    lines = standing.history(row)
    people = select(User.id, User.name).where(User.id.in_([line.by_id for line in lines]))
    verdict = standing.verdict(row, lines, clock.now())
    return {
        "row": row,
        "printed": row.printed,
        "verdict": verdict,
        "sentence": standing.sentence(verdict),
        "history": [(line, standing.word(line.status)) for line in lines],
        "names": dict(db.session.execute(people).all()),
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
