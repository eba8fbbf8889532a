"""Views of the register: the desk, one certificate, hearings and appeals, the holder's own, the checker."""

from app.register import reminding, terms
from app.register.views import appeals, certificates, desk, hearings, own, repairs
from app.register.views.blueprint import blueprint

__all__ = [
    "appeals",
    "blueprint",
    "certificates",
    "desk",
    "hearings",
    "own",
    "reminding",
    "repairs",
    "terms",
]
