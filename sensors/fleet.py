"""All neurons at once: what they say at a moment, before any of it travels.

Truth -> layout (one flat vector) -> measure -> faults of values -> report on change -> device time
"""

import msgspec
import numpy as np

from sensors.catalogue import DEVICE
from sensors.devices import Devices
from sensors.faults.chain import Chain
from sensors.faults.tools import Moment
from sensors.instruments import instruments_of
from sensors.layout import flat_vector, layout_of, wanted
from sensors.measure import measure
from sensors.network import Network
from sensors.noise import keys_of
from sensors.reading import ReadingBatch
from sensors.schedule import Schedule
from twin.arrays import Bools, Floats, Index
from twin.clock import HOUR_MS
from twin.truth import Truth

_DRIFT_HOURS = 6  # drift takes months; it is followed in steps of this


class FleetState(msgspec.Struct, frozen=True):
    """What a fleet carries from one moment to the next: float64 columns, one entry per series."""

    last: bytes


class Fleet:
    """The neurons of one network. Values depend on seed, neuron, time and truth alone.

    Batches hold states as their number. Carries the last reported value of each series.
    """

    def __init__(self, network: Network, seed: int, faults: Chain | None = None) -> None:
        """Without `faults` neurons measure as well as they can."""
        keys = keys_of(seed, network.sensor_ids)
        self.network, self._faults = network, faults
        self._layout = layout_of(wanted(network.catalogue), network.table_rows)
        self._flat = flat_vector(self._layout)
        self._instruments = instruments_of(network, self._layout, seed)
        self._devices = Devices(network, keys)
        self._schedule = Schedule(network, keys)
        self._delta = _deltas(network)
        self._last = np.full(len(network.series), np.nan)
        self._hour: int | None = None
        self._drifted: int | None = None
        self._offsets = np.zeros(len(network.series))

    def births(self, truth: Truth) -> ReadingBatch:
        """Every neuron reports, whatever its cadence."""
        return self._say(truth, np.arange(len(self.network.series), dtype=np.int32), True)

    def measure(self, truth: Truth) -> ReadingBatch:
        """Those whose turn it is; kinds that report changes only if something changed."""
        return self._say(truth, self._schedule.due(truth.t_ms), False)

    def history(self, truth: Truth) -> ReadingBatch:
        """The slow kinds whose history has a point at this time."""
        steps = [kind.history_ms for kind in self.network.catalogue.kinds]
        due = np.array([step is not None and truth.t_ms % step == 0 for step in steps])
        series = np.flatnonzero(due[self.network.kind][self.network.series.sensor])
        return self._say(truth, series.astype(np.int32), True)

    def state(self) -> FleetState:
        """What a restored fleet needs beside network and seed."""
        return FleetState(self._last.tobytes())

    def restore(self, state: FleetState) -> None:
        """Carry on from this state; ValueError when it is of another network."""
        if len(state.last) != self._last.nbytes:
            expected = self._last.nbytes // 8
            raise ValueError(f"state of {len(state.last) // 8} series, expected {expected}")
        self._last = np.frombuffer(state.last).copy()

    def _say(self, truth: Truth, series: Index, everyone: bool) -> ReadingBatch:
        self._refresh(truth)
        values = self._measured(truth, series)
        t_ms, sensor = truth.t_ms, self.network.series.sensor[series]
        told = np.isfinite(values)
        if not everyone:
            told &= self._speaks(series, sensor, values, t_ms)
        if not told.all():
            series, sensor, values = series[told], sensor[told], values[told]
        self._last[series] = values
        return ReadingBatch(series, t_ms + self._devices.clock_offset_ms(sensor, t_ms), values)

    def _measured(self, truth: Truth, series: Index) -> Floats:
        """Wire values with all that is wrong with them."""
        t_ms = truth.t_ms
        tick = self._schedule.tick(series, t_ms)
        values, draws = measure(self._instruments, self._offsets, self._flat, series, tick, t_ms)
        if self._faults is None:
            return values
        batch = ReadingBatch(series, np.full(len(series), t_ms), values)
        return self._faults.measured(batch, draws, Moment(t_ms, truth.arrays)).value

    def _speaks(self, series: Index, sensor: Index, values: Floats, t_ms: int) -> Bools:
        """Whether a neuron has something to say: with all its quantities or not at all."""
        news: Bools = ~(np.abs(values - self._last[series]) < self._delta[series])
        still = np.flatnonzero(~news)
        if not len(still):
            return news
        news[still] = self._schedule.heartbeat(series[still], t_ms)
        speaking = np.zeros(len(self.network), bool)
        speaking[sensor[news]] = True
        return speaking[sensor]

    def _refresh(self, truth: Truth) -> None:
        """The truth in its place, and what changes slowly brought up to date."""
        self._layout.fill(self._flat, truth.arrays)
        hour = truth.t_ms // HOUR_MS
        if hour // _DRIFT_HOURS != self._drifted:
            self._drifted = hour // _DRIFT_HOURS
            self._offsets = self._instruments.offsets(self._drifted * _DRIFT_HOURS * HOUR_MS)
        if hour != self._hour:
            self._hour = hour
            own = self._devices.arrays(self.network.table_rows[DEVICE], hour * HOUR_MS)
            self._layout.fill_devices(self._flat, own)


def _deltas(network: Network) -> Floats:
    """How far a wire value must move to be news, per series; 0 where every sample is."""
    table = np.zeros(len(network.quantities))
    for number, quantity in enumerate(network.quantities):
        if network.catalogue.kinds[int(network.quantity_kind[number])].report == "change":
            step = quantity.delta or quantity.resolution
            table[number] = (1 - 1e-9) * step / quantity.per_unit if quantity.numeric else 0.5
    deltas: Floats = table[network.series.quantity]
    return deltas
