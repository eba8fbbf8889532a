"""What the public told the association's demonstration: reports of sites that imitate the check."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from app.checking import domains, reports
from app.checking.reports import Told
from app.demo.accounts import person
from app.extensions import db
from app.models.checking import SiteReport

TOLD = (
    Told(
        "http://peizhen-chaxun.example/c/0o1l",
        "医院门口发的卡片上的二维码，扫出来让填身份证号和银行卡号。",
        "13900000077",
    ),
    Told("zhengshu-peizhen.example", "搜索“陪诊证书查询”时排在第一个，页面和协会的很像。", ""),
    Told("xiehui.example/news/12", "转载了一篇介绍陪诊师的文章，不知道算不算假网站。", ""),
)


def tell_of_sites(now: datetime) -> None:
    """File three reports, the last of them answered, unless there are some."""
    domains.note(now)
    if db.session.scalar(select(SiteReport.id).limit(1)) is not None:
        return
    for days, told in enumerate(TOLD, 1):
        row = reports.file(told, now - timedelta(days=days))
    reports.handle(
        row, "harmless", "只是转载文章，没有查验功能。", actor=person("registrar"), now=now
    )
