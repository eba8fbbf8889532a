"""The wrong-answer notebook: in at the first mistake, out after right answers on two days."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import clock
from app.clock import shanghai_date
from app.extensions import db
from app.learning.notebook import kept_from
from app.models.learning import PracticeAnswer
from app.models.people import Role
from tests import factories

NOW = clock.now()


def days_ago(person, count):
    for row in db.session.scalars(select(PracticeAnswer)):
        row.answered_at -= timedelta(days=count)
    db.session.commit()


@pytest.mark.rows
def test_it_works(reader, trainee, edition, demo):
    in_lesson = f"/learn/{edition.id}/1.1/practice/p-one"
    assert "错题本是空的" in reader.page("/learn/notebook")
    reader.send(in_lesson, {"answer": "o2"})
    page = reader.page("/learn/notebook")
    assert "进门先做什么" in page
    assert "坐稳了再办事" not in page

    days_ago(trainee, 2)
    answer = reader.send("/learn/notebook/p-one", {"answer": "o1"})
    shown = reader.page(answer.location)
    assert "坐稳了再办事" in shown
    assert "进门先做什么" in reader.page("/learn/notebook")  # one day right is not enough
    reader.send("/learn/notebook/p-one", {"answer": "o1"})
    assert "已在 1 / 2 天做对" in reader.page("/learn/notebook")

    days_ago(trainee, 1)
    reader.send("/learn/notebook/p-one", {"answer": "o1"})
    assert "错题本是空的" in reader.page("/learn/notebook")


@pytest.mark.rows
def test_who_may(client, trainee, reader, edition, demo):
    reader.send(f"/learn/{edition.id}/1.1/practice/p-one", {"answer": "o2"})
    other = factories.user(Role.TRAINEE)
    client.sign_in(other)
    assert "进门先做什么" not in client.page("/learn/notebook")
    assert "坐稳了再办事" not in client.page("/learn/notebook?answered=p-one")
    assert client.send("/learn/notebook/p-one", {"answer": "o1"}).status_code == 404


ANSWERS = st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=12)


@given(ANSWERS)
def test_the_rule(steps):
    """Kept exactly when a wrong answer has fewer than two right days after it."""
    at, answers = NOW, []
    for right, days in steps:
        at += timedelta(days=days)
        answers.append(("q", "1.1", right, at))
    wrong = [place for place, (right, _days) in enumerate(steps) if not right]
    after = answers[wrong[-1] + 1 :] if wrong else []
    days_right = {shanghai_date(moment) for *_rest, moment in after}
    assert bool(kept_from(answers)) == (bool(wrong) and len(days_right) < 2)
