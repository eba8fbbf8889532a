"""Made-up questions of every kind for benches: plausible Chinese, the same for the same number.

They are put together from clauses of the course and its practice questions, so that characters stand
beside each other as often as in real questions (searches and near-duplicates cost accordingly). No
question here makes sense, and none leaves a bench.
"""

from __future__ import annotations

import datetime
import random
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from question_bank import Blank, Choice, Criterion, NumericAnswer, Question
from question_bank.question import BANDS, LEVELS, Difficulty, Source, Writer

ROOT = Path(__file__).parent.parent
_CLAUSE = re.compile("[\u4e00-\u9fff]{5,16}(?=[，。；！？：、])")
DOMAINS = "ABCDEF"
LESSONS = tuple(f"{module}.{lesson}" for module in range(1, 9) for lesson in range(1, 13))
CLAUSES = tuple(f"{part}.{number}" for part in range(1, 10) for number in range(1, 13))
LIVE_SHARE, ACTIVE_SHARE = 0.8, 0.7
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


RELATIONS = _words("伯伯 阿姨 奶奶 爷爷 老师 师傅 先生 女士 大姐 大叔")
PLACES = _words(
    "门诊大厅 分诊台 挂号窗口 自助机旁 候诊区 诊室门口 抽血处 放射科登记处 药房窗口 急诊入口 "
    "住院部护士站 康复科走廊 眼科检查室 医保办事窗口 电梯口 停车场出口 无障碍通道 收费处 "
    "口腔科椅旁 透析中心 超声预约台 内镜室外 国际部前台 社区卫生站 日间手术室 病案复印处"
)
ASKS = _words(
    "陪诊师首先应当怎样做？ 下面哪一种做法合适？ 这时最要紧的是什么？ 你会怎样回答？ "
    "哪一项符合服务要求？ 接下来的一步是什么？ 要先核对什么？ 怎样记录才算完整？"
)
FIELDS = _words("血压 血糖 体温 心率 血氧 体重 腰围 空腹时间 服药剂量 候诊时间")
UNITS = _words("mmHg mmol/L ℃ 次/分 % 千克 厘米 小时 毫克 分钟")
TAGS = _words("复核过 常错 新规 重点 待换图 夜班 儿科 老年 急救 医保")


class Maker:
    """Makes question number n of a bank; the same seed gives the same bank."""

    def __init__(self, seed: int = 2026) -> None:
        self._seed = seed

    def question(self, number: int, **changes: Any) -> Question:
        """Return one question; `changes` win over what was made up."""
        chance = random.Random(f"{self._seed}-{number}")
        kind = chance.choices(list(KINDS), [share for share, _make in KINDS.values()])[0]
        common: dict[str, Any] = {
            "id": f"b{number:05}",
            "kind": kind,
            "pool": "live" if chance.random() < LIVE_SHARE else "practice",
            "domain": chance.choice(DOMAINS),
            "lesson": chance.choice(LESSONS),
            "level": chance.choice(LEVELS),
            "difficulty": Difficulty(chance.choice(BANDS)),
            "clauses": (chance.choice(CLAUSES),),
            "sources": (Source("s1", f"陪诊服务规范（第 {chance.randrange(1, 30)} 部分）"),),
            "explanation": f"{_sentence(chance)}{_sentence(chance)}",
            "review_by": datetime.date(2026, 1, 1) + datetime.timedelta(chance.randrange(900)),
            "writer": Writer("ai_drafted" if chance.random() < 0.2 else "human"),
        }
        question = Question(**{**common, **KINDS[kind][1](chance), **changes})
        return replace(question, parts=_parts(chance, question)) if kind == "case_set" else question


@lru_cache
def _clauses() -> tuple[str, ...]:
    """Return some fifteen thousand clauses of what ships with the product."""
    files = [*ROOT.glob("curricula/content/**/*.md"), *ROOT.glob("question_bank/content/**/*.yaml")]
    found = {clause for file in files for clause in _CLAUSE.findall(file.read_text("utf-8"))}
    return tuple(sorted(found))


def _person(chance: random.Random) -> str:
    return f"{chance.choice(SURNAMES)}{chance.choice(RELATIONS)}"


def _scene(chance: random.Random) -> str:
    return (
        f"{chance.randrange(18, 96)} 岁的{_person(chance)}在{chance.choice(PLACES)}，"
        f"{_clause(chance)}，{_clause(chance)}。"
    )


def _clause(chance: random.Random) -> str:
    return chance.choice(_clauses())


def _sentence(chance: random.Random) -> str:
    return f"{_clause(chance)}，{_clause(chance)}。"


def _stem(chance: random.Random) -> str:
    return _scene(chance) + chance.choice(ASKS)


def _choices(chance: random.Random, count: int, *, why: bool = True) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            f"o{n}",
            f"{_clause(chance)}，{_clause(chance)}",
            f"{_clause(chance)}，见 {chance.choice(LESSONS)}。" if why else "",
        )
        for n in range(1, count + 1)
    )


def _single(chance: random.Random) -> dict[str, Any]:
    options = _choices(chance, 4)
    return {"stem": _stem(chance), "options": options, "key": (chance.choice(options).id,)}


def _multiple(chance: random.Random) -> dict[str, Any]:
    options = _choices(chance, 5)
    right = sorted(chance.sample([one.id for one in options], chance.randrange(2, 5)))
    return {"stem": _stem(chance), "options": options, "key": tuple(right)}


def _true_false(chance: random.Random) -> dict[str, Any]:
    options = (
        Choice("true", "正确", _sentence(chance)),
        Choice("false", "错误", _sentence(chance)),
    )
    key = (chance.choice(("true", "false")),)
    return {"stem": f"{_scene(chance)}{_sentence(chance)}", "options": options, "key": key}


def _ordering(chance: random.Random) -> dict[str, Any]:
    items = _choices(chance, 5, why=False)
    order = tuple(chance.sample([one.id for one in items], len(items)))
    return {"stem": f"{_scene(chance)}请按先后排列。", "options": items, "key": order}


def _matching(chance: random.Random) -> dict[str, Any]:
    places = chance.sample(PLACES, 4)
    lefts = tuple(Choice(f"l{n}", place) for n, place in enumerate(places, 1))
    rights = _choices(chance, 4, why=False)
    pairs = tuple((left.id, right.id) for left, right in zip(lefts, rights, strict=True))
    stem = f"{_scene(chance)}请把地点和做法配对。"
    return {"stem": stem, "lefts": lefts, "options": rights, "pairs": pairs}


def _fill_in(chance: random.Random) -> dict[str, Any]:
    first, second = chance.sample(PLACES, 2)
    stem = f"{_scene(chance)}先到 {{{{b1}}}}，再到 {{{{b2}}}}。"
    blanks = (
        Blank("b1", (first,), why=_clause(chance)),
        Blank("b2", (second,), why=_clause(chance)),
    )
    return {"stem": stem, "blanks": blanks}


def _numeric(chance: random.Random) -> dict[str, Any]:
    place = chance.randrange(len(FIELDS))
    value = Decimal(chance.randrange(20, 2000)) / 10
    stem = f"{_scene(chance)}按单据，{FIELDS[place]}共是多少？"
    answers = (NumericAnswer(value, Decimal("0.5")),)
    return {"stem": stem, "answers": answers, "unit": UNITS[place]}


def _by_people(chance: random.Random) -> dict[str, Any]:
    rubric = tuple(Criterion(f"c{n}", _clause(chance), Fraction(2)) for n in range(1, 4))
    return {
        "stem": f"{_scene(chance)}请写出你会怎样说、怎样做。",
        "rubric": rubric,
        "model_answer": _sentence(chance) + _sentence(chance),
    }


def _upload(chance: random.Random) -> dict[str, Any]:
    return {**_by_people(chance), "accepts": ("audio", "picture")}


def _description(chance: random.Random) -> dict[str, Any]:
    return {"stem": _scene(chance) + _sentence(chance), "level": "", "difficulty": None}


def _case(chance: random.Random) -> dict[str, Any]:
    scene = "".join(_scene(chance) for _n in range(3))
    return {"scene": scene, "stem": "", "level": "", "difficulty": None}


def _parts(chance: random.Random, case: Question) -> tuple[Question, ...]:
    """Return three questions about a case: they share what belongs to the case as a whole."""
    return tuple(
        replace(
            case,
            id=f"{case.id}-{n}",
            kind="single_choice",
            scene="",
            level=chance.choice(LEVELS),
            difficulty=Difficulty(chance.choice(BANDS)),
            explanation=_sentence(chance),
            **{**_single(chance), "stem": chance.choice(ASKS)},
        )
        for n in range(1, 4)
    )


KINDS: dict[str, tuple[int, Callable[[random.Random], dict[str, Any]]]] = {
    "single_choice": (50, _single),
    "multiple_choice": (15, _multiple),
    "true_false": (12, _true_false),
    "case_set": (6, _case),
    "ordering": (3, _ordering),
    "matching": (3, _matching),
    "fill_in": (4, _fill_in),
    "numeric": (3, _numeric),
    "short_answer": (2, _by_people),
    "upload": (1, _upload),
    "description": (1, _description),
}
