"""What of a pack may enter the store, and why the rest may not."""

from dataclasses import dataclass

import numpy as np

from sensors import deadletter
from sensors.network import Network
from sensors.reading import ReadingBatch
from sensors.wire import Pack
from twin.arrays import Array, Bools

EARLIEST_MS = 946_684_800_000  # the year 2000: a neuron that lost its clock says 1970


@dataclass(frozen=True, slots=True)
class Refusal:
    """Records of a pack that were refused for one reason; `example` names the first."""

    reason: str
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class Admission:
    """The good readings of a pack and what was refused."""

    batch: ReadingBatch
    refused: tuple[Refusal, ...]


class Gate:
    """Judges packs by the registry of neurons; holds no state but lookup tables."""

    def __init__(self, network: Network) -> None:
        self._network = network
        quantities = network.quantities
        stated = np.array([bool(quantity.states) for quantity in quantities], np.bool_)
        units = np.array([quantity.unit for quantity in quantities], object)
        self._states = tuple(frozenset(quantity.states) for quantity in quantities)
        self._stated: Bools = stated[network.series.quantity]
        self._units: Array = units[network.series.quantity]
        pairs = zip(self._units.tolist(), self._stated.tolist(), strict=True)
        of_numbers = [None if is_state else unit for unit, is_state in pairs]
        self._unit_of: list[str | None] = [*of_numbers, None]  # -1: unknown

    def admit(self, pack: Pack, zone: str, limit_ms: int | None) -> Admission:
        """Sort the records of a pack that came on the topic of this zone.

        A record is refused for the first reason that fits, in the order below. A unit may be
        left out, but a wrong one is refused; limit_ms None sets no limit to the future.
        """
        series = self._network.series.find(pack.zone, pack.names)
        if self._spotless(pack, zone, series, limit_ms):
            return Admission(ReadingBatch(series, pack.t_ms, pack.value, None), ())
        known = series >= 0
        stated = _stated(pack)
        faults = {
            deadletter.WRONG_ZONE: np.full(len(pack), pack.zone != zone),
            deadletter.UNKNOWN_SENSOR: ~known,
            deadletter.WRONG_TYPE: known & (self._stated[series] != stated),
            deadletter.UNKNOWN_STATE: known & self._other_state(series, pack),
            deadletter.WRONG_UNIT: known & self._other_unit(series, pack),
            deadletter.NOT_FINITE: ~stated & ~np.isfinite(pack.value),
            deadletter.FAR_FUTURE: pack.t_ms > (_FOREVER if limit_ms is None else limit_ms),
            deadletter.FAR_PAST: pack.t_ms < EARLIEST_MS,
        }
        batch = ReadingBatch(series, pack.t_ms, pack.value, pack.state)
        return _sorted(batch, pack.names, faults)

    def _spotless(self, pack: Pack, zone: str, series: Array, limit_ms: int | None) -> bool:
        """Whether the whole pack is numbers that are what they should be, as most packs are."""
        if pack.state is not None or pack.zone != zone or not np.isfinite(pack.value).all():
            return False
        unit_of = self._unit_of
        if [unit_of[row] for row in series.tolist()] != pack.units:
            return False
        latest_ms = _FOREVER if limit_ms is None else limit_ms
        return bool(pack.t_ms.min() >= EARLIEST_MS and pack.t_ms.max() <= latest_ms)

    def _other_state(self, series: Array, pack: Pack) -> Bools:
        """True where a state is none of its quantity's."""
        other = np.zeros(len(pack), np.bool_)
        if pack.state is not None:
            rows = np.flatnonzero(_stated(pack))
            quantity = self._network.series.quantity[series[rows]].tolist()
            pairs = zip(quantity, pack.state[rows], strict=True)
            other[rows] = [state not in self._states[number] for number, state in pairs]
        return other

    def _other_unit(self, series: Array, pack: Pack) -> Bools:
        sent = np.array(pack.units, object)
        other: Bools = (sent != "") & (sent != self._units[series])
        return other


_FOREVER = np.iinfo(np.int64).max


def _stated(pack: Pack) -> Bools:
    if pack.state is None:
        return np.zeros(len(pack), np.bool_)
    stated: Bools = pack.state != None  # noqa: E711 - elementwise
    return stated


def _sorted(batch: ReadingBatch, names: list[str], faults: dict[str, Bools]) -> Admission:
    good = np.ones(len(batch), np.bool_)
    refused = []
    for reason, fault in faults.items():
        found = np.flatnonzero(fault & good)
        if len(found):
            refused.append(Refusal(reason, len(found), names[found[0]]))
            good[found] = False
    return Admission(batch if not refused else batch.take(good), tuple(refused))
