"""Practice: explained at once, kept, and never a question of the live pool (A7)."""

import pytest
from sqlalchemy import select

from app import clock
from app.extensions import db
from app.models.bank import Approval, QuestionEntry
from app.models.learning import LessonVersion, PracticeAnswer
from app.models.people import Role
from tests import factories

pytestmark = pytest.mark.rows
WHY_RIGHT, WHY_WRONG = "坐稳了再办事。", "排队时看不见老人。"
LIVE_WORDS = ("这是一道考试题", "考试题的正确选项", "考试题的解释", "考试题的要点")


def answers():
    return db.session.scalars(select(PracticeAnswer)).all()


@pytest.fixture
def path(edition):
    return f"/learn/{edition.id}/1.1/practice/p-one"


def test_it_works(reader, edition, demo, path):
    before = reader.page(f"/learn/{edition.id}/1.1")
    assert "进门先做什么" in before
    assert WHY_RIGHT not in before
    assert "样题" in before
    answer = reader.send(path, {"answer": "o2"})
    assert answer.location.endswith("#q-p-one")
    after = reader.page(answer.location)
    assert "这题没有答对" in after
    assert WHY_RIGHT in after
    assert WHY_WRONG in after
    assert "电话可以晚些打" not in after
    assert "人先坐稳，事再去办。" in after
    (row,) = answers()
    assert (row.right, row.response, row.lesson_code) == (False, "o2", "1.1")


def test_each_try_is_kept_and_can_be_done_again(reader, edition, demo, path):
    reader.send(path, {"answer": "o2"})
    assert WHY_RIGHT not in reader.page(f"/learn/{edition.id}/1.1?again=p-one")
    reader.send(path, {"answer": "o1"})
    assert sorted(row.right for row in answers()) == [False, True]
    assert "答对了" in reader.page(f"/learn/{edition.id}/1.1")


def test_multiple_choice_is_right_only_as_a_whole(reader, edition, demo):
    path = f"/learn/{edition.id}/1.1/practice/p-two"
    reader.send(path, {"answer": ["o1"]})
    reader.send(path, {"answer": ["o2", "o1"]})
    assert [row.right for row in sorted(answers(), key=lambda row: row.answered_at)] == [
        False,
        True,
    ]


@pytest.mark.parametrize("given", [{}, {"answer": ""}, {"answer": "o9"}])
def test_no_answer_is_not_marked(reader, edition, demo, path, given):
    answer = reader.send(path, given)
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "还没有判" in page
    assert WHY_RIGHT not in page
    assert answers() == []


def test_in_production_a_draft_is_not_practised(reader, edition, path):
    page = reader.page(f"/learn/{edition.id}/1.1")
    assert "进门先做什么" not in page
    assert "还在审核" in page
    assert reader.send(path, {"answer": "o1"}).status_code == 404


def test_in_production_an_approved_question_is_practised(reader, edition, path):
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "p-one")).one()
    entry.status = "active"
    for _ in range(2):
        db.session.add(
            Approval(
                version_id=entry.versions[0].id,
                reviewer_id=factories.user(Role.ITEM_REVIEWER).id,
                approves=True,
                given_at=clock.now(),
            )
        )
    db.session.commit()
    page = reader.page(f"/learn/{edition.id}/1.1")
    assert "进门先做什么" in page
    assert "样题" not in page
    reader.send(path, {"answer": "o1"})
    assert len(answers()) == 1


def test_a_retired_question_is_gone(reader, edition, demo, path):
    entry = db.session.scalars(select(QuestionEntry).where(QuestionEntry.code == "p-one")).one()
    entry.status = "retired"
    db.session.commit()
    assert "进门先做什么" not in reader.page(f"/learn/{edition.id}/1.1")
    assert reader.send(path, {"answer": "o1"}).status_code == 404


def test_a_live_question_reaches_no_trainee(reader, edition, demo):
    """Even when a lesson's stored front matter names one, by mistake or by somebody with SQL."""
    version = db.session.scalars(
        select(LessonVersion).where(LessonVersion.code == "1.1", LessonVersion.current)
    ).one()
    version.front = {**version.front, "practice": ["live-one", "p-one"]}
    db.session.commit()
    pages = [
        reader.page("/learn"),
        reader.page(f"/learn/{edition.id}/1.1"),
        reader.page("/learn/notebook?answered=live-one"),
    ]
    assert not [words for words in LIVE_WORDS for page in pages if words in page]
    for path in (
        f"/learn/{edition.id}/1.1/practice/live-one",
        "/learn/notebook/live-one",
    ):
        answer = reader.send(path, {"answer": "o1"})
        assert answer.status_code == 404
        assert not [words for words in LIVE_WORDS if words in answer.get_data(as_text=True)]
    assert answers() == []


def test_who_may(client, trainee, edition, demo, path):
    assert client.send(path, {"answer": "o1"}).status_code in (302, 401)
    client.sign_in(factories.user(Role.TRAINEE))
    assert client.send(path, {"answer": "o1"}).status_code == 404
    client.sign_in(factories.user(Role.INSTRUCTOR))
    assert client.send(path, {"answer": "o1"}).status_code == 404
    client.sign_in(trainee)
    elsewhere = f"/learn/{edition.id}/1.2/practice/p-one"
    assert client.send(elsewhere, {"answer": "o1"}).status_code == 404
    assert answers() == []
