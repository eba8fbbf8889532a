"""Dates in two languages, and claims a certificate of an association never makes."""

from datetime import date

import pytest

from certificates import wording
from tests.certificates.conftest import MakeData

SEPTEMBER, OCTOBER, JANUARY = date(2026, 9, 6), date(2026, 10, 18), date(2027, 1, 3)


@pytest.mark.parametrize(
    ("last", "zh", "en"),
    [
        (SEPTEMBER, "2026年9月6日", "on 6 September 2026"),
        (OCTOBER, "2026年9月6日至10月18日", "from 6 September to 18 October 2026"),
        (JANUARY, "2026年9月6日至2027年1月3日", "from 6 September 2026 to 3 January 2027"),
    ],
)
def test_periods(last: date, zh: str, en: str) -> None:
    assert wording.period_zh(SEPTEMBER, last) == zh
    assert wording.period_en(SEPTEMBER, last) == en


@pytest.mark.parametrize(
    "changes",
    [
        {"title_zh": "国家职业资格证书"},
        {"title_zh": "陪诊师职业技能 等级证书"},
        {"result_zh": "成绩合格，全国通用"},
        {"title_en": "National Vocational Qualification"},
        {"level_zh": "终身有效"},
    ],
)
def test_false_claims_are_refused(make_data: MakeData, changes: dict[str, str]) -> None:
    with pytest.raises(wording.WordingError) as refusal:
        make_data(**changes)
    assert refusal.value.zh.endswith("。")


@pytest.mark.parametrize(
    "changes",
    [
        {"masked_identity": "11010519491231002X"},
        {"training_until": date(2026, 9, 5)},
        {"valid_until": date(2026, 10, 31)},
        {"hours": 0},
    ],
)
def test_impossible_facts_are_the_callers_mistake(
    make_data: MakeData, changes: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"mask|before|hours"):
        make_data(**changes)
