"""Words for rules, their parts and their groups. Codes stay codes in the trail itself."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

GROUPS = {
    "scheme": _("试点与目标"),
    "training": _("培训"),
    "practicum": _("实训"),
    "evaluation": _("课程评价"),
    "notice": _("通知"),
    "lesson": _("课程"),
    "exam": _("理论考试"),
    "practical": _("实操考核"),
    "result": _("成绩"),
    "application": _("发证申请"),
    "award": _("发证决定"),
    "certificate": _("证书"),
    "renewal": _("续期"),
    "register": _("证书状态"),
    "complaint": _("投诉"),
    "directory": _("机构名录"),
    "hospital": _("医院接口"),
    "staff": _("工作人员"),
    "account": _("账号"),
    "consent": _("同意书"),
    "retention": _("保留期限"),
}
PARTS = {
    "zh": _("中文"),
    "en": _("英文"),
    "version": _("版本"),
    "prefix": _("编号开头的字母"),
    "serial_digits": _("序号位数"),
    "service": _("办理业务"),
    "identity_number": _("证件号码"),
    "photo_on_certificate": _("证书上的照片"),
    "photo_public": _("扫码时显示照片"),
    "register_public": _("公开登记里按机构查到"),
    "law": _("法律与职业道德"),
    "cpr": _("心肺复苏复训"),
    "infection": _("感染防控与安全"),
    "hospital": _("医院流程新变化"),
    "communication": _("沟通"),
    "elective": _("选修"),
    "year": _("年"),
    "month": _("月"),
    "day": _("日"),
    "from": _("从几点"),
    "until": _("到几点"),
    "register": _("取号报到"),
    "consult": _("陪同就诊"),
    "test": _("陪检查"),
    "payment": _("陪缴费"),
    "pharmacy": _("取药"),
    "handover": _("送达交接"),
    "health": _("健康证明"),
    "first_aid": _("急救培训证"),
    "work": _("工作或志愿服务证明"),
    "truth": _("材料真实"),
    "record": _("没有受过处罚"),
    "notice": _("知道要公示"),
    "suspended": _("暂停"),
    "withdrawn": _("撤销"),
    "safety": _("人身安全"),
    "investigation": _("投诉核查"),
    "first": _("第一次"),
    "second": _("第二次"),
    "last": _("最后一次"),
}
CHOICES = {
    "exam.multiple_choice_rule": {
        "all_or_nothing": _("全对才得分"),
        "missing_partly_wrong_zero": _("少选按比例得分，有错选不得分"),
    },
    "training.practical_lessons": {
        "all": _("全部实操课"),
        "countable": _("只限已编好的课"),
    },
}
MESSAGE_STATES = {
    "waiting": _("等待发送"),
    "sent": _("已发出"),
    "failed": _("没有发出"),
    "stopped": _("已停止"),
}
JOB_STATES = {
    "waiting": _("等待"),
    "running": _("进行中"),
    "done": _("已完成"),
    "failed": _("没有完成"),
    "cancelled": _("已取消"),
}
