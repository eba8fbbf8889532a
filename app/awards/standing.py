"""How a certificate stands at a moment, for pages of awards: the ledger of `app/register` says it."""

from app.register.ledger import (
    histories,
    history,
    reads_english,
    sentence,
    verdict,
    verdict_now,
    word,
)

__all__ = ["histories", "history", "reads_english", "sentence", "verdict", "verdict_now", "word"]
