"""No request body beyond a limit is read: every body we take is a small JSON object."""

from fastapi import Request
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem, response

LIMIT_BYTES = 64 * 1024  # design choice
_DETAIL = f"The body is larger than {LIMIT_BYTES // 1024} KiB."


class BodyLimit:
    """Answers 413 for a body that says it is too large, or turns out to be while it is read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _announced(scope) > LIMIT_BYTES:
            refusal = Problem(413, "request-entity-too-large", _DETAIL)
            await response(Request(scope), refusal)(scope, receive, send)
            return
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > LIMIT_BYTES:
                raise HTTPException(413, _DETAIL)
            return message

        await self._app(scope, counted, send)


def _announced(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdigit() else 0
