"""What every neuron said last."""

from collections.abc import Iterator
from typing import Annotated, Any

import numpy as np
import orjson
from fastapi import APIRouter, Query, Response

from api.deps import OfRun, Service, run_of
from api.latest import NEVER, Newest, newest_of
from api.routes.sensors import chosen
from api.schemas.sensors import LatestList
from api.service import Services
from api.vitalview import number
from twin.arrays import Index
from twin.clock import iso

router = APIRouter(prefix="/sensors", tags=["sensors"])


class OfThese(OfRun):
    kind: Annotated[str | None, Query(max_length=80)] = None
    zone: Annotated[str | None, Query(max_length=80)] = None


@router.get(
    "/latest", summary="The newest reading of all neurons at once", response_model=LatestList
)
def read_latest(wanted: Annotated[OfThese, Query()], service: Service) -> Response:
    """In display units; of the live run from memory, of another run from the store."""
    run = run_of(service, wanted.run)
    newest = _newest(service, run)
    said = chosen(service, wanted.kind, wanted.zone)[service.network.series.sensor]
    rows = np.flatnonzero(said & (newest.t_ms != NEVER)).astype(np.int32)
    items = list(_items(service, newest, rows))
    answer = {"run": run, "now": iso(service.clock.now_ms()), "items": items}
    return Response(orjson.dumps(answer), media_type="application/json")


def _newest(service: Services, run: str) -> Newest:
    if run == service.run:
        return service.latest.newest(lambda: service.store.latest(run))
    return newest_of(service.network, service.store.latest(run))


def _items(service: Services, newest: Newest, rows: Index) -> Iterator[dict[str, Any]]:
    """Written by hand: twenty thousand records would cost a second as models."""
    network, series = service.network, service.network.series
    times = {t_ms: iso(t_ms) for t_ms in np.unique(newest.t_ms[rows]).tolist()}
    columns = zip(
        series.sensor[rows].tolist(), series.quantity[rows].tolist(),
        newest.t_ms[rows].tolist(), newest.value[rows].tolist(), newest.state[rows].tolist(),
        strict=True,
    )  # fmt: skip
    for sensor, quantity, t_ms, value, state in columns:
        one = network.quantities[quantity]
        yield {
            "sensor": network.sensor_ids[sensor],
            "quantity": one.id,
            "t": times[t_ms],
            "value": number(value * one.per_unit, 6),
            "unit": one.display_unit,
            "state": state,
        }
