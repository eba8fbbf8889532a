"""The refusals of this feature, each with a whole sentence for the person who acts."""

from __future__ import annotations

from flask_babel import gettext as _

from app.awards.standing import reads_english
from app.errors import Refusal
from certificates.sentences import CertificateError


class AwardRefused(Refusal):
    """The decision, issue or change of standing cannot be made like this; nothing was changed."""


class CannotIssue(AwardRefused):
    """The certificate cannot be made as the facts stand; the proposal stays undecided."""

    @classmethod
    def because(cls, error: CertificateError) -> CannotIssue:
        """Say in the reader's language what the certificates package refused."""
        why = error.en if reads_english() else error.zh
        return cls(_("证书没有签发，这项提议仍在等待决定。%(why)s", why=why))

    @classmethod
    def without_room(cls) -> CannotIssue:
        """Say that the file could not be stored."""
        return cls(
            _("证书没有签发：文件存不下来，磁盘可能满了。请管理员腾出空间，再来签发，编号不会变。")
        )


class StoredFileDamaged(Refusal):
    """The stored certificate file is missing or differs from what was issued."""

    status = 500

    def __init__(self) -> None:
        super().__init__(
            _(
                "证书文件和签发时存下的不一样，没有给出。证书本身照常有效，扫码可以查到。"
                "请把下面的问题编号告诉管理员，从备份里恢复这个文件。"
            )
        )
