"""Runs that the store holds, and the payloads that were refused."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.deps import OfRun, Service, conflict, run_of
from api.problems import unknown
from api.roles import Door, behind
from api.schemas.runs import DeadLetterList, DeadLetterOut, RunList, RunOut
from api.service import Services
from sensors.store import RunSpan
from twin.clock import iso

router = APIRouter(tags=["runs"])


class Letters(OfRun):
    limit: Annotated[int, Query(ge=1, le=1000)] = 100


@router.get("/runs", summary="Every run with the span of its readings")
def read_runs(service: Service) -> RunList:
    spans = {span.run: span for span in service.store.runs()}
    spans.setdefault(service.run, RunSpan(service.run, None, None))
    return RunList(items=[_run(service, spans[run]) for run in sorted(spans)])


@router.delete(
    "/runs/{run}",
    status_code=204,
    summary="Delete a run that is not live",
    openapi_extra=behind(Door.ADMINISTER),
)
def delete_run(run: str, service: Service) -> None:
    """Its readings, vital signs, retained messages and files go; ledger entries stay as history."""
    if run == service.run:
        raise conflict("run-is-live", f"Run {run} is live: stop it first.")
    if run not in {span.run for span in service.store.runs()}:
        raise unknown("run", run)
    service.store.delete(run)
    service.forget(run)


@router.get("/dead-letters", summary="Payloads that were refused, newest first")
def read_letters(wanted: Annotated[Letters, Query()], service: Service) -> DeadLetterList:
    run = run_of(service, wanted.run)
    return DeadLetterList(
        run=run,
        items=[
            DeadLetterOut(
                received=iso(letter.received_ms),
                topic=letter.topic,
                reason=letter.reason,
                detail=letter.detail,
                payload=letter.payload.decode("utf-8", "backslashreplace"),
            )
            for letter in service.store.dead_letters(run, wanted.limit)
        ],
    )


def _run(service: Services, span: RunSpan) -> RunOut:
    return RunOut(
        run=span.run,
        live=span.run == service.run,
        first=None if span.first_ms is None else iso(span.first_ms),
        last=None if span.last_ms is None else iso(span.last_ms),
    )
