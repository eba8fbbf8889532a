"""What a virtual person reads from the product's pages: tokens, the paper, the receipt's code."""

from __future__ import annotations

import re

from bench.candidates import CandidateError
from bench.lines import Answer

PLACES = {
    "token": re.compile(r'name="csrf_token"[^>]*value="([^"]+)"'),
    "rules": re.compile(r'name="rules"[^>]*value="([^"]+)"'),
    "paper": re.compile(r'<script type="application/json" id="paper">(.*?)</script>', re.S),
    "receipt": re.compile(r'id="receipt-code">([^<]+)<'),
}


def found_in(page: Answer, what: str) -> str:
    """Return what stands on a page. Raises CandidateError when it does not."""
    found = PLACES[what].search(page.body.decode("utf-8"))
    if found is None:
        raise CandidateError(f"{page.status}: the page has no {what}")
    return found[1]
