"""Answers kept as bytes until the next vital signs, with tags to spare a second."""

import hashlib
import threading
from collections.abc import Awaitable, Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.gate import enter

KEPT = 2_000  # pages of one version: every street and building in two languages
CHECK = {"Cache-Control": "no-cache", "Vary": "Accept-Language"}  # keep it, ask if it still holds
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its bytes and headers, the tag among them."""

    body: bytes
    headers: Mapping[str, str]
    etag: str

    @staticmethod
    def of(response: Response) -> "Page":
        """An answer of status 200."""
        body = bytes(response.body)
        etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        kept = {name: value for name, value in response.headers.items() if name != "content-length"}
        return Page(body, {**kept, **CHECK, "ETag": etag}, etag)

    def answer(self, request: Request) -> Response:
        """The page, or 304 for a client that has it."""
        headers = dict(self.headers)
        if _has(request.headers.get("if-none-match"), self.etag):
            headers.pop("content-type", None)
            return Response(status_code=304, headers=headers)
        return Response(self.body, headers=headers)


class Pages:
    """Pages of one version of what they show; a new version forgets them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: Hashable = None
        self._pages: dict[Hashable, Page] = {}

    def known(self, version: Hashable, key: Hashable) -> Page | None:
        """The page if it was made of this version."""
        return self._pages.get(key) if self._version == version else None

    def keep(self, version: Hashable, key: Hashable, page: Page) -> None:
        with self._lock:
            if self._version != version or len(self._pages) >= KEPT:
                self._version, self._pages = version, {}
            self._pages[key] = page


class PageRoute(APIRoute):
    """A route whose answer depends on the newest vital signs and the question alone.

    The question is looked up as it came, before it is taken apart; doors are checked each time.
    """

    def get_route_handler(self) -> Callable[[Request], Any]:
        make: Handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            await enter(request)
            version = _version(request)
            pages: Pages = request.app.state.services.pages
            key = request.url.path, request.url.query, request.headers.get("accept-language")
            page = pages.known(version, key)
            if page is None:
                page = Page.of(await make(request))
                pages.keep(version, key, page)
            return page.answer(request)

        return handle


def _version(request: Request) -> Hashable:
    services = request.app.state.services
    frame = services.monitor.frame
    return None if frame is None else (frame.t_ms, services.desk.revision)


def _has(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names the tag, weakly or not, or anything."""
    if header is None:
        return False
    names = [name.strip().removeprefix("W/") for name in header.split(",")]
    return etag in names or names == ["*"]
