"""The demonstration's open sitting as journeys use it: put people in, look at rows, start, choose."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import clock
from app.accounts import passwords
from app.demo import PASSWORD
from app.exams import papers
from app.exams.answers import standing
from app.extensions import db
from app.models.exams import AnswerEvent, Attempt, Booking, Sitting, TimeEntry
from app.models.people import User
from tests.journeys.visiting import Visitor, follow

_seats = itertools.count(300)


def new_candidate(inside: Flask, **booking: object) -> str:
    """Put a new candidate into the demonstration's open sitting; gives the sign-in name."""
    seat = next(_seats)
    now = clock.now()
    password_hash = passwords.make_hash(PASSWORD)
    with inside.app_context():
        sitting = db.session.scalars(
            select(Sitting).order_by(Sitting.closes_at.desc()).limit(1)
        ).one()
        user = User(
            name=f"考生{seat}",
            login_name=f"seat{seat}",
            password_hash=password_hash,
            created_at=now,
        )
        db.session.add(user)
        db.session.flush()
        db.session.add(
            Booking(
                sitting_id=sitting.id,
                user_id=user.id,
                seat=seat,
                ticket_number=f"journey{seat}",
                created_at=now,
                **booking,
            )
        )
        db.session.commit()
        papers.draw_missing(sitting, actor=None, now=now)
        db.session.commit()
        db.session.remove()
    return f"seat{seat}"


@contextmanager
def attempt_row(inside: Flask, login: str) -> Iterator[Attempt]:
    """Hold a candidate's attempt to look at or change; what was changed is committed."""
    with inside.app_context():
        yield db.session.scalars(
            select(Attempt).join(User, User.id == Attempt.user_id).where(User.login_name == login)
        ).one()
        db.session.commit()
        db.session.remove()


def attempt_of(inside: Flask, login: str) -> tuple[str, dict[int, object]]:
    """Return state and standing answers of a candidate's attempt, as the server holds them."""
    with attempt_row(inside, login) as attempt:
        return attempt.state, dict(standing(attempt))


def events_of(inside: Flask, login: str) -> list[tuple[int, int, int, bool]]:
    """Return the journal as (epoch, sequence, slot, late), in order."""
    with attempt_row(inside, login) as attempt:
        rows = db.session.scalars(
            select(AnswerEvent)
            .where(AnswerEvent.attempt_id == attempt.id)
            .order_by(AnswerEvent.epoch, AnswerEvent.sequence)
        )
        return [(row.epoch, row.sequence, row.slot, row.late) for row in rows]


def shorten(inside: Flask, login: str, seconds: int) -> None:
    """Move the deadline as a line of the time account would, so that the end is near."""
    with attempt_row(inside, login) as attempt:
        db.session.add(
            TimeEntry(
                attempt_id=attempt.id,
                kind="window",
                seconds=seconds,
                reason="旅程测试",
                at=clock.now(),
            )
        )
        attempt.deadline_at += timedelta(seconds=seconds)


def end_in(inside: Flask, login: str, seconds: int) -> None:
    """Let a candidate's time end so many seconds from now."""
    with attempt_row(inside, login) as attempt:
        left = (attempt.deadline_at - clock.now()).total_seconds()
    shorten(inside, login, seconds - round(left))


def start(visitor: Visitor, login: str) -> Page:
    """Sign in and start the exam."""
    visitor.sign_in(login)
    page = visitor.open("/exams/mine")
    follow(page, "text=进入候考页")
    page.check("[name=rules]")
    page.click("text=开始答题")
    page.wait_for_selector("body[data-ready=yes]")
    return page


def choose(page: Page, place: int) -> None:
    """Choose an option of the question on the screen and see it stored."""
    page.locator("#choices label").nth(place).click()
    expect(page.locator("#saved-line")).to_contain_text("已保存")
