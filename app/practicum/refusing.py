"""The one refusal of the log, and the look at free text that each verb takes first."""

from __future__ import annotations

from flask_babel import gettext as _

from app.errors import Refusal
from app.formatting import show_list
from app.practicum import screening, wording


class PracticumRefused(Refusal):
    """The log does not take this; nothing was changed. `field` names the form's field, or is empty."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


def refuse_persons(text: str, field: str) -> str:
    """Return a text without blanks around it; raise with what points to a person, and where.

    What was written stays in the form: the writer takes the person out and sends it again.
    """
    found = screening.look(text)
    if found:
        places = [
            _(
                "第 %(first)d–%(last)d 字“%(said)s”%(what)s",
                first=one.first,
                last=one.last,
                said=one.text,
                what=wording.FINDS[one.kind],
            )
            for one in found
        ]
        raise PracticumRefused(
            _(
                "这里不能写到具体的人：%(places)s。没有保存，你写的还在下面。"
                "请改成“老人”“家属”“医生”这样的称呼，号码去掉，再存一次。",
                places=show_list(places),
            ),
            field,
        )
    return text.strip()
