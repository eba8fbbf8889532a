"""A small course with its practice questions, and somebody who studies by it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import clock
from app.bank.versions import FROM_FILES, add_version, make_current
from app.extensions import db
from app.models.bank import QuestionEntry
from app.models.learning import CourseEdition
from app.models.people import Role, User
from question_bank import read_questions
from tests import factories
from tests.app.learning.rows import QUESTIONS, SmallCourse, enrol, make_class
from tests.client import PageClient


@pytest.fixture
def small(tmp_path: Path) -> SmallCourse:
    return SmallCourse(tmp_path)


@pytest.fixture
def questions(app: Flask) -> None:
    """Two practice questions and a live one in the bank."""
    report = read_questions(QUESTIONS.encode(), "q.yaml")
    assert report.is_clean, report.problems
    now = clock.now()
    for question in report.questions:
        entry = QuestionEntry(
            code=question.id, pool=question.pool, origin=FROM_FILES, created_at=now
        )
        make_current(entry, question, 1, now=now)
        db.session.add(entry)
        add_version(entry, question, 1, author=None, now=now)
    db.session.commit()


@pytest.fixture
def edition(questions: None, small: SmallCourse) -> CourseEdition:
    """The small course, synced."""
    report = small.sync()
    assert not report.problems
    return db.session.scalars(select(CourseEdition)).one()


@pytest.fixture
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run as a demonstration: drafts may be practised."""
    settings = replace(app.config["PEIZHEN"], demo=True)
    monkeypatch.setitem(app.config, "PEIZHEN", settings)


@pytest.fixture
def trainee(edition: CourseEdition) -> User:
    person = factories.user(Role.TRAINEE)
    enrol(person, make_class(edition))
    return person


@pytest.fixture
def reader(client: PageClient, trainee: User) -> PageClient:
    """The browser of a trainee in a class."""
    return client.sign_in(trainee)
