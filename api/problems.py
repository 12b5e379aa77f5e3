"""Errors as RFC 9457 problem details; the one place where exceptions become HTTP."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from api.commands import CityDoesNotAnswer
from api.feeds import TooManyClients
from api.ledger import LedgerUnavailable
from api.outage import trace
from sensors.store import StoreUnavailable

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5
_log = structlog.get_logger(__name__)


class Problem(Exception):  # noqa: N818 (the name of the standard's record)
    """A refusal that the caller can understand; becomes the response.

    `kind` is a short stable code, published as the last part of the problem type.
    """

    def __init__(
        self, status: int, kind: str, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
        self.headers = dict(headers or {})


def unknown(what: str, name: str) -> Problem:
    """404: there is no such thing."""
    return Problem(404, f"unknown-{what.replace(' ', '-')}", f"There is no {what} {name!r}.")


def invalid(field: str, detail: str) -> Problem:
    """422: the field is well-formed but cannot be meant."""
    return Problem(422, "invalid-parameter", f"{field}: {detail}")


def unavailable(kind: str, detail: str) -> Problem:
    """503: something that we need is away; ask again after Retry-After seconds."""
    return Problem(503, kind, detail, {"Retry-After": str(RETRY_AFTER_S)})


def response(
    request: Request,
    problem: Problem,
    errors: Sequence[Mapping[str, Any]] | None = None,
) -> JSONResponse:
    """The problem as a response; `errors` lists one pointer and detail per bad field."""
    body: dict[str, Any] = {
        "type": f"urn:hengfu:problem:{problem.kind}",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.url.path,
    }
    if errors is not None:
        body["errors"] = list(errors)
    return JSONResponse(body, problem.status, problem.headers, MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of the app with problem details."""
    app.add_exception_handler(Problem, _own)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(StoreUnavailable, _store)
    app.add_exception_handler(LedgerUnavailable, _ledger)
    app.add_exception_handler(CityDoesNotAnswer, _city)
    app.add_exception_handler(TooManyClients, _crowded)
    app.add_exception_handler(Exception, _defect)


def _own(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return response(request, error)


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    details = {
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.method} is not allowed here.",
    }
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    detail = details.get(error.status_code, str(error.detail))
    return response(request, Problem(error.status_code, kind, detail, error.headers))


def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"pointer": "/".join(str(part) for part in item["loc"]), "detail": _reason(item["msg"])}
        for item in error.errors()
    ]
    detail = "; ".join(f"{item['pointer']}: {item['detail']}" for item in errors[:3])
    return response(request, Problem(422, "invalid-request", detail), errors)


def _reason(message: str) -> str:
    if message.startswith("Extra inputs"):
        return "unknown parameter"
    return message.removeprefix("Value error, ")


def _store(request: Request, error: Exception) -> JSONResponse:
    _log.warning("store unavailable", path=request.url.path, reason=str(error))
    return response(request, unavailable("store-unavailable", "The store does not answer now."))


def _ledger(request: Request, error: Exception) -> JSONResponse:
    _log.warning("ledger unavailable", path=request.url.path, reason=str(error))
    return response(request, unavailable("ledger-unavailable", "The ledger does not answer now."))


def _city(request: Request, error: Exception) -> JSONResponse:
    return response(request, unavailable("city-silent", str(error)))


def _crowded(request: Request, error: Exception) -> JSONResponse:
    return response(request, unavailable("feed-full", str(error)))


def _defect(request: Request, error: Exception) -> JSONResponse:
    # The text of the error may carry paths or addresses: it goes to the log, not to the caller.
    _log.error("request failed", path=request.url.path, trace=trace(error))
    return response(request, Problem(500, "internal", "This is our fault; it has been logged."))
