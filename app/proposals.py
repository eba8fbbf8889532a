"""The rules as shipped (规则提议): what each is worth until somebody sets another value, and why.

Words and numbers alone: which value holds on a day is `rulebook`'s to say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Proposal:
    """A rule as shipped: its value until somebody sets another, and what it means."""

    value: Any
    zh: str
    en: str
    source: str = "本产品的提议，待方案所有者确认"


PROPOSALS: dict[str, Proposal] = {
    "scheme.pilot_districts": Proposal(
        ["310101", "310104", "310105", "310106", "310107", "310109", "310110", "310115", "310117"],
        "试点区代码",
        "Codes of the pilot districts",
        "沪民养老发〔2025〕2号",
    ),
    "scheme.target_per_district": Proposal(
        100,
        "每区持证人数目标",
        "Certified practitioners wanted per district",
        "沪民养老发〔2025〕2号",
    ),
    "training.hours": Proposal(36, "课时总数（每课时45分钟）", "Class hours of 45 minutes"),
    "training.half_day_hours": Proposal(
        4, "每个半天几课时；4 课时的半天，36 课时排九个", "Class hours in a half day: 36 make nine"
    ),
    "training.half_day_break_minutes": Proposal(
        30,
        "每个半天课间休息共几分钟；9:00 开始的半天，180 分钟课加 30 分钟休息，12:30 结束",
        "Minutes of breaks in a half day: from 9:00, 180 of lessons and 30 of breaks end at 12:30",
    ),
    "training.code_seconds": Proposal(
        5,
        "签到码几秒换一个；前一个还收一次换码的时间，5 秒的码最多 10 秒有效",
        "Seconds a sign-in code is shown; the former one is taken as long again: 5 gives 10 at most",
    ),
    "training.sign_window_minutes": Proposal(
        30,
        "开始前、结束后多少分钟内可以签到签退；9:00–12:30 的半天，8:30 到 13:00",
        "Minutes before and after a half day in which signing is open: 9:00–12:30 gives 8:30–13:00",
    ),
    "training.sign_tolerance_minutes": Proposal(
        10,
        "迟到或早退多少分钟以内不扣出勤；9:00 开始，9:10 前签到算准时",
        "Minutes late or early that cost no attendance: from 9:00, until 9:10 is in time",
    ),
    "training.attendance_percent": Proposal(90, "出勤率下限（%）", "Least attendance (%)"),
    "training.teacher_wall_months": Proposal(
        24,
        "任课后多少个月内不得参与发证决定、不得打开考试题",
        "Months a teacher stays behind the wall",
    ),
    "training.practical_lessons": Proposal(
        "all",
        "哪些实操课要签字：all 全部；countable 只限已编好的课",
        "Which practical lessons need a signature: all, or only those already written (countable)",
    ),
    "training.completion_list": Proposal(
        False,
        "报考前要在协会接受的结业名单上（否：名单照做，不作报考条件）",
        "The exam asks for an accepted completion list (no: lists are made, but open nothing)",
    ),
    "practicum.required": Proposal(
        False,
        "报考前要做满实训（否：照样记、照样看进度，不作报考条件）",
        "The exam asks for the practicum (no: it is logged and shown, but opens nothing)",
        "本产品的提议：试点方案没有写实训要做多少，待方案所有者确认",
    ),
    "practicum.hours": Proposal(
        8,
        "实训要满几个小时（每小时60分钟，只算签过字的；例：2次各4小时就够）",
        "Signed practicum hours wanted (of 60 minutes; two visits of 4 hours make 8)",
        "本产品的提议：试点方案没有写实训要做多少，待方案所有者确认",
    ),
    "practicum.tasks": Proposal(
        {"register": 2, "consult": 2, "test": 1, "payment": 1, "pharmacy": 1, "handover": 2},
        "实训里每样事要做过几次（例：pharmacy 为 1，就是至少一次陪着取药）",
        "Times each kind of task is wanted in the practicum (pharmacy 1: at least once)",
        "本产品的提议，事项取自课程5.3、5.4课，待方案所有者确认",
    ),
    "practicum.link_hours": Proposal(
        72,
        "带教签字的链接几小时内有效（例：72，周五发出，周一同一时间以前有效）",
        "Hours a supervisor's signing link is good",
    ),
    "notice.quiet_hours": Proposal(
        {"from": 21, "until": 8},
        "免打扰：几点到几点不发通知（例：21 到 8，晚上九点以后写下的早上八点发；一样就是不设）",
        "Quiet hours: no notices from, until (21 to 8; equal hours: none)",
    ),
    "evaluation.days": Proposal(
        30, "课程评价在结业后开放几天", "Days a class can be evaluated after it ended"
    ),
    "evaluation.least": Proposal(
        5,
        "评价满几份才显示结果，之后每满这么多份更新一次（例：5，第7份之后看到的还是5份）",
        "Answers from which an evaluation is shown; it is renewed each time as many more came",
    ),
    "lesson.minimum_seconds": Proposal(60, "一课最少阅读秒数", "Least seconds on a lesson"),
    "lesson.minimum_minutes": Proposal(
        0,
        "一课最少学习分钟数，按页面计时（0 表示不要求；课文自己写了的，照课文）",
        "Least counted minutes of study on a lesson (0: none; a lesson's own rule goes first)",
    ),
    "lesson.practice_percent": Proposal(
        0,
        "一课的练习题至少做对百分之几（0 表示不要求；课文自己写了的，照课文）",
        "Share of a lesson's practice questions to get right (0: none; its own rule goes first)",
    ),
    "lesson.idle_minutes": Proposal(
        3,
        "多少分钟没有翻动页面就停止计时",
        "Minutes without any movement after which study time stops",
    ),
    "lesson.presence_minutes": Proposal(
        12,
        "每学约多少分钟问一次“你在读哪一课”，答了才继续计时（0 表示不问）",
        "Minutes of study, more or less, after which a person is asked to answer (0: never)",
    ),
    "lesson.days_after_class": Proposal(
        0,
        "结班后几天内学习仍计时（0 表示只到结班那天）",
        "Days after the class in which study is still counted (0: until its last day)",
    ),
    "lesson.offline_minutes": Proposal(
        90,
        "一课离线阅读最多补记多少分钟（0 表示不补记）",
        "Most minutes of offline reading counted for a lesson (0: none)",
    ),
    "bank.supply_times": Proposal(
        5, "每格题库至少备几倍的题", "How many times over the bank should fill a cell"
    ),
    "bank.clinical_domains": Proposal(
        ["D"],
        "哪些领域的题，两位审题人中要有一位临床审题人（写领域字母）",
        "Domains whose questions need a clinical reviewer (by letter)",
    ),
    "bank.legal_domains": Proposal(
        ["A"],
        "哪些领域的题，两位审题人中要有一位法律审题人（写领域字母）",
        "Domains whose questions need a legal reviewer (by letter)",
    ),
    "bank.trial_first": Proposal(
        True, "终审通过后先试测（不计分），再启用", "Try a question unscored before it counts"
    ),
    "bank.review_notice_days": Proposal(
        90, "复核日期前多少天列入待办", "Days before its review date a question is listed as due"
    ),
    "bank.statistics_least": Proposal(
        30, "少于多少人答过时不看统计", "People below which answers say nothing about a question"
    ),
    "bank.exposure_cap": Proposal(
        0,
        "一道考试题在统计期内最多出现几次，到了就不再抽（0 表示不限）",
        "Times a live question may be shown in the window before it rests (0: no limit)",
    ),
    "bank.exposure_months": Proposal(
        12, "出现次数按最近几个月统计", "Months over which times shown are counted"
    ),
    "bank.exposure_step": Proposal(
        10,
        "出现次数每差多少次才算有先后，先抽出现少的",
        "Times shown that count alike when the least shown is drawn first",
    ),
    "bank.trial_questions": Proposal(
        0, "新建细目表时混入几道不计分的试测题", "Unscored trial questions in a new blueprint"
    ),
    "exam.minutes": Proposal(90, "理论考试分钟数", "Minutes of the theory exam"),
    "exam.pass_percent": Proposal(60, "理论考试及格线（%）", "Pass mark of the theory exam (%)"),
    "exam.grace_seconds": Proposal(
        10, "时间到后仍收答案的秒数", "Seconds answers are taken after the end"
    ),
    "exam.late_start_minutes": Proposal(
        30, "开考后多少分钟内可进场", "Minutes late starters are let in"
    ),
    "exam.change_until_hours": Proposal(
        48, "开考前多少小时以内，考生不能自己改场次", "Hours before the start when changing ends"
    ),
    "exam.cancel_until_hours": Proposal(
        24, "开考前多少小时以内，考生不能自己取消", "Hours before the start when cancelling ends"
    ),
    "exam.retake_wait_days": Proposal(
        30,
        "考过以后隔多少天才能再考同一门（0 表示不用等）",
        "Days to wait before a retake (0: none)",
    ),
    "exam.retake_yearly_maximum": Proposal(
        3,
        "同一门考试一年最多考几次（0 表示不限）",
        "Times a year one exam may be sat (0: no limit)",
    ),
    "exam.freeze_hours": Proposal(
        12,
        "开考前多少小时起冻结：这场用到的不能改，批量任务等考完",
        "Hours before a sitting from which what it uses is frozen and heavy jobs wait",
    ),
    "exam.multiple_choice_rule": Proposal(
        "all_or_nothing", "多选题计分规则", "Marking rule of multiple choice"
    ),
    "exam.rules": Proposal(
        {
            "version": "1",
            "zh": [
                "时间以服务器为准，页面上的钟只是显示。",
                "每次改动都会保存。断网时请继续答题，答案存在这部设备里，连上后自动送出。",
                "时间到后 {grace} 秒内送到的答案算数；之后送到的会保留并注明迟到，不计分，除非有专人写明理由予以采纳。",
                "离开答题页会记录次数和时长，只作记录，不会自动判违纪。",
                "交卷后不能再改。成绩审核后公布，不会当场显示。",
                "题目内容请勿外传。",
            ],
            "en": [
                "The server's clock counts; the clock on the page only shows it.",
                "Every change is saved. If the line drops, keep answering: answers wait on this device and go by themselves.",
                "Answers that arrive within {grace} seconds after the end count. Later ones are kept and marked late, and do not count unless a named person admits them with a reason.",
                "Leaving the page is noted with its length, never an automatic fail.",
                "After handing in nothing can be changed. Results are published after review, not at once.",
                "Please do not pass the questions on.",
            ],
        },
        "考试规则（考前确认）",
        "Exam rules accepted before the clock starts",
    ),
    "practical.pass_mark": Proposal(60, "实操考核及格分", "Pass mark of the practical assessment"),
    "result.kept_months": Proposal(12, "单科合格保留月数", "Months a passed part is kept"),
    "certificate.number_format": Proposal(
        {"prefix": "PZ", "serial_digits": 5}, "证书编号格式", "Format of the certificate number"
    ),
    "certificate.validity_years": Proposal(3, "证书有效年数", "Years a certificate is valid"),
    "certificate.grace_days": Proposal(180, "到期后待续期天数", "Days of grace after expiry"),
    "certificate.title": Proposal(
        {
            "zh": "为老服务陪诊师 培训考核合格证书",
            "en": "Accompaniment Practitioner for Elderly Services",
        },
        "证书名称",
        "Title on the certificate",
    ),
    "certificate.issuer": Proposal(
        {"zh": "（未设置发证机构）", "en": "(issuer not set)"}, "发证机构名称", "Name of the issuer"
    ),
    "certificate.complaints": Proposal(
        {"zh": "（未设置投诉方式）", "en": "(not set)"}, "投诉方式", "How to complain"
    ),
    "application.required": Proposal(
        False,
        "发证前要有本人的申请、并且已经接受（否：可以交申请，不作发证条件）",
        "A certificate asks for an accepted application (no: it can be handed in, but opens nothing)",
        "本产品的提议：试点方案没有写要不要本人申请，待方案所有者确认",
    ),
    "application.days": Proposal(
        20,
        "收到申请后几天内接受或退回，退回期间不算（例：20，11月1日交，11月21日前；中间退回过3天，到11月24日）",
        "Days in which an application is accepted or returned; days with the applicant do not count "
        "(20: handed in on the 1st, until the 21st; 3 days returned, until the 24th)",
        "本产品的提议，待方案所有者确认",
    ),
    "application.documents": Proposal(
        {"health": True, "first_aid": False, "work": False},
        "申请要附哪些材料（是：一定要有；否：有就附上）",
        "Documents of an application (yes: has to be there; no: may be added)",
        "本产品的提议：试点方案没有写要什么材料，待方案所有者确认",
    ),
    "application.declarations": Proposal(
        {
            "truth": {
                "version": "1",
                "zh": "我交的材料和写的内容都是真的。",
                "en": "What I hand in and write is true.",
            },
            "record": {
                "version": "1",
                "zh": "我没有因虐待、遗弃、盗窃、诈骗等侵害他人的行为被处罚过。",
                "en": "I have never been punished for harming others: abuse, neglect, theft, fraud.",
            },
            "notice": {
                "version": "1",
                "zh": "我知道发证前会公示隐去一个字的姓名，任何人可以提异议。",
                "en": "I know that my name, one character hidden, is published before the decision and that "
                "anybody may object.",
            },
        },
        "申请时本人要确认的话",
        "Declarations made in an application",
        "本产品的提议，待方案所有者确认",
    ),
    "award.notice_days": Proposal(
        0,
        "发证决定前公示几天（0 表示不要求公示；例：5，11月1日公示，11月5日最后一天提异议，11月6日起可以决定）",
        "Days of public notice before the decision (0: none asked; 5: published on the 1st, objections "
        "until the 5th, decided from the 6th)",
        "本产品的提议：试点方案没有写公示，通常的做法是5到7天，待方案所有者确认",
    ),
    "register.reply_before": Proposal(
        {"suspended": True, "withdrawn": True},
        "作决定前是否要先告知持证人、等他陈述（是：撤销要先告知，等到陈述或期满才能决定）",
        "Whether the holder is heard before the decision (yes: told first, then decided)",
        "本产品的提议：方案文件没有写程序，参照一般的告知和陈述申辩做法，待方案所有者确认",
    ),
    "register.at_once": Proposal(
        {"safety": True, "investigation": False},
        "哪些理由可以不先告知、立即暂停（safety 为是：危及老人人身安全，当场暂停，事后听陈述）",
        "Reasons that allow suspending at once, the holder being heard afterwards",
        "本产品的提议，待方案所有者确认",
    ),
    "register.reply_days": Proposal(
        7,
        "告知以后持证人有几天可以陈述（例：7，11月1日告知，11月8日当天还能写）",
        "Days a holder has to reply after being told (7: told on the 1st, until the 8th)",
        "本产品的提议，待方案所有者确认",
    ),
    "register.appeal_days": Proposal(
        15,
        "决定以后几天内可以申诉（例：15，11月1日决定，11月16日当天还能提）",
        "Days in which a decision can be appealed against (15: the 1st, until the 16th)",
        "本产品的提议，待方案所有者确认",
    ),
    "register.appeal_answer_days": Proposal(
        15,
        "申诉要在几天内答复，由没有作原决定的人办",
        "Days in which an appeal is answered, by somebody who did not decide",
        "本产品的提议，待方案所有者确认",
    ),
    "register.reminder_days": Proposal(
        {"first": 90, "second": 30, "last": 7},
        "到期前几天提醒持证人（各提醒一次；写 0 就是不提醒这一次）",
        "Days before the expiry on which holders are reminded, once each (0: not)",
    ),
    "complaint.accept_days": Proposal(
        3,
        "投诉收到后几天内受理（例：3，11月1日收到，11月4日前受理）",
        "Days in which a complaint is taken up (3: received on the 1st, until the 4th)",
        "本产品的提议，待方案所有者确认",
    ),
    "complaint.answer_days": Proposal(
        30,
        "投诉收到后几天内答复（搁置的天数不算）",
        "Days in which a complaint is answered (days on hold are not counted)",
        "本产品的提议，待方案所有者确认",
    ),
    "complaint.contact_days": Proposal(
        180,
        "投诉办结几天以后删除投诉人的联系方式",
        "Days after a case is closed when the complainant's contact is deleted",
        "本产品的提议，待方案所有者确认",
    ),
    "complaint.hourly_most": Proposal(
        20,
        "同一个上网出口一小时最多收几件投诉（医院里许多人共用一个出口，不要设得太小；满了请打电话）",
        "Complaints taken from one network address in an hour (hospitals share one; then by phone)",
    ),
    "renewal.opens_days": Proposal(
        90,
        "到期前多少天起可以交续期（例：90，有效期到2029年12月31日的，从2029年10月2日起能交）",
        "Days before the last day of validity from which a renewal is taken "
        "(90: valid until 31 December 2029, from 2 October 2029)",
    ),
    "renewal.hours": Proposal(
        {"law": 4, "cpr": 4, "infection": 2, "hospital": 4, "communication": 4, "elective": 6},
        "续期要的继续教育课时，按类（例：一共24课时；法律学了6课时，多出的2课时算选修）",
        "Class-hours a renewal asks, by category (24 in all; 6 of law give 2 to the electives)",
    ),
    "renewal.hours_a_day": Proposal(
        8,
        "一天最多算几课时（例：8，同一天记了10课时，算8课时）",
        "Most class-hours counted of one day (8: of 10 on one day, 8 count)",
    ),
    "renewal.visits": Proposal(
        30,
        "续期要的陪诊次数，次数和时间满一样就行（例：30，陪过30次，不看时间）",
        "Visits a renewal asks, unless the time is reached (30: thirty visits, however long)",
    ),
    "renewal.visit_hours": Proposal(
        60,
        "续期要的陪诊小时数，每小时60分钟（例：60，20次一共60小时，够了）",
        "Hours of visits a renewal asks instead (60: twenty visits of three hours are enough)",
    ),
    "renewal.volunteer_visits": Proposal(
        10,
        "志愿者续期要的陪诊次数（例：10，志愿者陪过10次就够）",
        "Visits asked of volunteers (10: ten visits are enough)",
    ),
    "renewal.audit_percent": Proposal(
        10,
        "续期随机抽查百分之几（例：10，每交一份抽一次签，十份里平均抽中一份，要逐条看证明）",
        "Share of renewals drawn for audit, in percent (10: one in ten on average, every line proved)",
    ),
    "renewal.late_keeps_anniversary": Proposal(
        True,
        "过期后在宽限期里续期，新证仍从原到期日接着算"
        "（例：是，2029年12月31日到期，2030年3月1日续期，新证到2032年12月31日；"
        "否，到2033年2月28日。到期前续期的总是接着算）",
        "A renewal in the days of grace keeps the anniversary (yes: run out on 31 December 2029, "
        "renewed on 1 March 2030, until 31 December 2032; no: until 28 February 2033)",
    ),
    "renewal.conduct": Proposal(
        {
            "version": "1",
            "zh": "我遵守陪诊服务规范：不作诊断，不代签字，不保管证件和钱物，不泄露老人的隐私。"
            "我交的课时和陪诊记录都是真的，愿意接受核查。",
            "en": "I keep to the norms of the service: no diagnosis, no signing for others, no keeping "
            "of cards or money, no telling of private matters. The hours and visits I hand in are "
            "true, and I accept that they are checked.",
        },
        "续期时签的行为守则",
        "Code of conduct signed at renewal",
    ),
    "directory.least_pilot": Proposal(
        1,
        "试点期间，服务机构至少要有几名证书有效的陪诊师（例：1，2026年6月有一名就符合）",
        "Practitioners with a valid certificate an institution needs in the pilot (1 in June 2026)",
        "沪民养老发〔2025〕2号",
    ),
    "directory.least_citywide": Proposal(
        5,
        "全市推开以后至少要有几名（例：5，2026年7月有四名就还差一名）",
        "Practitioners it needs once the service is citywide (5: in July 2026 four are one short)",
        "两篇英文报道的摘录，没有见到文件原文；“专业”是专职还是受过培训也不清楚，待核实",
    ),
    "directory.citywide_from": Proposal(
        {"year": 2026, "month": 7, "day": 1},
        "从哪天起按全市的人数算（例：2026年7月1日，6月30日还按试点的算）",
        "From which day the citywide number counts (1 July 2026: on 30 June the pilot's still does)",
        "两篇英文报道的摘录，没有见到文件原文，待核实",
    ),
    "hospital.requests_a_minute": Proposal(
        30,
        "医院接口：一把密钥一分钟最多问几次（例：30，第31次要等到下一分钟）",
        "Requests a minute for one hospital key (30: the 31st waits for the next minute)",
    ),
    "hospital.numbers_a_day": Proposal(
        5000,
        "医院接口：一把密钥一天最多查几个编号（例：5000，每次500个可以查10次）",
        "Numbers a day for one hospital key (5,000: ten requests of 500)",
    ),
    "staff.second_factor": Proposal(
        False, "工作人员必须用二次验证", "Staff must use a second factor"
    ),
    "staff.confirm_minutes": Proposal(
        10, "敏感操作前，密码确认有效分钟数", "Minutes a password confirmation lasts"
    ),
    "account.session_days": Proposal(14, "登录保持天数", "Days a sign-in lasts"),
    "consent.texts": Proposal(
        {
            "service": {
                "version": "1",
                "zh": "为办理培训、考试和发证，保存我的姓名、手机号、学习与考试记录。",
                "en": "Keep my name, phone number, learning and exam records for training, exams and certification.",
            },
            "identity_number": {
                "version": "1",
                "zh": "单独同意：加密保存我的证件号码，用于核对身份、防止重复建档。",
                "en": "Separately: keep my identity number, encrypted, to check who I am and avoid double records.",
            },
            "photo_on_certificate": {
                "version": "1",
                "zh": "单独同意：把我的照片印在证书上。",
                "en": "Separately: print my photo on the certificate.",
            },
            "photo_public": {
                "version": "1",
                "zh": "单独同意：扫我证书上的二维码时，显示我的照片。",
                "en": "Separately: show my photo to whoever scans my certificate.",
            },
            "register_public": {
                "version": "1",
                "zh": "单独同意：在公开登记里，按我所在的机构能查到我（姓名隐去一个字，只显示证书状态）。",
                "en": "Separately: let the public register list me under my organisation (one "
                "character of my name hidden, only the status of my certificate shown).",
            },
        },
        "各项同意的文字",
        "Texts of the consents",
    ),
    "retention.account": Proposal(3, "停用账号保留年数", "Years an unused account is kept"),
    "retention.training": Proposal(3, "培训记录保留年数", "Years training records are kept"),
    "retention.exam": Proposal(6, "考试记录保留年数", "Years exam records are kept"),
    "retention.register": Proposal(10, "证书到期后保留年数", "Years kept after a certificate ends"),
    "retention.audit": Proposal(6, "操作记录保留年数", "Years the audit trail is kept"),
}
