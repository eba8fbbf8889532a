"""The status a family is told, at each edge of validity and after each kind of change."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.verdict import (
    NOT_FOUND,
    Standing,
    Status,
    StatusChange,
    Verdict,
    verdict,
    wording,
)

START, END = date(2026, 11, 1), date(2029, 10, 31)
GRACE = timedelta(days=180)


def at(day: date, hour: int = 4) -> datetime:
    """04:00 UTC is noon in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def judge(now: datetime, *changes: StatusChange, until: date | None = END) -> Verdict:
    return verdict(changes, valid_from=START, valid_until=until, grace=GRACE, now=now)


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (START - timedelta(days=1), Status.NOT_FOUND),
        (START, Status.VALID),
        (END, Status.VALID),
        (END + timedelta(days=1), Status.DUE),
        (END + GRACE, Status.DUE),
        (END + GRACE + timedelta(days=1), Status.EXPIRED),
    ],
)
def test_edges_of_validity(day: date, code: Status) -> None:
    assert judge(at(day)).code is code


def test_the_day_turns_at_midnight_in_shanghai() -> None:
    assert judge(datetime(2029, 10, 31, 15, 59, 59, tzinfo=UTC)).code is Status.VALID
    assert judge(datetime(2029, 10, 31, 16, 0, 0, tzinfo=UTC)).code is Status.DUE


def test_without_an_end_it_stays_valid() -> None:
    assert judge(at(date(2090, 1, 1)), until=None).code is Status.VALID


@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing.SUSPENDED, Status.SUSPENDED),
        (Standing.CANCELLED, Status.CANCELLED),
        (Standing.WITHDRAWN, Status.WITHDRAWN),
        (Standing.REPLACED, Status.REPLACED),
        (Standing.IN_FORCE, Status.VALID),
    ],
)
def test_a_change_counts_from_its_moment(standing: Standing, code: Status) -> None:
    moment = datetime(2027, 1, 5, 17, 0, tzinfo=UTC)
    change = StatusChange(moment, standing)
    assert judge(moment - timedelta(seconds=1), change).code is Status.VALID
    after = judge(moment, change)
    assert after.code is code
    if code is not Status.VALID:
        assert after.since == date(2027, 1, 6)


def test_the_latest_change_counts_whatever_the_order_of_rows() -> None:
    early = StatusChange(at(date(2027, 1, 1)), Standing.SUSPENDED)
    late = StatusChange(at(date(2027, 2, 1)), Standing.IN_FORCE)
    assert judge(at(date(2027, 3, 1)), late, early).code is Status.VALID
    assert judge(at(date(2027, 1, 15)), late, early).code is Status.SUSPENDED
    same = StatusChange(late.effective, Standing.WITHDRAWN)
    assert judge(at(date(2027, 3, 1)), late, same).code is Status.WITHDRAWN


def test_suspension_does_not_stop_the_clock() -> None:
    change = StatusChange(at(date(2029, 10, 1)), Standing.SUSPENDED)
    assert judge(at(END + GRACE), change).code is Status.SUSPENDED
    assert judge(at(END + GRACE + timedelta(days=1)), change).code is Status.EXPIRED


moments = st.integers(0, 5 * 365 * 24).map(
    lambda hours: at(date(2026, 1, 1)) + timedelta(hours=hours)
)
ledgers = st.lists(st.builds(StatusChange, moments, st.sampled_from(Standing)), max_size=6)


@given(ledgers, moments)
def test_nobody_is_valid_after_a_final_change(ledger: list[StatusChange], now: datetime) -> None:
    said = verdict(ledger, valid_from=START, valid_until=END, grace=GRACE, now=now)
    reached = [change for change in ledger if change.effective <= now]
    last = max(reached, key=lambda change: change.effective, default=None)
    unique = last and [c.effective for c in reached].count(last.effective) == 1
    if unique and last and last.standing is not Standing.IN_FORCE:
        assert not said.may_serve
    assert said.may_serve == (said.code is Status.VALID)


@given(ledgers, moments)
def test_a_future_change_changes_nothing(ledger: list[StatusChange], now: datetime) -> None:
    reached = [change for change in ledger if change.effective <= now]
    terms = {"valid_from": START, "valid_until": END, "grace": GRACE, "now": now}
    assert verdict(ledger, **terms) == verdict(reached, **terms)  # type: ignore[arg-type]


def test_every_status_has_its_own_words_and_a_shape() -> None:
    all_of_them = [wording(code) for code in Status]
    assert [v.zh for v in all_of_them] == [
        *("有效", "待续期", "暂停", "注销", "撤销", "过期", "已更换", "查不到")
    ]
    assert len({v.en for v in all_of_them}) == 8
    assert {v.tone for v in all_of_them} == {"ok", "wait", "stop", "info", "mute"}
    for v in all_of_them:
        assert v.sentence_zh.endswith("。")
        assert v.sentence_en.endswith(".")
    # Told apart without colour, save that 注销 and 撤销 share a sign by design.
    assert len({(v.shape, v.icon) for v in all_of_them}) == 7
    assert NOT_FOUND.since is None
