"""The dated rules of one day, as the sentences that the scheme's documents need."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app import rulebook

NAMES = (
    "training.hours",
    "training.attendance_percent",
    "exam.minutes",
    "exam.pass_percent",
    "exam.grace_seconds",
    "exam.late_start_minutes",
    "exam.retake_wait_days",
    "exam.retake_yearly_maximum",
    "exam.multiple_choice_rule",
    "practical.pass_mark",
    "result.kept_months",
    "bank.supply_times",
    "bank.trial_first",
    "training.teacher_wall_months",
    "certificate.validity_years",
    "certificate.grace_days",
)


@dataclass(frozen=True)
class Rules:
    """What `rulebook` says on a day; sentences are whole and name no law."""

    values: dict[str, Any]

    @classmethod
    def of(cls, on: date) -> Rules:
        """Read the rules in force on a day."""
        return cls({name: rulebook.value(name, on) for name in NAMES})

    @property
    def minutes(self) -> int:
        """Minutes of the theory exam."""
        return int(self.values["exam.minutes"])

    @property
    def pass_percent(self) -> int:
        """Pass mark of the theory exam, percent."""
        return int(self.values["exam.pass_percent"])

    @property
    def practical_pass(self) -> int:
        """Pass mark of the practical assessment, points."""
        return int(self.values["practical.pass_mark"])

    def entry(self) -> tuple[str, ...]:
        """Who may sit."""
        return (
            f"学完全部课程，出勤不少于 {self.values['training.hours']} 课时的"
            f" {self.values['training.attendance_percent']}%",
            "实操课都有教师签字",
            "身份核对过，同意书签过",
        )

    def theory(self) -> tuple[str, ...]:
        """How the theory exam is held."""
        whole = self.values["exam.multiple_choice_rule"] == "all_or_nothing"
        return (
            f"开考后 {self.values['exam.late_start_minutes']} 分钟内可以进场",
            f"时间只看服务器；到时后 {self.values['exam.grace_seconds']} 秒内送到的答案仍收",
            "答错不倒扣" + ("；多选题全对才得分" if whole else ""),
            "每人一份题，题目和选项的次序打乱；两份卷的领域、题型、层次相同",
        )

    def results(self) -> tuple[str, ...]:
        """Results, retakes, checks."""
        v = self.values
        told = ["成绩经审核后公布，当场不显示对错"]
        told.append(f"一部分合格，成绩保留 {v['result.kept_months']} 个月")
        if v["exam.retake_wait_days"]:
            told.append(f"两次考试之间至少隔 {v['exam.retake_wait_days']} 天")
        if v["exam.retake_yearly_maximum"]:
            told.append(f"同一门一年最多考 {v['exam.retake_yearly_maximum']} 次")
        return (*told, "对成绩有疑问，可以申请复核；复核的人没有参加过原来的评分")

    def separation(self) -> tuple[str, ...]:
        """Who keeps away from what."""
        return (
            "培训、监考评分、发证决定、申诉，由不同的人做",
            f"任课后 {self.values['training.teacher_wall_months']} 个月内，"
            "不打开所教班级的考试题，不参加发证决定",
            "每道题由两名没有写过它的人审过，才用于正式考试",
        )

    def bank(self) -> tuple[str, ...]:
        """How the bank is kept."""
        first = "新题先试测，不计分，看过统计再启用" if self.values["bank.trial_first"] else ""
        told = (
            f"细目表每一格，题库至少备 {self.values['bank.supply_times']} 倍的题",
            first,
            "机器起草的题标明，经人批准才能离开草稿",
        )
        return tuple(one for one in told if one)

    def certificate(self) -> tuple[str, ...]:
        """How long a certificate holds."""
        return (
            f"有效 {self.values['certificate.validity_years']} 年；到期后"
            f" {self.values['certificate.grace_days']} 天内为待续期，不算有效",
            "任何人扫证书上的码可以查真伪和状态",
        )
