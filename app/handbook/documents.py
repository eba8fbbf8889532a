"""The three documents of the scheme, generated from course, blueprint, stations and dated rules.

考试大纲 (what is examined), 评价方案 (how it is examined and decided), 专项职业能力考核规范 (the
four-part norm). Nothing in them is typed twice: a changed lesson, cell, station or rule changes them.
Chinese only: they are filed with Chinese offices. They are drafts of this scheme, no official norm,
and say so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from app.handbook.material import Material
from app.handbook.rules import Rules
from curricula import Station
from question_bank import KINDS, Blueprint, shown_number

DRAFT = "本文由课程、细目表、考站和规则设置自动生成，是本方案的草案，不是主管部门发布的文件。"
LEVELS = {"recall": "记忆", "use": "运用", "judgement": "判断"}


@dataclass(frozen=True)
class Block:
    """A paragraph (`words`), a list (`entries`) or a table (`columns` and `rows`)."""

    words: str = ""
    entries: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Section:
    """A numbered part of a document."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """One document; `name` is its address."""

    name: str
    title: str
    lede: str
    sections: tuple[Section, ...]


def main_stations(material: Material) -> list[Station]:
    """Return one draw of each station: draws of one station share heads and points."""
    return list({one.station: one for one in reversed(material.stations)}.values())[::-1]


def syllabus(material: Material, rules: Rules) -> Document:
    """考试大纲: what the theory paper and the stations ask, domain by domain."""
    table = _theory(material)
    course = material.course
    domains = tuple(
        Section(
            f"{letter}　{name}",
            (
                Block(
                    columns=("考点", "在哪几课", "考站"),
                    rows=tuple(
                        (
                            heading.label.zh,
                            "、".join(x.id for x in course.lessons if heading.id in x.headings),
                            "、".join(
                                dict.fromkeys(
                                    x.station for x in material.stations if heading.id in x.headings
                                )
                            )
                            or "—",
                        )
                        for heading in course.headings
                        if heading.domain == letter
                    ),
                ),
            ),
        )
        for letter, name in table.domains.items()
    )
    return Document(
        "syllabus",
        f"{course.title.zh}考试大纲（{course.edition} 版）",
        DRAFT,
        (
            Section("考试由两部分组成", (_parts(material, rules),)),
            Section("理论考试的题型和分值", (_weights(table), _level_block(table))),
            *domains,
            Section("实操考核的考站", (_station_table(material),)),
            Section("每一课考什么", (_objectives(material),)),
        ),
    )


def evaluation(material: Material, rules: Rules) -> Document:
    """评价方案: who may sit, how it is held, marked and decided."""
    table = _theory(material)
    return Document(
        "evaluation",
        f"{material.course.title.zh}评价方案（{material.course.edition} 版）",
        DRAFT,
        (
            Section("参加条件", (Block(entries=rules.entry()),)),
            Section("组成和合格线", (_parts(material, rules),)),
            Section(
                "理论考试",
                (
                    Block(entries=rules.theory()),
                    _weights(table),
                    _level_block(table),
                ),
            ),
            Section("实操考核", (Block(entries=_practical(material)), _station_table(material))),
            Section("一票否决", (_critical(material),)),
            Section("成绩、补考和复核", (Block(entries=rules.results()),)),
            Section("谁做什么，谁回避", (Block(entries=rules.separation()),)),
            Section("题库", (Block(entries=rules.bank()),)),
            Section("证书", (Block(entries=rules.certificate()),)),
        ),
    )


def norm(material: Material, rules: Rules) -> Document:
    """专项职业能力考核规范, in its four parts."""
    table = _theory(material)
    kit = dict.fromkeys(x.item for one in material.stations for x in one.kit.per_circuit)
    return Document(
        "norm",
        "老年人助医陪诊　专项职业能力考核规范",
        DRAFT,
        (
            Section(
                "一、定义",
                (
                    Block(
                        "陪老年人就医：接单评估、行前准备、接送、院内陪同、协助沟通和记录、"
                        "送回交接，并在突发情况时呼叫和配合医护。不替老人看病、用药、签字。"
                    ),
                ),
            ),
            Section(
                "二、适用对象",
                (Block("运用或准备运用本项能力从业、就业和提供志愿服务的人员。"),),
            ),
            Section(
                "三、能力标准与鉴定内容",
                (
                    Block(
                        columns=("领域", "能做到（操作规范）", "要知道（相关知识）", "理论比重"),
                        rows=tuple(_norm_row(material, table, x) for x in table.domains),
                    ),
                    Block("实操考核的内容和比重："),
                    _station_table(material),
                ),
            ),
            Section(
                "四、鉴定要求",
                (
                    Block("1. 申报条件", entries=("达到法定劳动年龄", *rules.entry())),
                    Block("2. 考评员", entries=_panel(material)),
                    Block("3. 鉴定方式和时间", entries=_times(material, rules)),
                    Block("4. 场地和设备", entries=tuple(kit)),
                ),
            ),
        ),
    )


DOCUMENTS: dict[str, tuple[str, Callable[[Material, Rules], Document]]] = {
    "syllabus": ("考试大纲", syllabus),
    "evaluation": ("评价方案", evaluation),
    "norm": ("专项职业能力考核规范", norm),
}


def _theory(material: Material) -> Blueprint:
    if material.theory is None:
        raise LookupError("the blueprint of the theory paper is missing")
    return material.theory


def _number(value: Fraction | int) -> str:
    return shown_number(Fraction(value))


def _parts(material: Material, rules: Rules) -> Block:
    table, stations = _theory(material), main_stations(material)
    minutes = stations[0].timing.perform_s // 60
    points = sum(one.points for one in stations)
    return Block(
        columns=("部分", "内容", "时间", "满分", "合格"),
        rows=(
            (
                "理论考试",
                f"{table.questions} 题",
                f"{rules.minutes} 分钟",
                _number(table.marks),
                f"{rules.pass_percent}%",
            ),
            (
                "实操考核",
                f"{len(stations)} 站",
                f"每站 {minutes} 分钟",
                str(points),
                f"{rules.practical_pass} 分，且没有关键错误",
            ),
        ),
    )


def _weights(table: Blueprint) -> Block:
    kinds = list(dict.fromkeys(cell.kind for cell in table.cells))
    rows = []
    for letter, name in table.domains.items():
        cells = {cell.kind: cell for cell in table.cells if cell.domain == letter}
        rows.append(
            (
                f"{letter} {name}",
                *(str(cells[kind].questions) if kind in cells else "—" for kind in kinds),
                _number(sum((cell.total for cell in cells.values()), Fraction(0))),
            )
        )
    totals = (str(sum(c.questions for c in table.cells if c.kind == kind)) for kind in kinds)
    rows.append(("合计", *totals, _number(table.marks)))
    return Block(columns=("领域", *(KINDS[kind].label for kind in kinds), "分值"), rows=tuple(rows))


def _level_block(table: Blueprint) -> Block:
    told = []
    for level, share in table.levels.items():
        least, most = share.at_least, share.at_most
        bounds = [f"至少 {_number(least)}%"] if least else []
        bounds += [f"至多 {_number(most)}%"] if most < 100 else []
        told.append(f"{LEVELS[level]}：{'，'.join(bounds) or '不限'}")
    return Block("思维层次的比例（按题算）：", entries=tuple(told))


def _station_table(material: Material) -> Block:
    draws: dict[str, list[str]] = {}
    for one in material.stations:
        draws.setdefault(one.station, []).append(one.title.zh)
    return Block(
        columns=("考站", "内容", "满分", "评分项目（分值）", "评分"),
        rows=tuple(
            (
                one.station,
                one.title.zh
                if len(draws[one.station]) == 1
                else f"抽一题：{'；'.join(draws[one.station])}",
                str(one.points),
                "、".join(f"{head.title} {head.points}" for head in one.checklist),
                "两人独立" if one.marking.two_markers else "一人",
            )
            for one in main_stations(material)
        ),
    )


def _objectives(material: Material) -> Block:
    return Block(
        columns=("课", "学完能做到"),
        rows=tuple(
            (f"{x.id} {x.title.zh}", "；".join(one.label.zh for one in x.objectives))
            for x in material.course.lessons
        ),
    )


def _practical(material: Material) -> tuple[str, ...]:
    stations = main_stations(material)
    timing = stations[0].timing
    paired = [one for one in stations if one.marking.two_markers]
    share = next((x.marking.chief_decides_above for x in paired), None)
    told = [
        f"{len(stations)} 站，每站 {timing.perform_s // 60} 分钟，换站 {timing.change_s // 60} 分钟，"
        "每一项按满档、半档、无的文字描述评分",
        f"{'、'.join(one.station for one in paired)} 由两名考评员独立评分取平均，其余各站一人评分",
        "每站另打五级整体评定，不看总分",
    ]
    if share is not None:
        told.append(f"两人相差超过该站满分的 {_number(share * 100)}%，由总考评决定；原分都保留")
    return tuple(told)


def _critical(material: Material) -> Block:
    """Say how many there are: their words tell what will happen in a station."""
    return Block(
        "出现一项关键错误，实操考核不合格，该站分数照记，便于补课。考评员要写下原话或动作和时间，"
        "由第二名考评员或总考评确认。条文写在评分表上，考前不公开。",
        columns=("考站", "关键错误"),
        rows=tuple(
            (one.station, f"{len(one.critical_errors)} 条") for one in main_stations(material)
        ),
    )


def _panel(material: Material) -> tuple[str, ...]:
    stations = main_stations(material)
    people = sum(2 if one.marking.two_markers else 1 for one in stations)
    return (
        f"一个考场的实操考核要 {people} 名考评员（单数，不少于 3 名）和一名总考评",
        "考评员看过校准录像并打过分；教过、同单位、亲属、曾有纠纷的考生，换人评",
    )


def _times(material: Material, rules: Rules) -> tuple[str, ...]:
    stations = main_stations(material)
    seconds = sum(x.timing.perform_s + x.timing.change_s for x in stations)
    return (
        f"理论考试：计算机闭卷，{rules.minutes} 分钟，{rules.pass_percent}% 合格",
        f"实操考核：{len(stations)} 站轮转，共 {seconds // 60} 分钟，满分"
        f" {sum(x.points for x in stations)} 分，{rules.practical_pass} 分合格，且没有关键错误",
    )


def _norm_row(material: Material, table: Blueprint, letter: str) -> tuple[str, ...]:
    tags = {heading.id: heading for heading in material.course.headings}
    own = [
        lesson
        for lesson in material.course.lessons
        if lesson.headings and tags[lesson.headings[0]].domain == letter
    ]
    can = [x.label.zh for one in own for x in one.objectives if x.level != "list"]
    knows = [one.label.zh for one in material.course.headings if one.domain == letter]
    share = sum((c.total for c in table.cells if c.domain == letter), Fraction(0)) / table.marks
    return (
        f"{letter} {table.domains[letter]}",
        "；".join(can) or "—",
        "、".join(knows),
        f"{_number(share * 100)}%",
    )
