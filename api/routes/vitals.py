"""Vital signs: the tree, one indicator everywhere, its history, and the live feed."""

from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

import anyio
from anyio import to_thread
from fastapi import APIRouter, Query, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from api import feeds
from api.deps import (
    Frame,
    OfRun,
    Parameters,
    Service,
    TimeMs,
    entity_of,
    newest,
    run_of,
    span_of,
)
from api.history.moment import recall
from api.history.reader import POINTS, read, step_for
from api.historyview import points
from api.language import Language, Spoken
from api.pages import PageRoute
from api.problems import Problem, invalid, unknown
from api.schemas.base import Level
from api.schemas.vitals import IndicatorList, IndicatorOut, VitalHistoryOut, VitalList, VitalTree
from api.schemas.why import WhyOut
from api.service import Services
from api.vitals.sign import VitalFrame, VitalSign
from api.whyview import why_out
from twin.clock import DAY_MS, iso

router = APIRouter(prefix="/vitals", tags=["vital signs"])
paged = APIRouter(prefix="/vitals", tags=["vital signs"], route_class=PageRoute)


class Place(Parameters):
    """A level and an entity of it; the quarter when nothing is said."""

    level: Level = "quarter"
    entity: Annotated[str | None, Query(max_length=160)] = None


class At(Place):
    at: Annotated[
        TimeMs | None, Query(description="The newest stored minute at or before; now by default.")
    ] = None


class Past(OfRun):
    level: Level = "quarter"
    entity: Annotated[str | None, Query(max_length=160)] = None
    start: Annotated[TimeMs | None, Query(description="A day before the end by default.")] = None
    end: Annotated[TimeMs | None, Query(description="Exclusive; now by default.")] = None
    step_s: Annotated[int | None, Query(ge=60, le=604_800, description="Width of a point.")] = None


@paged.get("", summary="The vital signs of one place")
def read_tree(
    at: Annotated[At, Query()], service: Service, response: Response, language: Spoken
) -> VitalTree:
    """Composite, dimensions and indicators of the quarter, a zone, a street or a building.

    Buildings and streets have indicators only; composite and dimensions are `not_applicable`.
    The neurons behind are counted; one sign, asked for by itself, names them. Of the past (`at`)
    they are not kept. Answers carry an ETag.
    """
    response.headers["Content-Language"] = language
    entity = entity_of(service, at.level, at.entity)
    if at.at is None:
        return _tree(service, newest(service), at.level, entity, language)
    moment = recall(service.store, service.run, at.level, entity, at.at)
    if moment is None:
        raise Problem(404, "no-stored-minute", f"No minute of {entity} is stored at {iso(at.at)}.")
    return service.vital_views[language].past(moment, at.level, entity)


@router.get("/indicators", summary="What is measured and how it is scored")
def read_indicators(service: Service) -> IndicatorList:
    return IndicatorList(
        rule_version=service.rulebook.version,
        items=[
            IndicatorOut.model_validate(
                {**one.model_dump(), "indicator": one.id, "levels": list(one.levels)}
            )
            for one in service.rulebook.indicators
        ],
    )


@router.get("/stream", summary="Vital signs as they change (SSE)")
async def stream(
    at: Annotated[Place, Query()], service: Service, language: Spoken
) -> EventSourceResponse:
    """Events `vitals`: the tree of one place at each evaluation; a slow client skips some."""
    entity = entity_of(service, at.level, at.entity)
    feeds.admit(service.monitor.bell)
    return feeds.sse(partial(_events, service, at.level, entity, language))


@paged.get("/{indicator}", summary="One indicator, dimension or composite")
def read_indicator(
    indicator: str,
    at: Annotated[Place, Query()],
    frame: Frame,
    service: Service,
    response: Response,
    language: Spoken,
) -> VitalList:
    """At one entity, or at every entity of the level that has it. Answers carry an ETag."""
    if not service.names.known(indicator):
        raise unknown("indicator", indicator)
    if (indicator, at.level) not in frame.blocks:
        raise unknown("vital sign", f"{indicator} at level {at.level}")
    view = service.vital_views[language]
    if at.entity is None:
        items = list(view.of(frame, indicator, at.level))
    else:
        entity = entity_of(service, at.level, at.entity)
        items = [view.sign(_sign(frame, indicator, at.level, entity))]
    response.headers["Content-Language"] = language
    return VitalList(run=service.run, t=iso(frame.t_ms), items=items)


@router.get("/{indicator}/why", summary="Why one vital sign is what it is")
def read_why(
    indicator: str, at: Annotated[Place, Query()], service: Service, language: Spoken
) -> WhyOut:
    """Parts and weights, what limits it, the worst below, down to neurons and their readings."""
    if not service.names.known(indicator):
        raise unknown("indicator", indicator)
    entity = entity_of(service, at.level, at.entity)
    newest(service)
    try:
        why = service.engine.why(indicator, at.level, entity)
    except KeyError:
        raise unknown("vital sign", f"{indicator} of {entity} at level {at.level}") from None
    return why_out(why, service.run, service.rulebook, service.vital_views[language])


@router.get("/{indicator}/history", summary="One vital sign over time")
def read_history(
    indicator: str, past: Annotated[Past, Query()], service: Service
) -> VitalHistoryOut:
    """Stored once a minute of city time; at most 10,000 points.

    A span that holds more minutes comes in steps of an hour, a day or a week unless `step_s` says
    otherwise. Steps of hours are rolled up as time goes and reach back as far as hours are kept.
    """
    if not service.names.known(indicator):
        raise unknown("indicator", indicator)
    entity = entity_of(service, past.level, past.entity)
    run = run_of(service, past.run)
    start_ms, end_ms = span_of(service, past.start, past.end, DAY_MS)
    step_ms = step_for(end_ms - start_ms) if past.step_s is None else past.step_s * 1000
    if (end_ms - start_ms) / (step_ms or 60_000) > POINTS:
        raise invalid("step_s", f"the span holds more than {POINTS} points: use a wider step")
    found = read(service.store, run, (indicator, past.level, entity), start_ms, end_ms, step_ms)
    return VitalHistoryOut(
        run=run,
        indicator=indicator,
        level=past.level,
        entity=entity,
        unit=service.names.indicator(indicator).unit,
        start=iso(start_ms),
        end=iso(end_ms),
        step_s=None if step_ms is None else step_ms // 1000,
        items=list(points(found)),
    )


def _tree(
    service: Services, frame: VitalFrame, level: str, entity: str, language: Language
) -> VitalTree:
    overall = service.desk.colour(frame) if level == "quarter" else None
    return service.vital_views[language].tree(frame, level, entity, overall)


def _sign(frame: VitalFrame, indicator: str, level: str, entity: str) -> VitalSign:
    try:
        return frame.sign(indicator, level, entity)
    except KeyError:
        raise unknown("vital sign", f"{indicator} of {entity}") from None


async def _events(
    service: Services, level: str, entity: str, language: Language, ending: anyio.Event
) -> AsyncIterator[ServerSentEvent]:
    def newest() -> tuple[int, VitalFrame] | None:
        frame = service.monitor.frame
        return None if frame is None else (frame.t_ms, frame)

    async for t_ms, frame in feeds.changes(service.monitor.bell, newest, ending):
        tree = await to_thread.run_sync(_tree, service, frame, level, entity, language)
        yield feeds.event("vitals", t_ms, tree.model_dump(mode="json"))
