"""Going through the application as one person: every link a page offers, and every plain address.

The walk asks over HTTP, with the cookies of the person's browser; whoever walks decides which of
the pages are worth the time of being drawn.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from flask import Flask
from lxml import html
from playwright.sync_api import APIResponse
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from tests.journeys.conftest import Visitor

STATIC = {"static", "bootstrap.static"}
VARIANTS = 2
"""How many objects of one endpoint are visited, and each with how many queries: the first two of a
list stand for the rest, and the filters of one page take no other's place."""


@dataclass(frozen=True)
class Stop:
    """An address to visit, and the page and words that offered it (empty: a plain route)."""

    path: str
    endpoint: str
    offered: str = ""

    def __str__(self) -> str:
        return f"{self.path}, offered by {self.offered or 'nobody'}"


def plain_stops(app: Flask) -> list[Stop]:
    """Return every page that can be asked for without knowing an id."""
    return [
        Stop(rule.rule, rule.endpoint)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in STATIC
    ]


class Crawl:
    """A walk of one person; what is broken on the way is in `faults`."""

    def __init__(self, visitor: Visitor, app: Flask) -> None:
        self.visitor = visitor
        self.adapter: MapAdapter = app.url_map.bind("")
        start = Stop("/", "home.index", "the start")
        self.queue: deque[Stop] = deque([start, *plain_stops(app)])
        self.known: set[str] = set()
        self.visited: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        """Addresses without their queries."""
        self.faults: list[str] = []
        self.markup = ""
        """The page that was yielded last."""

    def pages(self) -> Iterator[Stop]:
        """Yield each page that answers, under the endpoint where its address ended."""
        while self.queue:
            stop = self.queue.popleft()
            if stop.path in self.known or self._has_enough(stop):
                continue
            self.known.add(stop.path)
            answer = self._ask(stop)
            # A route nobody offered may refuse; a link that was shown must work.
            if answer.status >= (400 if stop.offered else 500):
                self.faults.append(f"{answer.status}: {stop}")
            landed = urlsplit(answer.url).path
            kept = "attachment" in answer.headers.get("content-disposition", "")  # a file to keep
            is_page = answer.headers.get("content-type", "").startswith("text/html")
            if not answer.ok or kept or not is_page:
                continue
            self.markup = answer.text()
            self._collect(landed)
            yield Stop(stop.path, self.endpoint(landed) or stop.endpoint, stop.offered)

    def _has_enough(self, stop: Stop) -> bool:
        """Tell whether others stand for an address; count it when not."""
        place = urlsplit(stop.path).path
        if self.asked[place] >= VARIANTS or (
            place not in self.asked and self.visited[stop.endpoint] >= VARIANTS
        ):
            return True
        self.visited[stop.endpoint] += place not in self.asked
        self.asked[place] += 1
        return False

    def _ask(self, stop: Stop) -> APIResponse:
        """Ask for an address, giving the password again where the way leads past that question."""
        address = self.visitor.site.address + stop.path
        answer = self.visitor.context.request.get(address)
        if "/confirm-password" in answer.url and stop.endpoint != "accounts.confirm_password":
            self.visitor.page.goto(address)
            self.visitor.confirm_password()
            answer = self.visitor.context.request.get(address)
        return answer

    def _collect(self, page: str) -> None:
        """Queue the links of a page, before the plain addresses that are still to come."""
        found = []
        for link in html.fromstring(self.markup).iter("a"):
            target = urlsplit(urldefrag(urljoin(page, link.get("href", ""))).url)
            path = target.path + (f"?{target.query}" if target.query else "")
            if target.netloc not in ("", urlsplit(self.visitor.site.address).netloc):
                continue
            if path in self.known:
                continue
            endpoint = self.endpoint(target.path)
            if endpoint is None:
                self.known.add(path)
                self.faults.append(f"{page} offers {path}, which is no page")
            elif endpoint not in STATIC:
                words = " ".join(link.text_content().split())
                found.append(Stop(path, endpoint, f"{page} “{words[:30]}”"))
        self.queue.extendleft(reversed(found))

    def endpoint(self, path: str) -> str | None:
        """Return the endpoint of an address, if it has a page."""
        try:
            return str(self.adapter.match(path, method="GET")[0])
        except HTTPException:
            return None
