"""The registry of neurons and what they said."""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query

from api.deps import OfRun, Parameters, Service, TimeMs, run_of, span_of
from api.paging import from_cursor, to_cursor
from api.problems import invalid, unknown
from api.schemas.sensors import QuantityOut, ReadingList, ReadingOut, SensorOut, SensorPage
from api.service import Services
from api.vitalview import number
from api.whyview import trust_of
from sensors.catalogue import DEVICE, Kind, Quantity
from twin.arrays import Bools
from twin.clock import HOUR_MS, iso
from twin.geography import to_lonlat

POINTS = 10_000
Quantities = Mapping[str, Quantity]

router = APIRouter(prefix="/sensors", tags=["sensors"])


class Wanted(Parameters):
    kind: Annotated[str | None, Query(max_length=80)] = None
    zone: Annotated[str | None, Query(max_length=80)] = None
    believed: Annotated[
        bool | None, Query(description="Whether its readings move vital signs now.")
    ] = None
    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    cursor: Annotated[str | None, Query(max_length=64, description="`next` of a page.")] = None


class Span(OfRun):
    quantity: Annotated[str | None, Query(max_length=80)] = None
    start: Annotated[TimeMs | None, Query(description="An hour before the end by default.")] = None
    end: Annotated[TimeMs | None, Query(description="Exclusive; now by default.")] = None
    limit: Annotated[int, Query(ge=1, le=POINTS)] = 1000
    step_s: Annotated[int | None, Query(ge=1, le=86_400, description="Means this wide.")] = None


@router.get("", summary="Neurons, by kind and zone")
def read_sensors(wanted: Annotated[Wanted, Query()], service: Service) -> SensorPage:
    rows = np.flatnonzero(
        chosen(service, wanted.kind, wanted.zone) & _believed(service, wanted.believed)
    )
    start = from_cursor(wanted.cursor) or 0
    end = start + wanted.limit
    return SensorPage(
        total=len(rows),
        items=[_sensor(service, int(row)) for row in rows[start:end]],
        next=to_cursor(end) if end < len(rows) else None,
    )


@router.get("/{sensor}", summary="One neuron")
def read_sensor(sensor: str, service: Service) -> SensorOut:
    return _sensor(service, _row(service, sensor))


@router.get("/{sensor}/readings", summary="What one neuron said")
def read_readings(sensor: str, span: Annotated[Span, Query()], service: Service) -> ReadingList:
    """The newest `limit` readings of the span, oldest first, in display units.

    With `step_s` the whole span as means, ranges and counts; at most 10,000 steps.
    """
    kind = _kind(service, _row(service, sensor))
    quantities = {one.id: one for one in kind.quantities}
    if span.quantity is not None and span.quantity not in quantities:
        raise unknown("quantity", span.quantity)
    run = run_of(service, span.run)
    start_ms, end_ms = span_of(service, span.start, span.end, HOUR_MS)
    items = (_all if span.step_s is None else _steps)(
        service, run, sensor, span, quantities, start_ms, end_ms
    )
    return ReadingList(
        run=run,
        sensor=sensor,
        start=iso(start_ms),
        end=iso(end_ms),
        truncated=span.step_s is None and len(items) > span.limit,
        step_s=span.step_s,
        items=items[-span.limit :] if span.step_s is None else items,
    )


def _all(
    service: Services,
    run: str,
    sensor: str,
    span: Span,
    quantities: Quantities,
    start_ms: int,
    end_ms: int,
) -> list[ReadingOut]:
    """As they were sent; one more than the limit when there are more."""
    found = service.store.readings(run, sensor, span.quantity, start_ms, end_ms, span.limit + 1)
    columns = zip(found.t_ms, found.quantity, found.value, found.state, strict=True)
    return [
        _reading(int(t_ms), quantities.get(str(name)), str(name), float(value), state)
        for t_ms, name, value, state in columns
    ]


def _steps(
    service: Services,
    run: str,
    sensor: str,
    span: Span,
    quantities: Quantities,
    start_ms: int,
    end_ms: int,
) -> list[ReadingOut]:
    """Raises Problem 422 when there would be too many."""
    step_ms = 1000 * (span.step_s or 1)
    if (end_ms - start_ms) / step_ms > POINTS:
        raise invalid("step_s", f"the span holds more than {POINTS} steps: use a wider one")
    found = service.store.steps(run, sensor, span.quantity, start_ms, end_ms, step_ms)
    columns = zip(
        found.t_ms, found.quantity, found.value, found.low, found.high, found.count, strict=True
    )
    return [
        _step(int(t_ms), quantities.get(str(name)), str(name), numbers)
        for t_ms, name, *numbers in columns
    ]


def _step(t_ms: int, quantity: Quantity | None, name: str, numbers: list[float]) -> ReadingOut:
    mean, low, high, count = numbers
    shown = _reading(t_ms, quantity, name, float(mean), None)
    per_unit = 1.0 if quantity is None else quantity.per_unit
    return shown.model_copy(
        update={
            "low": number(low * per_unit, 6),
            "high": number(high * per_unit, 6),
            "count": int(count),
        }
    )


def _reading(
    t_ms: int, quantity: Quantity | None, name: str, value: float, state: str | None
) -> ReadingOut:
    per_unit = 1.0 if quantity is None else quantity.per_unit
    unit = "" if quantity is None else quantity.display_unit
    shown = number(value * per_unit, 6)
    return ReadingOut(t=iso(t_ms), quantity=name, value=shown, unit=unit, state=state)


def chosen(service: Services, kind: str | None, zone: str | None) -> Bools:
    """Which neurons are of this kind and zone; None means any."""
    network = service.network
    chosen = np.ones(len(network), bool)
    if kind is not None:
        kinds = [one.id for one in network.catalogue]
        if kind not in kinds:
            raise unknown("kind", kind)
        chosen &= network.kind == kinds.index(kind)
    if zone is not None:
        if zone not in network.zone_ids:
            raise unknown("zone", zone)
        chosen &= network.zone == network.zone_ids.index(zone)
    return chosen


def _row(service: Services, sensor: str) -> int:
    try:
        return service.network.index(sensor)
    except KeyError:
        raise unknown("sensor", sensor) from None


def _kind(service: Services, row: int) -> Kind:
    return service.network.catalogue.kinds[int(service.network.kind[row])]


def _believed(service: Services, wanted: bool | None) -> Bools:
    """Neurons that are believed, or not, in the newest frame; all of them when nothing is asked."""
    frame = service.monitor.frame
    every = np.ones(len(service.network), bool)
    if wanted is None or frame is None or frame.trusted is None:
        return every
    return np.asarray(frame.trusted.verdict.believed == wanted)


def _sensor(service: Services, row: int) -> SensorOut:
    network, kind = service.network, _kind(service, row)
    zone, gateway = network.gateways[network.gateway[row]]
    lon, lat = to_lonlat(network.x_m[row], network.y_m[row])
    return SensorOut(
        id=network.sensor_ids[row],
        kind=kind.id,
        kind_zh=kind.name_zh,
        kind_en=kind.name_en,
        table=kind.on,
        entity=_carrier(service, row, kind),
        zone=zone,
        gateway=gateway,
        lon=round(float(lon), 6),
        lat=round(float(lat), 6),
        cadence_s=kind.cadence_ms / 1000,
        quantities=[_quantity(one) for one in kind.quantities],
        trust=trust_of(service.monitor.frame, network, row),
    )


def _carrier(service: Services, row: int, kind: Kind) -> str:
    entity = int(service.network.entity[row])
    if kind.on == DEVICE:
        return service.network.sensor_ids[entity]
    return service.geography[kind.on].ids[entity]


def _quantity(one: Quantity) -> QuantityOut:
    return QuantityOut(
        quantity=one.id,
        unit=one.display_unit,
        wire_unit=one.unit,
        per_unit=one.per_unit,
        states=one.states,
    )
