"""Answers kept as bytes while nothing has changed, with tags so that clients need not ask twice."""

import hashlib
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from fastapi import Request, Response

KEPT = 2_000  # pages of one version: every street and building in two languages
CHECK = "no-cache"  # keep it, but ask whether it still holds


@dataclass(frozen=True, slots=True)
class Page:
    """One answer: its bytes, media type, language and tag."""

    body: bytes
    media_type: str
    language: str | None
    etag: str

    @staticmethod
    def of(
        body: bytes, media_type: str = "application/json", language: str | None = None
    ) -> "Page":
        digest = hashlib.blake2b(body, digest_size=12).hexdigest()
        return Page(body, media_type, language, f'"{digest}"')

    def answer(self, request: Request, **headers: str) -> Response:
        """The page, or 304 for a client that has it."""
        found = {"ETag": self.etag, "Cache-Control": CHECK, **headers}
        if self.language is not None:
            found |= {"Content-Language": self.language, "Vary": "Accept-Language"}
        if _has(request.headers.get("if-none-match"), self.etag):
            return Response(status_code=304, headers=found)
        return Response(self.body, headers=found, media_type=self.media_type)


class Pages:
    """Pages of one version of what they show; a new version forgets them all."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: Hashable = None
        self._pages: dict[Hashable, Page] = {}

    def known(self, version: Hashable, key: Hashable) -> Page | None:
        """The page if it was made of this version."""
        return self._pages.get(key) if self._version == version else None

    def page(self, version: Hashable, key: Hashable, make: Callable[[], Page]) -> Page:
        """The page of this version, made when it is not there; `make` may run twice at once."""
        found = self.known(version, key) or make()
        with self._lock:
            if self._version != version or len(self._pages) >= KEPT:
                self._version, self._pages = version, {}
            self._pages[key] = found
        return found


def _has(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names the tag, weakly or not, or anything."""
    if header is None:
        return False
    names = [name.strip().removeprefix("W/") for name in header.split(",")]
    return etag in names or names == ["*"]
