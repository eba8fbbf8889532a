"""Rooms and seats: numbers that run on, changing places, dealing anew, and lists that are read."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app import clock
from app.accounts import identity
from app.exams import papers, rostering, seating
from app.exams.roster_lists import read_lines
from app.exams.seating import BadRooms, read_rooms
from app.extensions import db
from app.models.exams import Booking, SittingRoom
from app.models.people import Identity, Role, ScopeKind
from tests import factories
from tests.app.exams import bookable
from tests.app.exams.hall import Hall, build_late
from tests.app.training import rows

pytestmark = pytest.mark.rows


def act(hall: Hall, address: str, **data: str) -> str:
    """Have the office do something to the hall's sitting; returns the page that follows."""
    where = f"/exams/sittings/{hall.sitting_id}/{address}"
    reply = hall.browser(hall.manager).send(where, data, follow_redirects=True)
    assert reply.status_code == 200
    return reply.get_data(as_text=True)


def seats(hall: Hall) -> dict[int, str | None]:
    """Return the room's name by seat."""
    db.session.rollback()
    found = db.session.execute(
        select(Booking.seat, SittingRoom.name)
        .outerjoin(SittingRoom, SittingRoom.id == Booking.room_id)
        .where(Booking.sitting_id == hall.sitting_id)
    )
    return dict(found.all())


def test_numbers_run_on_from_room_to_room(hall: Hall) -> None:
    build_late(hall)
    html = act(hall, "rooms", rooms="301 考场 2\n302 考场，30座\n")
    assert "1 到 2 座" in html
    assert "3 到 32 座" in html
    assert seats(hall) == {1: "301 考场", 2: "301 考场", 3: "302 考场"}


@pytest.mark.parametrize(
    ("rooms", "sentence"),
    [
        ("301 考场 1", "已经排到第 2 座"),
        ("301 考场", "第 1 行请写成"),
        ("301 考场 10\n302 考场 -5", "第 2 行请写成"),
        ("301 考场 0", "请填 1 到 500"),
        ("301 考场 10\n301 考场 20", "写了两次"),
        ("场" * 61 + " 10", "考场名太长"),
    ],
)
def test_rooms_that_cannot_be(hall: Hall, rooms: str, sentence: str) -> None:
    act(hall, "rooms", rooms="301 考场 9")
    assert sentence in act(hall, "rooms", rooms=rooms)
    assert seats(hall) == {1: "301 考场", 2: "301 考场"}


def test_reading_rooms() -> None:
    assert read_rooms("") == []
    assert read_rooms("\n教学楼 A 座 301 30\n") == [seating.RoomPlan("教学楼 A 座 301", 30)]
    with pytest.raises(BadRooms, match="一场最多"):
        read_rooms("\n".join(f"考场{n} 1" for n in range(100)))


def test_two_people_change_places(hall: Hall) -> None:
    act(hall, "rooms", rooms="301 考场 1\n302 考场 3")
    first, second = hall.bookings
    assert "现在坐 2 座" in act(hall, f"bookings/{first}/seat", seat="2")
    assert (hall.booking(1).seat, hall.booking(2).seat) == (2, 1)
    assert "没有第 5 座" in act(hall, f"bookings/{second}/seat", seat="5")
    assert "没有第 -1 座" in act(hall, f"bookings/{second}/seat", seat="-1")
    assert "请填整数" in act(hall, f"bookings/{second}/seat", seat="x")
    assert "现在坐 4 座" in act(hall, f"bookings/{second}/seat", seat="4")
    assert seats(hall) == {2: "302 考场", 4: "302 考场"}


def test_dealing_all_seats_anew(hall: Hall) -> None:
    for _number in range(6):
        build_late(hall)
    act(hall, "rooms", rooms="301 考场 5\n302 考场 5")
    orders = set()
    for _time in range(4):  # eight people: four deals alike come once in 40320³
        assert "座位已重新排过" in act(hall, "seats")
        assert sorted(seats(hall)) == [1, 2, 3, 4, 5, 6, 7, 8]
        by_seat = select(Booking.id).order_by(Booking.seat)
        orders.add(tuple(db.session.scalars(by_seat)))
    assert len(orders) > 1
    assert list(seats(hall).values()).count("302 考场") == 3


def test_nothing_moves_once_somebody_writes(hall: Hall) -> None:
    papers.draw_missing(hall.sitting, actor=None, now=clock.now())
    db.session.commit()
    hall.started()
    assert "已经有人开始答题" in act(hall, "seats")
    assert "已经有人开始答题" in act(hall, "rooms", rooms="301 考场 50")
    assert "不能换座位号" in act(hall, f"bookings/{hall.bookings[1]}/seat", seat="1")


def test_a_list_of_people(hall: Hall) -> None:
    """Found by phone, sign-in name and document; everybody else named by line with the reason."""
    training_class = rows.training_class()
    ready = [bookable.ready(training_class) for _number in range(3)]
    nearly, here = rows.enrol(training_class), hall.booking().user
    rows.enrol(training_class, here)
    ready[1].user.login_name = "reader7"
    outsider = factories.user(Role.TRAINEE)
    names = [one.user.name for one in ready]
    phones = [one.user.phone for one in ready]
    lines = [
        "序号 姓名 手机",
        f"1\t{names[0]}\t{phones[0]}",
        "reader7",
        f"{names[0]} {phones[0]}",
        f"别人 {phones[2]}",
        "13999999999",
        f"{nearly.user.phone}",
        f"{here.phone}",
        f"{outsider.phone}",
        "310110199003070000",
        f"{phones[0]} {phones[1]}",
        f"{phones[2]}",
        f"{nearly.user.phone}",
    ]
    db.session.commit()
    html = act(hall, "people", people="\n".join(lines))
    assert "加进名单 3 人" in html
    assert "10 人没有加进名单" in html
    assert "和第 7 行是同一个人" not in html  # who was refused there takes no seat
    for sentence in (
        "第 1 行 序号姓名手机：只有姓名",
        "第 4 行",
        "和第 2 行是同一个人",
        "号码和姓名对不上",
        "第 6 行 139****9999：查不到这个人",
        "登记证件信息：还没登记",
        "已经在名单上",
        "第 10 行 310***********0000：查不到这个人",
        "写了不止一个号码",
    ):
        assert sentence in html, sentence
    assert "13999999999" not in html
    assert outsider.phone not in html
    assert sorted(seats(hall)) == [1, 2, 3, 4, 5]


def test_found_by_document(hall: Hall) -> None:
    person = bookable.ready()
    row = db.session.scalars(select(Identity).where(Identity.user_id == person.user_id)).one()
    row.match_hash = next(one for one in identity.hashes("E12345678"))
    db.session.commit()
    assert "加进名单 1 人" in act(hall, "people", people="e12345678")


def test_an_empty_or_endless_list(hall: Hall) -> None:
    assert "名单是空的" in act(hall, "people", people=" \n ")
    with pytest.raises(rostering.CannotBook, match="一次最多 1000 行"):
        read_lines("13900000000\n" * 1001)


def test_no_more_than_there_are_seats(hall: Hall) -> None:
    act(hall, "rooms", rooms="301 考场 3")
    training_class = rows.training_class()
    people = [bookable.ready(training_class) for _number in range(2)]
    assert len(people) == 2
    html = act(hall, "roster", training_class=training_class.id)
    assert "加进名单 1 人" in html
    assert "座位已经排满" in html


def test_people_of_other_districts_are_unknown(hall: Hall) -> None:
    factories.district("310115")
    far = bookable.ready(rows.training_class(district_code="310115"))
    phone = far.user.phone
    near = factories.user(Role.EXAM_MANAGER, scope=(ScopeKind.DISTRICT, factories.DISTRICT))
    reply = hall.browser(near.id).send(
        f"/exams/sittings/{hall.sitting_id}/people", {"people": phone}
    )
    assert "查不到这个人" in reply.get_data(as_text=True)
