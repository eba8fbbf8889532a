"""What several pages of learning ask: one's own course, a lesson's text, a practice question."""

from __future__ import annotations

from flask import abort, current_app, request

from app import clock
from app.bank.answer_form import read_answer, typed_answer
from app.config import Settings
from app.errors import Refusal
from app.extensions import db
from app.learning import access, practice, reading
from app.learning.practice import Explained, PracticeQuestion
from app.learning.progress import CourseProgress
from app.models.learning import LessonVersion
from app.models.people import User


def own_course(user: User, edition_id: str) -> CourseProgress:
    """Return a course of one's own classes; an instructor's look leaves no trace: 404."""
    at = access.find_course(user, edition_id)
    if at.is_preview:
        abort(404)
    return at


def find_version(at: CourseProgress, code: str) -> LessonVersion:
    """Return the current text of a lesson, or answer 404."""
    return reading.find_version(at.edition, code) or abort(404)


def find_question(code: str) -> PracticeQuestion:
    """Return a practice question that may be shown, or answer 404."""
    asked = practice.find_questions([code], demo=demo(), now=clock.now())
    return asked.get(code) or abort(404)


def take_answer(user: User, asked: PracticeQuestion, lesson_code: str) -> Explained | None:
    """Keep the answer; when none could be taken, return the form with what was entered and why."""
    try:
        raw = read_answer(asked.shown, request.form)
        practice.answer_question(user, asked, raw, lesson_code, now=clock.now())
    except Refusal as refusal:
        db.session.rollback()
        tried = typed_answer(asked.shown, request.form)
        return practice.explain(asked, None, tried=tried, why_not=refusal.sentence)
    db.session.commit()
    return None


def demo() -> bool:
    """Tell whether this is a demonstration, in which drafts may be practised."""
    settings: Settings = current_app.config["PEIZHEN"]
    return settings.demo
