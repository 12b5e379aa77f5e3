"""Alerts: the list, one with its story, acknowledging, and the live feed."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Literal

import anyio
from anyio import to_thread
from fastapi import APIRouter, Query
from sse_starlette import EventSourceResponse, ServerSentEvent

from api import feeds
from api.alertdesk import KIND, AlreadyAcknowledged
from api.deps import LastEventId, OfRun, Parameters, Service, conflict, run_of
from api.paging import from_cursor, to_cursor
from api.problems import unknown
from api.roles import Door, behind
from api.schemas.alerts import AcknowledgeIn, AlertOut, AlertPage, AlertStory
from api.schemas.base import ColourName, Level
from api.service import Services

State = Literal["pending", "firing", "resolved"]
SHOWN: tuple[State, ...] = ("firing", "resolved")
router = APIRouter(prefix="/alerts", tags=["alerts"])


class Wanted(OfRun):
    """Each filter may be repeated; pending breaches are shown only when asked for."""

    state: Annotated[tuple[State, ...], Query()] = SHOWN
    severity: Annotated[tuple[ColourName, ...], Query()] = ()
    rule: Annotated[tuple[str, ...], Query(max_length=50)] = ()
    indicator: Annotated[tuple[str, ...], Query(max_length=50)] = ()
    level: Annotated[tuple[Level, ...], Query()] = ()
    entity: Annotated[tuple[str, ...], Query(max_length=50)] = ()
    zone: Annotated[tuple[str, ...], Query(max_length=50)] = ()
    limit: Annotated[int, Query(ge=1, le=500)] = 50
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of a page.")] = None

    def where(self) -> dict[str, list[str]]:
        """The filters as fields of the ledger's entries."""
        fields = ("severity", "rule", "indicator", "level", "entity", "zone")
        chosen = {f"alert.{name}": getattr(self, name) for name in fields if getattr(self, name)}
        return {"listed": [*self.state], **chosen}


class Follow(Parameters):
    """Where to begin; Last-Event-ID is stronger."""

    after: Annotated[
        int | None, Query(ge=0, lt=2**62, description="A `seq`; now if not given.")
    ] = None
    pending: Annotated[bool, Query(description="Also breaches that have not fired.")] = False


@router.get("", summary="Alerts, newest first")
def read_alerts(wanted: Annotated[Wanted, Query()], service: Service) -> AlertPage:
    """Page with `cursor`; the pages stay in order while alerts change."""
    run = run_of(service, wanted.run)
    seq = service.ledger.last_seq()
    found = service.ledger.latest(
        run,
        KIND,
        where=wanted.where(),
        before=from_cursor(wanted.cursor),
        limit=wanted.limit + 1,
    )
    page = found[: wanted.limit]
    more = len(found) > wanted.limit
    last = page[-1].first_seq if page else None
    return AlertPage(
        run=run,
        seq=seq,
        items=[service.alert_view.alert(entry) for entry in page],
        next=to_cursor(last) if more and last is not None else None,
    )


@router.get("/stream", summary="Alerts as they change (SSE)")
async def stream(
    follow: Annotated[Follow, Query()], resume: LastEventId, service: Service
) -> EventSourceResponse:
    """Events `alert` (CloudEvents); the id is the ledger's number, so none is lost or doubled.

    Begins after `Last-Event-ID`, else after `after`, else with the next transition.
    """
    newest = await to_thread.run_sync(service.ledger.last_seq)
    after = next((at for at in (resume, follow.after) if at is not None), newest)
    feeds.admit(service.alert_bell)
    return feeds.sse(partial(_events, service, min(after, newest), follow.pending))


@router.get("/{alert}", summary="One alert with its story")
def read_alert(alert: str, of: Annotated[OfRun, Query()], service: Service) -> AlertStory:
    entries = service.ledger.story(run_of(service, of.run), KIND, alert)
    if not entries:
        raise unknown("alert", alert)
    history = [service.alert_view.alert(entry) for entry in entries]
    return AlertStory(**history[-1].model_dump(), history=history)


@router.post(
    "/{alert}/ack",
    summary="Acknowledge an open alert",
    openapi_extra=behind(Door.ACKNOWLEDGE),
)
def acknowledge(alert: str, who: AcknowledgeIn, service: Service) -> AlertOut:
    """The first to acknowledge keeps it; 409 for the others and for alerts that are over."""
    if not service.ledger.story(service.run, KIND, alert, limit=1):
        raise unknown("alert", alert)
    try:
        entry = service.desk.acknowledge(alert, who.by, who.note, service.clock.now_ms())
    except KeyError:
        raise conflict("alert-over", f"Alert {alert} is no longer open.") from None
    except AlreadyAcknowledged as taken:
        raise conflict("already-acknowledged", f"{taken} has acknowledged {alert}.") from None
    return service.alert_view.alert(entry)


async def _events(
    service: Services, after: int, pending: bool, ending: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    entries = feeds.entries(service.ledger, service.alert_bell, service.run, [KIND], after, ending)
    async for entry in entries:
        if pending or entry.payload["alert"]["fired_ms"] is not None:
            yield feeds.event("alert", entry.seq, service.alert_view.cloud_event(entry))
