"""Made-up questions of every kind for benches: plausible Chinese, the same for the same number.

They are grammatical and nothing more: no question here is true, and none leaves a bench.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from question_bank import Blank, Choice, Criterion, NumericAnswer, Question
from question_bank.question import BANDS, LEVELS, Difficulty, Source, Writer

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
EVENTS = _words(
    "说头晕站不稳 忽然右手拿不住水杯 找不到上次的报告 问能不能插队 担心药会不会冲突 "
    "不愿意脱鞋量身高 听不清叫号 想改到下午再做 说早上吃过饭了 问化验单怎么看 "
    "把医保卡落在家里 要你替他签字 走了几步就气短 说伤口有点渗血 记不清过敏的药名 "
    "反复打听还要等多久 抱怨队伍太长 忘了带病历本 觉得胸口发闷 腿脚不便怕上楼 "
    "和旁人争座位 怀疑被多收了钱 坚持先去吃早点 悄悄问病情有多重 接到亲戚催促的电话 "
    "指尖一直发麻 被雨淋湿了外套 认不出回家的路 嫌轮椅不干净 想把胶片送人"
)
ASKS = _words(
    "陪诊师首先应当怎样做？ 下面哪一种做法合适？ 这时最要紧的是什么？ 你会怎样回答？ "
    "哪一项符合服务要求？ 接下来的一步是什么？ 要先核对什么？ 怎样记录才算完整？"
)
DOES = _words(
    "核对 登记 询问 转告 收好 准备 查看 打印 复述 抄下 带齐 联系 擦净 扶稳 调低 解释 提醒 预约 取消 "
    "退还 比较 拍下 遮住 移开 等候 记住 交还 补办 归还 翻译"
)
THINGS = _words(
    "就诊时间 检查单 过敏史 家属电话 随身物品 轮椅刹车 叫号屏 缴费凭证 医生的话 药品说明 证件原件 "
    "派单机构 座椅扶手 患者左臂 空调温度 排队规矩 复诊日期 下午号源 重复项目 多收的押金 两张报告 "
    "现场情况 隐私部位 地上水渍 护士指引 停车位置 胶片袋子 就诊卡 借来的拐杖 外地口音 病房规定 "
    "输液速度 餐前血糖 手术同意书 救护通道 转诊手续 用药次数 陪护床位 出院小结 影像编号"
)
HOWS = _words(
    "再签名 并写在纸上 后告诉家属 请护士在场 慢慢来 不作评论 当面点清 用大字写明 先征得同意 留下底单 "
    "按次序放好 只说事实 随后回到原处 打给值班电话 让他自己决定 不替他拿主意 到窗口问清 用手机计时"
)
REASONS = _words(
    "这样耽误时间 这样最稳妥 这是别人的职责 容易听错 事后说不清 不合服务边界 安全放在前面 "
    "家属需要知道 病情可能变化 记录才有依据 患者有权自己决定 隐私要保护 规程没有允许 忙中容易出错"
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


def _person(chance: random.Random) -> str:
    return f"{chance.choice(SURNAMES)}{chance.choice(RELATIONS)}"


def _scene(chance: random.Random) -> str:
    return (
        f"{chance.randrange(18, 96)} 岁的{_person(chance)}在{chance.choice(PLACES)}"
        f"{chance.choice(EVENTS)}，又{chance.choice(EVENTS)}。"
    )


def _act(chance: random.Random) -> str:
    return f"{chance.choice(DOES)}{chance.choice(THINGS)}{chance.choice(HOWS)}"


def _sentence(chance: random.Random) -> str:
    return f"{_act(chance)}，{chance.choice(REASONS)}。"


def _stem(chance: random.Random) -> str:
    return _scene(chance) + chance.choice(ASKS)


def _choices(chance: random.Random, count: int, *, why: bool = True) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            f"o{n}",
            f"{_act(chance)}，{chance.choice(DOES)}{chance.choice(THINGS)}",
            f"{chance.choice(REASONS)}，见 {chance.choice(LESSONS)}。" if why else "",
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
        Blank("b1", (first,), why=chance.choice(REASONS)),
        Blank("b2", (second,), why=chance.choice(REASONS)),
    )
    return {"stem": stem, "blanks": blanks}


def _numeric(chance: random.Random) -> dict[str, Any]:
    place = chance.randrange(len(FIELDS))
    value = Decimal(chance.randrange(20, 2000)) / 10
    stem = f"{_scene(chance)}按单据，{FIELDS[place]}共是多少？"
    answers = (NumericAnswer(value, Decimal("0.5")),)
    return {"stem": stem, "answers": answers, "unit": UNITS[place]}


def _by_people(chance: random.Random) -> dict[str, Any]:
    rubric = tuple(Criterion(f"c{n}", _act(chance), Fraction(2)) for n in range(1, 4))
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
