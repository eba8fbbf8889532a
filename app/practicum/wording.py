"""The words of the log: moments, hospitals, departments, tasks, states. Codes are what is stored."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

MOMENTS = {
    "met": _("接到老人"),
    "arrived": _("到院"),
    "ticket": _("取号"),
    "consult": _("进诊室"),
    "test": _("检查"),
    "test.in": _("检查：进去"),
    "test.out": _("检查：出来"),
    "pharmacy": _("取药"),
    "left": _("离院"),
    "handover": _("送达交接"),
}
LEVELS = {
    "tertiary": _("三级医院"),
    "secondary": _("二级医院"),
    "primary": _("一级医院"),
    "community": _("社区卫生服务中心"),
    "other": _("其他医疗机构"),
}
DEPARTMENTS = {
    "medicine": _("内科"),
    "surgery": _("外科、骨科"),
    "senses": _("眼、耳鼻喉、口腔"),
    "chinese": _("中医、康复"),
    "geriatric": _("老年科、全科"),
    "mind": _("神经、精神、记忆门诊"),
    "tumour": _("肿瘤"),
    "test": _("只做检查或取报告"),
    "emergency": _("急诊"),
    "other": _("其他科室"),
}
# The tasks of lesson 5.4's service record, with the care on the way and the hand-over.
TASKS = {
    "transfer": _("接送、转移、轮椅"),
    "register": _("取号报到"),
    "consult": _("陪同就诊"),
    "test": _("陪检查"),
    "payment": _("陪缴费"),
    "pharmacy": _("取药"),
    "errand": _("代办（合同写明的）"),
    "handover": _("送达交接"),
}
STATES = {
    "open": _("正在陪诊"),
    "ready": _("等签字"),
    "signed": _("已签字"),
    "refused": _("带教老师没有签"),
    "replaced": _("已有更正"),
    "dropped": _("作废"),
}
STATE_TAGS = {
    "open": "info",
    "ready": "wait",
    "signed": "ok",
    "refused": "stop",
    "replaced": "mute",
    "dropped": "mute",
}
SOURCES = {
    "server": _("服务器时间"),
    "device": _("手机报的时间（当时断网）"),
    "added": _("补记"),
}
PLACES = {"hospital": _("医院"), "institution": _("养老机构或服务机构")}
FINDS = {
    "name": _("像姓名"),
    "identity": _("像证件号"),
    "phone": _("像电话号码"),
    "number": _("像卡号或别的号码"),
}


def duration(minutes: int) -> str:
    """Return a length as 2 小时 5 分."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return str(gettext("%(n)d 分", n=rest))
    return str(gettext("%(hours)d 小时 %(rest)d 分", hours=hours, rest=rest))
