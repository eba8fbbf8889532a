"""Facts every installation begins with: the sixteen districts of Shanghai.

Codes after GB/T 2260. Which of them are pilot districts is a dated setting
(`scheme.pilot_districts`), not a fact of this table.
"""

from __future__ import annotations

from sqlalchemy import select

from app.extensions import db, reading_only
from app.models.people import District

DISTRICTS = (
    ("310101", "黄浦区", "Huangpu"),
    ("310104", "徐汇区", "Xuhui"),
    ("310105", "长宁区", "Changning"),
    ("310106", "静安区", "Jing'an"),
    ("310107", "普陀区", "Putuo"),
    ("310109", "虹口区", "Hongkou"),
    ("310110", "杨浦区", "Yangpu"),
    ("310112", "闵行区", "Minhang"),
    ("310113", "宝山区", "Baoshan"),
    ("310114", "嘉定区", "Jiading"),
    ("310115", "浦东新区", "Pudong"),
    ("310116", "金山区", "Jinshan"),
    ("310117", "松江区", "Songjiang"),
    ("310118", "青浦区", "Qingpu"),
    ("310120", "奉贤区", "Fengxian"),
    ("310151", "崇明区", "Chongming"),
)


def load_districts() -> int:
    """Add the districts that are missing and commit. Returns how many; there they stay as they are."""
    with reading_only():
        known = set(db.session.scalars(select(District.code)))
        db.session.rollback()
    missing = [row for row in DISTRICTS if row[0] not in known]
    for code, name, name_en in missing:
        db.session.add(District(code=code, name=name, name_en=name_en))
    if missing:
        db.session.commit()
    return len(missing)
