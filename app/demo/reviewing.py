"""The demonstration's bank: shipped questions approved visibly, and one of its own at each stage.

What it approves is marked as its own for ever and counts nowhere else (`approving.demo_approve`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from app import clock
from app.bank import approving, commenting, handing_in, retiring, writing
from app.bank.reviewers import CLINICAL, LEGAL, fields_needed
from app.demo.accounts import person
from app.extensions import db
from app.models.bank import QuestionEntry, QuestionVersion
from app.models.people import User
from question_bank import Choice, Question

BY_FIELD = {CLINICAL: "clinical", LEGAL: "legal"}
PLAIN = ("reviewer1", "reviewer2")
REHEARSED = ("single_choice", "true_false", "multiple_choice", "fill_in")
"""Kinds of practice questions that the mock exam asks; the others stay specimens."""


@dataclass(frozen=True)
class Sample:
    """A question the demonstration's writer wrote, and how far it has come."""

    stage: str
    domain: str
    lesson: str
    level: str
    stem: str
    options: tuple[tuple[str, str], ...]
    """The right one first; each with why it is right or tempts."""
    why: str
    due_in: int | None = None
    """Days from now to its review date."""
    first_stem: str = ""
    """What the first version asked, where there are two."""


SAMPLES = (
    Sample(
        "draft",
        "F",
        "6.1",
        "use",
        "奶奶听力不好，又不愿戴助听器。候诊时护士隔着柜台说话，陪诊师怎样帮她最好？",
        (
            ("请护士当面说慢一些，并把要点写下来", "当面、放慢、写下来，她自己能听懂。"),
            ("在她耳边大声重复每一句", "大声不等于听清，还会让旁人都听见。"),
            ("替她听完，回家再告诉她", "她没有当场听到，也没有机会问。"),
            ("请她回去戴好助听器再来", "愿不愿意戴由她自己决定。"),
        ),
        "先让老人自己听懂，再谈转述。",
    ),
    Sample(
        "returned",
        "E",
        "4.2",
        "recall",
        "老人第一次到这家医院看病，挂号前一般先做什么？",
        (
            ("用身份证件建档", "没有档案就挂不上号。"),
            ("先到诊室门口排队", "没有号，诊室不接待。"),
            ("先去药房问价", "这时还没有处方。"),
            ("先付住院押金", "门诊不用押金。"),
        ),
        "初诊先建档，再挂号。",
    ),
    Sample(
        "first_review",
        "B",
        "5.2",
        "use",
        "出门前十分钟，陪诊师发现老人忘了带病历本。最合适的做法是什么？",
        (
            ("和老人商量，时间够就回去拿，不够就先去并说明", "由老人决定，也不误号。"),
            ("不告诉老人，到医院再说", "瞒着会让老人当场着急。"),
            ("替老人取消今天的预约", "取消要由老人决定。"),
            ("自己凭记忆写一份病历", "病历不能由陪诊师编写。"),
        ),
        "少了东西，先告诉老人，再一起决定。",
    ),
    Sample(
        "waits_for_lawyer",
        "A",
        "1.2",
        "judgement",
        "家属请陪诊师在手术同意书上代为签字，说“你在场就行”。陪诊师应当怎样做？",
        (
            ("说明自己不能签，请医院联系老人本人或家属", "签字是老人和家属的权利。"),
            ("先签下，事后再告诉机构", "陪诊师签字没有授权。"),
            ("只签自己的名字，不写关系", "换个写法仍是代签。"),
            ("请同病房的人代签", "旁人更没有授权。"),
        ),
        "陪诊师不代签任何文书。",
    ),
    Sample(
        "final_review",
        "E",
        "4.3",
        "use",
        "叫号屏跳过了老人的号，老人说没听见。陪诊师先做什么？",
        (
            ("到分诊台说明过号，问怎样补叫", "过号怎样处理，由分诊台按医院规定办。"),
            ("直接推开诊室门问医生", "打断别人就诊。"),
            ("重新挂一个号", "多数医院过号可以补叫，不必重挂。"),
            ("在门口等到有人出来再进", "没有人知道你在等。"),
        ),
        "过号找分诊台。",
    ),
    Sample(
        "trial",
        "E",
        "4.3",
        "use",
        "老人要做空腹抽血和B超，两处都要排队。陪诊师怎样安排？",
        (
            (
                "先问两处各要等多久、哪一项要空腹，再和老人定次序",
                "次序看要求和等候，也要老人同意。",
            ),
            ("哪边人少先去哪边，不用问", "可能错过空腹的时限。"),
            ("先吃早饭再说", "空腹项目会作废。"),
            ("让老人一人去抽血，自己去排B超", "老人身边不能离人。"),
        ),
        "先问清要求，再排次序。",
    ),
    Sample(
        "trial",
        "E",
        "4.1",
        "recall",
        "老人到了医院，不知道该挂哪个科。陪诊师带他先问哪里？",
        (
            ("预检分诊台", "分诊台的护士按症状指科室。"),
            ("药房窗口", "药房只管取药。"),
            ("住院处", "住院处办入院手续。"),
            ("检验科", "检验科凭单检查。"),
        ),
        "不知道挂哪科，先问分诊。",
    ),
    Sample(
        "due",
        "E",
        "4.2",
        "recall",
        "用手机预约挂号时，陪诊师替老人填写个人信息，最要紧的是什么？",
        (
            ("由老人同意，并当面核对", "信息是老人的，填什么由他点头。"),
            ("用自己的手机号更方便", "通知会发到别人手里。"),
            ("截图发到同事群备份", "截图里有个人信息。"),
            ("先填错的，到医院再改", "信息不符就取不了号。"),
        ),
        "填信息要本人同意、当面核对。",
        due_in=30,
        first_stem="用手机预约挂号时，陪诊师替老人填写信息，最重要的是哪一项？",
    ),
    Sample(
        "overdue",
        "E",
        "4.4",
        "recall",
        "老人用医保卡付费后，要留好哪一样，方便以后报销补充保险？",
        (
            ("收费票据和费用清单", "补充保险多半要这两样。"),
            ("停车小票", "和看病费用无关。"),
            ("叫号单", "只用来排队。"),
            ("医院导览图", "哪里都能拿到。"),
        ),
        "留好票据和清单。",
        due_in=-5,
    ),
    Sample(
        "retired",
        "E",
        "4.2",
        "recall",
        "纸质病历本丢了，陪诊师应带老人到哪里补办？",
        (
            ("挂号或便民窗口", "补办在窗口。"),
            ("诊室", "诊室不卖病历本。"),
            ("检验科", "检验科不办。"),
            ("保安室", "保安不办。"),
        ),
        "补办在窗口。",
    ),
)


def approve_bank(now: datetime) -> None:
    """Take on and approve the shipped live questions and those of the mock exam, then bring our own to their stages."""
    waiting = db.session.scalars(
        select(QuestionVersion)
        .join(QuestionVersion.entry)
        .options(selectinload(QuestionVersion.approvals))
        .where(
            or_(
                QuestionEntry.pool == "live",
                and_(QuestionEntry.domain == "E", QuestionEntry.kind.in_(REHEARSED)),
            ),
            QuestionEntry.origin == "content",
            QuestionEntry.status.in_(("draft", *approving.IN_REVIEW)),
            QuestionVersion.number == QuestionEntry.current_number,
        )
    )
    writer = person("writer")
    reviewers = {name: person(name) for name in (*PLAIN, *BY_FIELD.values())}
    for version in waiting.all():
        _bring(version, "active", writer, reviewers, now)
    for number, sample in enumerate(SAMPLES, 1):
        code = f"demo-{number}"
        if db.session.scalar(select(QuestionEntry.id).where(QuestionEntry.code == code)) is None:
            _show(code, sample, writer, reviewers, now)


def _bring(
    version: QuestionVersion, status: str, writer: User, reviewers: dict[str, User], now: datetime
) -> None:
    """Hand a version in and let the people it needs approve it."""
    if version.entry.status == "draft":
        handing_in.hand_in(version, actor=writer, now=now)
    for reviewer in _chosen(version, reviewers, now):
        if version.entry.status in approving.IN_REVIEW:
            approving.demo_approve(version, reviewer, now, then=status)


def _chosen(version: QuestionVersion, reviewers: dict[str, User], now: datetime) -> list[User]:
    """Return those who have not spoken: of the fields that are needed first, then plain ones."""
    needed = sorted(fields_needed(version.entry, clock.shanghai_date(now)))
    said = {word.reviewer_id for word in version.approvals}
    names = (*(BY_FIELD[field] for field in needed), *PLAIN)
    return [reviewers[name] for name in names if reviewers[name].id not in said]


def _show(
    code: str, sample: Sample, writer: User, reviewers: dict[str, User], now: datetime
) -> None:
    """Write one of our own questions and take it as far as it shall be."""
    final = _question(code, sample, now)
    first = replace(final, stem=sample.first_stem, key=("o2",)) if sample.first_stem else final
    entry = writing.create(first, actor=writer, now=now)
    db.session.flush()
    if sample.first_stem:
        writing.save(entry, final, base=1, actor=writer, now=now)
    version = writing.get_version(entry, entry.current_number)
    plain, second = reviewers[PLAIN[0]], reviewers[PLAIN[1]]
    if sample.stage == "draft":
        return
    handing_in.hand_in(version, actor=writer, now=now)
    if sample.stage == "returned":
        note = "“一般”太宽，请写明是哪一类医院、有没有电子病历卡。"
        approving.return_to_author(version, note, actor=plain, now=now)
    elif sample.stage in ("final_review", "waits_for_lawyer"):
        approving.demo_approve(version, plain, now)
        words = "最后一个错误选项一眼就能排除，要不要换一个？"
        asked = commenting.comment(version, words, parent="", actor=plain, now=now)
        commenting.comment(
            version,
            "现场真有人这样做，想留着，请另一位再看。",
            parent=asked.id,
            actor=writer,
            now=now,
        )
    elif sample.stage != "first_review":
        status = "trial" if sample.stage == "trial" else "active"
        _bring(version, status, writer, reviewers, now)
    if sample.stage == "retired":
        retiring.retire(entry, "电子病历已经普及，这题不再考。", actor=second, now=now)


def _question(code: str, sample: Sample, now: datetime) -> Question:
    today = clock.shanghai_date(now)
    # The right option moves, so that it is not always the first.
    turn = int(code.rpartition("-")[2]) % len(sample.options)
    options = [
        Choice(f"o{place}", text, why) for place, (text, why) in enumerate(sample.options, 1)
    ]
    return Question(
        id=code,
        kind="single_choice",
        pool="live",
        domain=sample.domain,
        lesson=sample.lesson,
        level=sample.level,
        stem=sample.stem,
        options=(*options[-turn:], *options[:-turn]) if turn else tuple(options),
        key=("o1",),
        explanation=sample.why,
        review_by=None if sample.due_in is None else today + timedelta(days=sample.due_in),
    )
