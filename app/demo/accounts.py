"""The demonstration's accounts: one for each role, and trainees at three stations of the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.accounts import granting, passwords, registering
from app.extensions import db
from app.models.people import Role, ScopeKind, User

# Printed by `script/server`: there is nothing here to protect, and nothing else has it.
PASSWORD = "peizhen-2026-demo"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """A sign-in name with the person behind it and what it is for."""

    login: str
    name: str
    role: Role
    zh: str
    en: str


# New ones go at the end: the number in the row makes the telephone number.
ACCOUNTS = (
    Account(
        "new", "许兰", Role.TRAINEE, "新学员：用班级码 DEMO2026 加入班级", "joins a class by code"
    ),
    Account("learner", "沈月", Role.TRAINEE, "在学：还有课没学完", "has lessons left to read"),
    Account("trainee", "林秋", Role.TRAINEE, "可以马上考试", "can sit the exam now"),
    Account("holder", "周安", Role.TRAINEE, "已持证", "holds a certificate"),
    Account("writer", "顾文", Role.ITEM_WRITER, "命题", "writes questions"),
    Account("reviewer1", "方审", Role.ITEM_REVIEWER, "审题", "approves questions"),
    Account("reviewer2", "严阅", Role.ITEM_REVIEWER, "审题", "approves questions"),
    Account("clinical", "裘医", Role.CLINICAL_REVIEWER, "临床审题", "approves as a clinician"),
    Account("legal", "法正", Role.LEGAL_REVIEWER, "法律审题", "approves as a lawyer"),
    Account("exams", "考文", Role.EXAM_MANAGER, "考务", "builds exams and sittings"),
    Account("teacher", "任教", Role.INSTRUCTOR, "任课教师", "teaches the class"),
    Account("training", "培远", Role.TRAINING_MANAGER, "教务", "runs classes"),
    Account(
        "institution", "管和", Role.INSTITUTION_MANAGER, "机构负责人", "manages an institution"
    ),
    Account("invigilator", "简考", Role.INVIGILATOR, "监考", "invigilates"),
    Account("examiner1", "石操", Role.EXAMINER, "实操考评", "examines practice"),
    Account("examiner2", "石平", Role.EXAMINER, "实操考评", "examines practice"),
    Account("marker", "尹卷", Role.MARKER, "阅卷", "marks by hand"),
    Account("registrar", "登册", Role.REGISTRAR, "提出发证", "proposes certificates"),
    Account("certifier", "定衡", Role.CERTIFIER, "公布成绩、决定发证", "releases and decides"),
    Account("district", "区行", Role.DISTRICT_OFFICER, "区民政", "oversees a district"),
    Account("auditor", "察实", Role.AUDITOR, "审计", "reads the trail"),
    Account("admin", "管理", Role.ADMINISTRATOR, "管理员", "manages people and rules"),
    Account("booker", "宋禾", Role.TRAINEE, "可以自己约考", "can book a seat in an exam"),
    Account("invigilator2", "简平", Role.INVIGILATOR, "监考", "invigilates"),
    Account(
        "paused",
        "潘宁",
        Role.TRAINEE,
        "证书暂停中，可以陈述和申诉",
        "suspended; may reply and appeal",
    ),
    Account(
        "proposed",
        "苏蔓",
        Role.TRAINEE,
        "已提出发证，正在公示",
        "proposed; on public notice",
    ),
)
DISTRICT = "310110"


def person(login: str) -> User:
    """Return a demonstration account."""
    return db.session.scalars(select(User).where(User.login_name == login)).one()


def make_accounts(now: datetime) -> None:
    """Make the accounts that are missing."""
    there = set(db.session.scalars(select(User.login_name)))
    password_hash = passwords.make_hash(PASSWORD)
    for number, account in enumerate(ACCOUNTS):
        if account.login in there:
            continue
        user = registering.open_account(
            name=account.name,
            phone=f"1990000{number:04d}",
            password_hash=password_hash,
            now=now,
            login_name=account.login,
        )
        if account.role is Role.TRAINEE:
            registering.add_role(user, Role.TRAINEE, ScopeKind.ALL, "", granted_by=None, now=now)
            continue
        in_district = account.role is Role.DISTRICT_OFFICER
        kind = ScopeKind.DISTRICT if in_district else ScopeKind.ALL
        granting.grant(
            user, account.role, kind, DISTRICT if in_district else "", actor=None, now=now
        )
