"""Whether the service lives, whether it can be relied on, and its numbers."""

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.deps import Service
from api.readiness import checks
from api.schemas.service import Ready

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process answers")
async def healthz() -> dict[str, str]:
    return {"status": "ok"}


@router.get("/readyz", summary="Every dependency works and vital signs are complete")
def readyz(service: Service, response: Response) -> Ready:
    """200 when ready, else 503; `checks` says what is missing."""
    found = checks(service)
    ready = all(check == "ok" for check in found.values())
    if not ready:
        response.status_code = 503
        response.headers["Retry-After"] = "1"
    return Ready(ready=ready, run=service.run, checks=found)


@router.get("/metrics", summary="Prometheus", response_class=Response)
def metrics(request: Request) -> Response:
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
