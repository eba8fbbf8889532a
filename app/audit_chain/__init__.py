"""The chain over the audit trail: sealing, verifying, signed heads, export.

`app/audit.py` inserts lines unchained; here committed lines get their place and hash. What a chain
alone cannot show (somebody recomputes all of it, or cuts its end) is shown by signed heads that
have left the database. What nothing here can show: a line that was deleted before it was sealed
(seconds), and an untrue line inserted as if a person had acted.
"""

from app.audit_chain.checking import Finding, verify
from app.audit_chain.heads import sign_head, sign_head_later, signing_key
from app.audit_chain.sealing import seal_all, seal_batch
from app.audit_chain.state import ChainState, read_state

__all__ = [
    "ChainState",
    "Finding",
    "read_state",
    "seal_all",
    "seal_batch",
    "sign_head",
    "sign_head_later",
    "signing_key",
    "verify",
]
