"""The worker's part of issuing many certificates: a few at a time, each few whole or not at all.

Of each few: read and weigh; take the numbers (a short transaction); draw, sign and write the files
(no transaction); check again under lock and enter all rows (a short transaction). A worker that is
killed at any step leaves numbers that their proposals keep and files that nobody names; whoever goes
on takes those away. So everybody has one certificate in the end, and no number two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, cast

from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, func, select, update
from sqlalchemy.orm import joinedload, lazyload

from app import blobs, clock, jobs, rulebook
from app.applications import noticing
from app.awards import batches, contents, deciding, entering, files, serials, twins, weighing
from app.awards.contents import Contents
from app.awards.entering import Drawn
from app.awards.refusals import CannotIssue
from app.awards.twins import Twin
from app.clock import shanghai_date
from app.eligibility.panel import Panel
from app.extensions import db, reading_only
from app.models.awards import Decision
from app.models.base import new_id
from app.models.bulk import Batch, BatchItem, TakenNumber
from app.models.journal import Blob, Job
from app.models.people import User
from app.models.scheme import Scheme
from app.models.training import Enrolment, TrainingClass
from app.permissions import allows
from app.training.scope import class_scope
from certificates import numbers, qr
from certificates.sentences import CertificateError
from certificates.signing import Signer

AT_ONCE = 100
"""Few enough that a transaction is over within a tenth of a second."""

THEIR_NAMES = (
    joinedload(Decision.user).joinedload(User.identity),
    joinedload(Decision.user).lazyload(User.grants),
)
"""What is needed of the people: their roles are not."""


_LINES = cast(Table, BatchItem.__table__)
_LINE = (
    update(_LINES)
    .where(_LINES.c.id == bindparam("line"))
    .values({name: bindparam(name) for name in ("state", "why", "certificate_id")})
)


class Stops(Exception):  # noqa: N818 — an outcome: what is left cannot be made now either
    """The batch cannot go on; the sentence says why and what to do."""


@dataclass
class Plan:
    """One certificate on its way, by ids and facts alone: no row outlives its transaction."""

    item_id: str
    decision_id: str
    enrolment_id: str
    district: str
    contents: Contents
    panel: Panel
    blob_id: str = field(default_factory=new_id)
    drawn: Drawn | None = None


@dataclass
class Few:
    """Some lines of a batch, worked on together."""

    plans: list[Plan] = field(default_factory=list)
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Line -> (state, why) of those that come to no certificate."""


@jobs.handles(batches.ISSUE_JOB, heavy=True)
def issue(job: Job) -> dict[str, Any]:
    """Issue what waits of a batch, or try it; may run again after it was killed."""
    batch_id = str(job.payload["batch"])
    trouble = ""
    try:
        _issue(job, batch_id)
    except Stops as stopped:
        trouble = str(stopped)
        db.session.rollback()
    batch = db.session.get_one(Batch, batch_id)
    batch.state = "stopped" if trouble else "done"
    batch.trouble, batch.finished_at = trouble[:400], clock.now()
    db.session.commit()
    return {"batch": batch_id, "trouble": trouble}


def _issue(job: Job, batch_id: str) -> None:
    with reading_only():
        waiting, total, suspected = _what_waits(batch_id)
        batch = db.session.get_one(Batch, batch_id)
        trial, actor_id = batch.kind == batches.TRIAL, batch.made_by_id
        db.session.rollback()
    for start in range(0, len(waiting), AT_ONCE):
        few = dict(waiting[start : start + AT_ONCE])
        with rulebook.read_once():
            _a_few(job, few, suspected, actor_id, batch_id, trial=trial)
        jobs.report_progress(job, total - len(waiting) + start + len(few), total)
        db.session.expunge_all()  # what was written is not kept: memory stays flat


def _what_waits(batch_id: str) -> tuple[list[tuple[str, str]], int, dict[str, Twin]]:
    """Return the lines that wait, each with its proposal, how many lines there are, and twins."""
    of_batch = BatchItem.batch_id == batch_id
    rows = db.session.execute(
        select(BatchItem.id, Decision)
        .join(Decision, Decision.id == BatchItem.decision_id)
        .where(of_batch, BatchItem.state == "waiting")
        .options(*THEIR_NAMES)
        .order_by(BatchItem.place)
    ).all()
    total = db.session.scalar(select(func.count(BatchItem.id)).where(of_batch)) or 0
    found = twins.find([row[1].user for row in rows])
    return [(row[0], row[1].id) for row in rows], total, found


def _a_few(
    job: Job,
    waiting: Mapping[str, str],
    suspected: Mapping[str, Twin],
    actor_id: str,
    batch_id: str,
    *,
    trial: bool,
) -> None:
    """Do some lines; the last transaction is left to be committed with the progress."""
    now = clock.now()
    with reading_only():
        try:
            signer = _able(actor_id, batch_id, now)
            few = _read(waiting, suspected, actor_id, now)
        except (CertificateError, CannotIssue) as error:
            raise Stops(_why(error)) from error
        finally:
            db.session.rollback()
    if not trial:
        _take_numbers(few, actor_id, batch_id, now)
    full = _draw(few, signer, now, trial=trial)
    if not trial:
        _keep_templates(few, now)
    _write_down(few, actor_id, now, trial=trial)
    if full:
        db.session.commit()
        raise Stops(CannotIssue.without_room().sentence)


def _able(actor_id: str, batch_id: str, now: datetime) -> Signer:
    """Return the key, if there is one and whoever decided may still decide."""
    actor = db.session.get_one(User, actor_id)
    training_class = db.session.get_one(Batch, batch_id).training_class
    if training_class is None or not (
        actor.active and allows(actor, "award.decide", class_scope(training_class))
    ):
        raise CannotIssue(_("没有接着签发：决定这一批的人现在没有决定发证的权限。"))
    return entering.able_signer(now)


def _read(
    waiting: Mapping[str, str], suspected: Mapping[str, Twin], actor_id: str, now: datetime
) -> Few:
    """Weigh the proposals (by line) and read what the certificates will say."""
    on, few = shanghai_date(now), Few()
    actor = db.session.get_one(User, actor_id)
    decisions, _kept = _with_all_they_need([*waiting.values()])
    asked = [decisions[decision_id] for decision_id in waiting.values()]
    judged = weighing.weigh(asked, actor=actor, now=now, suspected=suspected)
    shared = contents.Shared.of(on)
    consented = contents.consenting(one.user_id for one in asked)
    for item_id, one in zip(waiting, judged, strict=True):
        if one.obstacle:
            few.said[item_id] = ("skipped", one.obstacle)
            continue
        enrolment = db.session.get_one(Enrolment, one.decision.enrolment_id)
        district = db.session.get_one(TrainingClass, enrolment.class_id).district_code
        try:
            made = _contents(one.decision, district, on, shared, consented)
        except (CertificateError, CannotIssue, blobs.BlobDamagedError) as error:
            few.said[item_id] = ("failed", _why(error))
            continue
        few.plans.append(Plan(item_id, one.decision.id, enrolment.id, district, made, one.panel))
    return few


def _contents(
    decision: Decision,
    district: str,
    on: date,
    shared: contents.Shared,
    consented: frozenset[str],
) -> Contents:
    """Read what a certificate will say, under a number that is changed for its own later."""
    number = numbers.compose(on.year, district, 1, serials.number_format(on))
    return contents.read(decision, number, qr.new_token(), on, shared, consented)


def _with_all_they_need(decision_ids: Sequence[str]) -> tuple[dict[str, Decision], list[Any]]:
    """Return the decisions by id, and the rows behind them, read at once and held together."""
    decisions = list(
        db.session.scalars(
            select(Decision).where(Decision.id.in_(decision_ids)).options(*THEIR_NAMES)
        )
    )
    enrolled = (
        select(Enrolment)
        .where(Enrolment.id.in_([one.enrolment_id for one in decisions]))
        .options(lazyload(Enrolment.user))
    )
    enrolments = db.session.scalars(enrolled).all()
    classes = select(TrainingClass).where(
        TrainingClass.id.in_({one.class_id for one in enrolments})
    )
    schemes = select(Scheme).where(Scheme.id.in_({one.scheme_id for one in decisions}))
    photos = select(Blob).where(
        Blob.id.in_([one.user.photo_blob_id for one in decisions if one.user.photo_blob_id])
    )
    kept: list[Any] = [*enrolments]
    for query in (classes, schemes, photos):
        kept += db.session.scalars(query).all()
    return {one.id: one for one in decisions}, kept


def _take_numbers(few: Few, actor_id: str, batch_id: str, now: datetime) -> None:
    """Take the numbers, and note where the files will be; committed before anything is drawn."""
    on = shanghai_date(now)
    districts = {plan.decision_id: plan.district for plan in few.plans}
    files_at = {plan.decision_id: plan.blob_id for plan in few.plans}
    try:
        taken = serials.take(
            districts, on, actor_id=actor_id, now=now, batch_id=batch_id, blob_ids=files_at
        )
    except CertificateError as error:
        raise Stops(_why(error)) from error
    db.session.commit()
    for plan in few.plans:
        one = taken[plan.decision_id]
        plan.contents = plan.contents.numbered(one.number, one.place)
        if one.left_behind:  # by a worker that was killed: named by no certificate
            blobs.remove_bytes(one.left_behind)


def _draw(few: Few, signer: Signer, now: datetime, *, trial: bool) -> bool:
    """Draw, sign and store each; True when there was no room for the next file."""
    for plan in few.plans:
        made = plan.contents
        try:
            if trial:
                plan.drawn = entering.attempt(made, signer, now)
            else:
                plan.drawn = entering.draw(made, signer, plan.blob_id, now)
        except CertificateError as error:
            few.said[plan.item_id] = ("failed", _why(error))
            continue
        except OSError:
            return True
    return False


def _keep_templates(few: Few, now: datetime) -> None:
    """Store a template that is new in a transaction of its own: its file must not be left unnamed."""
    drawn = [plan.drawn.stamped for plan in few.plans if plan.drawn is not None]
    for stamped in {one.template_sha256: one for one in drawn}.values():
        files.keep_template(stamped, now)
    db.session.commit()


def _write_down(few: Few, actor_id: str, now: datetime, *, trial: bool) -> None:
    """Check again under lock, enter the certificates, and note what became of each line."""
    drawn = [plan for plan in few.plans if plan.drawn is not None]
    ids = sorted(plan.decision_id for plan in drawn)
    decisions = {
        one.id: one
        for one in db.session.scalars(
            select(Decision)
            .where(Decision.id.in_(ids))
            .order_by(Decision.id)
            .options(lazyload(Decision.user))
            .with_for_update(of=Decision)
            .execution_options(populate_existing=True)
        )
    }
    if not trial:
        _stop_if_overtaken(drawn)
    held = noticing.holds([plan.enrolment_id for plan in drawn], shanghai_date(now))
    able: list[Plan] = []
    for plan in drawn:
        if decisions[plan.decision_id].state not in deciding.WAITING:
            few.said[plan.item_id] = ("skipped", _("这项提议已经有决定了。"))
        elif plan.enrolment_id in held:
            few.said[plan.item_id] = ("skipped", held[plan.enrolment_id])
        else:
            able.append(plan)
    made: Sequence[str | None] = [None] * len(able)
    if not trial:
        actor = db.session.get_one(User, actor_id)
        asked = [
            (decisions[plan.decision_id], plan.panel, plan.drawn)
            for plan in able
            if plan.drawn is not None
        ]
        made = entering.enter(asked, actor=actor, now=now)
    lines = [_line(plan.item_id, "done", "", one) for plan, one in zip(able, made, strict=True)]
    lines += [_line(item_id, state, why) for item_id, (state, why) in few.said.items()]
    if lines:
        db.session.execute(_LINE, lines)


def _stop_if_overtaken(drawn: Sequence[Plan]) -> None:
    """Stop where another run, begun when this one's claim ran out, took the numbers over.

    It may have removed files of this run, so nothing is entered. Asked under the proposals' lock,
    which taking numbers needs too. Raises jobs.Cancelled, which leaves the job to the other run.
    """
    own = {str(plan.contents.data.number): plan.blob_id for plan in drawn}
    noted = select(TakenNumber.number, TakenNumber.blob_id).where(TakenNumber.number.in_(own))
    if dict(db.session.execute(noted).all()) != own:
        db.session.rollback()
        for plan in drawn:
            blobs.remove_bytes(plan.blob_id)  # this run's own: named by no row
        raise jobs.Cancelled


def _line(item_id: str, state: str, why: str, certificate_id: str | None = None) -> dict[str, Any]:
    """Return what became of a line, as `_LINE` takes it."""
    return {"line": item_id, "state": state, "why": why[:400], "certificate_id": certificate_id}


def _why(error: Exception) -> str:
    """Return the sentence of a refusal without who is told: it is kept for whoever reads the list."""
    if isinstance(error, CertificateError):
        return error.zh
    if isinstance(error, CannotIssue):
        return error.sentence
    return str(_("本人的照片文件损坏了，请重新上传照片。"))
