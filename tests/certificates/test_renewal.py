"""Renewal: windows, hours, practice, anniversaries; by example and by property."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates import renewal
from certificates.renewal import ELECTIVE, Asked, Entry, Practice, Window

ASKED = Asked(
    halves={
        "law": 8,
        "cpr": 8,
        "infection": 4,
        "hospital": 8,
        "communication": 8,
        ELECTIVE: 12,
    },
    halves_a_day=16,
    visits=30,
    visit_minutes=3600,
    volunteer_visits=10,
)
UNTIL = date(2029, 12, 31)
DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))
ENTRIES = st.lists(
    st.builds(
        Entry,
        st.sampled_from([*ASKED.halves, "something_else"]),
        st.dates(date(2027, 1, 1), date(2027, 1, 20)),
        st.integers(1, 40),
    ),
    max_size=25,
)


def test_the_worked_example_of_the_settings() -> None:
    assert renewal.opens_on(UNTIL, 90) == date(2029, 10, 2)
    assert renewal.closes_on(UNTIL, 180) == date(2030, 6, 29)


@pytest.mark.parametrize(
    ("day", "where"),
    [
        (date(2029, 10, 1), Window.EARLY),
        (date(2029, 10, 2), Window.OPEN),
        (UNTIL, Window.OPEN),
        (date(2030, 1, 1), Window.GRACE),
        (date(2030, 6, 29), Window.GRACE),
        (date(2030, 6, 30), Window.OVER),
    ],
)
def test_each_boundary_day_belongs_to_the_time_before_it_closes(day: date, where: Window) -> None:
    assert renewal.window(UNTIL, 90, 180, day) is where


def test_without_an_end_there_is_no_renewal() -> None:
    assert renewal.window(None, 90, 180, UNTIL) is Window.NEVER


@given(DAYS, st.integers(0, 400), st.integers(0, 400), DAYS)
def test_windows_follow_one_another(until: date, opens: int, grace: int, day: date) -> None:
    order = [Window.EARLY, Window.OPEN, Window.GRACE, Window.OVER]
    first = renewal.window(until, opens, grace, day)
    second = renewal.window(until, opens, grace, day + timedelta(days=1))
    assert order.index(first) <= order.index(second)


def _all(hours: dict[str, int]) -> dict[str, int]:
    return {**dict.fromkeys(ASKED.halves, 0), **hours}


def test_what_is_too_much_counts_as_elective_and_never_the_other_way() -> None:
    assert renewal.missing(_all({"law": 48}), ASKED) == {
        "cpr": 8,
        "infection": 4,
        "hospital": 8,
        "communication": 8,
    }
    assert renewal.missing(_all({ELECTIVE: 48}), ASKED) == {
        "law": 8,
        "cpr": 8,
        "infection": 4,
        "hospital": 8,
        "communication": 8,
    }
    assert renewal.missing(dict(ASKED.halves), ASKED) == {}


def test_of_one_day_no_more_counts_than_the_rule_says() -> None:
    day = date(2028, 5, 1)
    found = renewal.counted([Entry("law", day, 12), Entry("cpr", day, 12)], ASKED, day, day)
    assert (found["law"], found["cpr"]) == (12, 4)


@given(ENTRIES)
def test_never_more_is_counted_than_was_done(entries: list[Entry]) -> None:
    since, until = date(2027, 1, 3), date(2027, 1, 15)
    found = renewal.counted(entries, ASKED, since, until)
    inside = [one for one in entries if since <= one.day <= until]
    days = {one.day for one in inside}
    assert sum(found.values()) == sum(
        min(ASKED.halves_a_day, sum(one.halves for one in inside if one.day == day)) for day in days
    )
    assert set(found) == set(ASKED.halves)


@given(ENTRIES)
def test_what_is_missing_is_exactly_what_would_fill_it(entries: list[Entry]) -> None:
    found = renewal.counted(entries, ASKED, date(2027, 1, 1), date(2027, 1, 20))
    owed = renewal.missing(found, ASKED)
    assert all(amount > 0 for amount in owed.values())
    filled = {name: found[name] + owed.get(name, 0) for name in found}
    assert renewal.missing(filled, ASKED) == {}
    for name in owed:
        assert renewal.missing({**filled, name: filled[name] - 1}, ASKED)


@pytest.mark.parametrize(
    ("practice", "volunteer", "enough"),
    [
        (Practice(30, 0), False, True),
        (Practice(29, 3599), False, False),
        (Practice(1, 3600), False, True),
        (Practice(10, 0), True, True),
        (Practice(9, 9999), True, False),
    ],
)
def test_practice(practice: Practice, volunteer: bool, enough: bool) -> None:
    assert renewal.practised_enough(practice, ASKED, volunteer=volunteer) is enough


def test_early_keeps_the_anniversary() -> None:
    new = renewal.renewed_until(
        UNTIL, 3, renewed_on=date(2029, 10, 2), late_keeps_anniversary=False
    )
    assert new == date(2032, 12, 31)


def test_late_counts_from_the_anniversary_or_anew() -> None:
    late = date(2030, 3, 1)
    kept = renewal.renewed_until(UNTIL, 3, renewed_on=late, late_keeps_anniversary=True)
    anew = renewal.renewed_until(UNTIL, 3, renewed_on=late, late_keeps_anniversary=False)
    assert (kept, anew) == (date(2032, 12, 31), date(2033, 2, 28))


@given(DAYS, st.integers(1, 10), st.integers(0, 400), st.booleans())
def test_renewing_earlier_never_gives_more_or_less(
    until: date, years: int, days: int, late_keeps: bool
) -> None:
    on = until - timedelta(days=days)
    new = renewal.renewed_until(until, years, renewed_on=on, late_keeps_anniversary=late_keeps)
    on_the_last = renewal.renewed_until(
        until, years, renewed_on=until, late_keeps_anniversary=late_keeps
    )
    assert new == on_the_last > until


@given(DAYS, st.integers(1, 10))
def test_a_validity_of_whole_years_ends_the_day_before_its_anniversary(
    first: date, years: int
) -> None:
    after = renewal.last_day(first, years) + timedelta(days=1)
    if (first.month, first.day) == (2, 29) and after.day != 29:
        assert (after.month, after.day) == (3, 1)
    else:
        assert (after.month, after.day) == (first.month, first.day)
    assert after.year == first.year + years


@given(st.integers(0, 100))
def test_the_lot_falls_to_so_many_percent(percent: int) -> None:
    assert sum(renewal.is_audited(lot, percent) for lot in range(renewal.LOTS)) == percent * 100


@pytest.mark.parametrize("lot", [-1, renewal.LOTS])
def test_no_lot_outside_the_drum(lot: int) -> None:
    with pytest.raises(ValueError, match=str(lot)):
        renewal.is_audited(lot, 10)
