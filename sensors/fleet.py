"""All neurons at once: what they say at a moment, before any of it travels.

Truth -> layout (one flat vector) -> measure -> faults of values -> report on change -> device time
"""

from collections.abc import Collection, Mapping

import msgspec
import numpy as np

from sensors.catalogue import DEVICE, GRID_MS
from sensors.colour import Colour
from sensors.devices import Devices
from sensors.faults.chain import Chain
from sensors.faults.tools import Moment
from sensors.instruments import instruments_of, special
from sensors.layout import Flat, layout_of, wanted
from sensors.measure import FLIP_MS, numbers, switches, wrong_switches
from sensors.network import Network
from sensors.noise import keys_of
from sensors.quiet import Quiet, View
from sensors.reading import Messages, ReadingBatch
from sensors.schedule import Due, Schedule
from twin.arrays import Bools, Floats, Ints
from twin.clock import HOUR_MS, MINUTE_MS
from twin.truth import Truth

TOGETHER = MINUTE_MS // GRID_MS  # ticks that are said together at most
_DRIFT_HOURS = 6  # drift takes months; it is followed in steps of this


class FleetState(msgspec.Struct, frozen=True):
    """What a fleet carries from one moment to the next: float64 columns, one entry per series."""

    last: bytes


class Fleet:
    """The neurons of one network. Values depend on seed, neuron, time and truth alone.

    Batches hold states as their number. Carries the last reported value of each series.
    """

    def __init__(
        self,
        network: Network,
        seed: int,
        faults: Chain | None = None,
        fast: Collection[str] | None = None,
    ) -> None:
        """Without `faults` neurons measure as well as they can.

        `fast` names what of the truth may differ between ticks that are seen together.
        """
        keys = keys_of(seed, network.sensor_ids)
        self.network, self._faults = network, faults
        self._layout = layout_of(wanted(network.catalogue), network.table_rows, fast or ())
        self._devices = Devices(network, keys)
        self._schedule = Schedule(network, keys, _idle(network, fast))
        order = self._schedule.order
        self._place = np.empty(len(order), np.int32)
        self._place[order] = np.arange(len(order), dtype=np.int32)
        self._instruments = instruments_of(network, self._layout, seed).take(order)
        self._colour = Colour(self._instruments.keys, self._instruments.weights)
        self._sensor = network.series.sensor[order].astype(np.intp)
        self._delta = _deltas(network)[order]
        self._last = np.full(len(network.series), np.nan)
        self._quiet = Quiet(network, self._schedule, self._instruments, self._delta, faults)
        self._flat = Flat(self._layout, self._layout.city if fast is None else fast, TOGETHER)
        self._seen: list[int] = []
        self._arrays: Mapping[str, Floats] = {}
        self._hour: int | None = None
        self._drifted: int | None = None
        self._flipped: int | None = None
        self._offsets = np.zeros(len(network.series))
        self._wrong = np.zeros(len(network.series), bool)
        self._speaks = np.zeros(len(network) * TOGETHER, bool)
        self._first = np.full(len(network), TOGETHER)

    def births(self, truth: Truth) -> ReadingBatch:
        """Every neuron reports, whatever its cadence."""
        return self._all_say(np.arange(len(self._place)), truth)

    def measure(self, truth: Truth) -> ReadingBatch:
        """Those whose turn it is; kinds that report changes only if something changed."""
        self.see(truth)
        return self.say().readings()

    def history(self, truth: Truth) -> ReadingBatch:
        """The slow kinds whose history has a point at this time."""
        steps = [kind.history_ms for kind in self.network.catalogue.kinds]
        due = np.array([step is not None and truth.t_ms % step == 0 for step in steps])
        mine = due[self.network.kind][self._sensor]
        return self._all_say(np.flatnonzero(mine), truth)

    @property
    def seeing(self) -> bool:
        """Whether ticks were seen that nobody has spoken of yet."""
        return bool(self._seen)

    def see(self, truth: Truth) -> None:
        """Take in the truth of a tick, at most TOGETHER of one minute before they are said."""
        row = len(self._seen)
        self._seen.append(truth.t_ms)
        self._arrays = truth.arrays
        if row:
            self._flat.fill(truth.arrays, row)
        else:
            self._refresh(truth.t_ms)
            self._flat.fill(truth.arrays, 0)

    def say(self) -> Messages:
        """What those say whose turn it was at the ticks seen since the last time, tick by tick."""
        view = View(self._flat, self._offsets, self._wrong, self._last)
        awake = self._quiet.awake(view, self._seen)
        return self._say(self._schedule.due(self._seen, awake), False)

    def state(self) -> FleetState:
        """What a restored fleet needs beside network and seed."""
        return FleetState(self._last[self._place].tobytes())

    def restore(self, state: FleetState) -> None:
        """Carry on from this state; ValueError when it is of another network."""
        if len(state.last) != self._last.nbytes:
            expected = self._last.nbytes // 8
            raise ValueError(f"state of {len(state.last) // 8} series, expected {expected}")
        self._last = np.frombuffer(state.last)[self._schedule.order]

    def _all_say(self, places: Ints, truth: Truth) -> ReadingBatch:
        self.see(truth)
        return self._say(self._schedule.all_of(places, truth.t_ms), True).readings()

    def _say(self, due: Due, everyone: bool) -> Messages:
        self._seen = []
        values = self._measured(due)
        told = np.isfinite(values)
        if not everyone:
            self._keep_news(told, due, values)
        places, at_ms = due.places, due.at_ms
        if due.tick is not None or not told.all():
            rows = _in_time(np.flatnonzero(told), due.tick)
            places, values, at_ms = due.take(rows)[0], values[rows], at_ms[rows]
        self._last[places] = values
        ahead_ms = self._devices.clock_offset_ms(self._sensor[places], int(due.ticks_ms[-1]))
        return Messages(self._schedule.order[places], at_ms + ahead_ms, values, at_ms)

    def _measured(self, due: Due) -> Floats:
        """Wire values with all that is wrong with them."""
        values, draws = np.empty(len(due)), np.zeros(len(due), np.uint64)
        places, tick = due.part(0, due.numbers)
        sample = self._schedule.count(places, tick, due.steps)
        numbers(
            self._instruments,
            self._colour,
            self._offsets,
            self._flat,
            places,
            sample,
            self._flat.shift(tick),
            (values[: due.numbers], draws[: due.numbers]),
        )
        places, tick = due.part(due.numbers, len(due))
        values[due.numbers :] = switches(
            self._instruments, self._wrong, self._flat, places, self._flat.shift(tick)
        )
        if self._faults is None:
            return values
        moment = Moment(int(due.ticks_ms[-1]), self._arrays, len(due.ticks_ms))
        batch = ReadingBatch(self._schedule.order[due.places], due.at_ms, values)
        return self._faults.measured(batch, draws, moment).value

    def _keep_news(self, told: Bools, due: Due, values: Floats) -> None:
        """Leave only those `told`, in place, who have something to say."""
        rows = np.flatnonzero(self._delta[due.places])  # all others tell every sample
        if not len(rows):
            return
        places, tick = due.take(rows)
        beat = self._schedule.heartbeat(places, tick, due.steps)
        told[rows] &= self._news(places, tick, values[rows], beat)

    def _news(self, places: Ints, tick: Ints | None, values: Floats, beat: Bools) -> Bools:
        """Whose value is news, or who has a heartbeat; with all other quantities of the neuron.

        Whoever has told something measures the news of later ticks by that, and is looked at again.
        """
        news = ~(np.abs(values - self._last[places]) < self._delta[places])
        news |= beat
        sensor = self._sensor[places]
        moment = sensor if tick is None else sensor * TOGETHER + tick
        self._speaks[moment[news]] = True
        news = self._speaks[moment]
        told = np.flatnonzero(news)
        self._speaks[moment[told]] = False
        if tick is not None:
            later = self._remember(places, tick, values, told)
            if len(later):
                news[later] = self._news(places[later], tick[later], values[later], beat[later])
        return news

    def _remember(self, places: Ints, tick: Ints, values: Floats, told: Ints) -> Ints:
        """Keep what each neuron tells first; the samples that come after."""
        sensor = self._sensor[places]
        backwards = _in_time(told, tick)[::-1]
        self._first[sensor[backwards]] = tick[backwards]  # the earliest stays
        since = tick - self._first[sensor]
        self._first[sensor[told]] = TOGETHER
        first = told[(since[told] == 0) & np.isfinite(values[told])]
        self._last[places[first]] = values[first]
        return np.flatnonzero(since > 0)

    def _refresh(self, t_ms: int) -> None:
        """What changes slowly brought up to date."""
        hour = t_ms // HOUR_MS
        if hour // _DRIFT_HOURS != self._drifted:
            self._drifted = hour // _DRIFT_HOURS
            self._offsets = self._instruments.offsets(self._drifted * _DRIFT_HOURS * HOUR_MS)
        if t_ms // FLIP_MS != self._flipped:
            self._flipped = t_ms // FLIP_MS
            self._wrong = wrong_switches(self._instruments, t_ms)
        if hour != self._hour:
            self._hour = hour
            own = self._devices.arrays(self.network.table_rows[DEVICE], hour * HOUR_MS)
            self._layout.fill_devices(self._flat.values, own)


def _in_time(rows: Ints, tick: Ints | None) -> Ints:
    """The same rows tick by tick."""
    return rows if tick is None else rows[np.argsort(tick[rows].astype(np.uint8), kind="stable")]


def _idle(network: Network, fast: Collection[str] | None) -> Bools | None:
    """Per series, whether its neuron tells changes of what stands still between full minutes."""
    if fast is None:
        return None
    kinds = network.catalogue.kinds
    plain = [not special(one) and one.truth not in fast for one in network.quantities]
    idle = np.array([kind.report == "change" for kind in kinds])
    for kind, quantity in zip(network.quantity_kind.tolist(), plain, strict=True):
        idle[kind] &= quantity  # all that a neuron measures, or nothing
    return idle[network.kind][network.series.sensor]


def _deltas(network: Network) -> Floats:
    """How far a wire value must move to be news, per series; 0 where every sample is."""
    table = np.zeros(len(network.quantities))
    for number, quantity in enumerate(network.quantities):
        if network.catalogue.kinds[int(network.quantity_kind[number])].report == "change":
            step = quantity.delta or quantity.resolution
            table[number] = (1 - 1e-9) * step / quantity.per_unit if quantity.numeric else 0.5
    deltas: Floats = table[network.series.quantity]
    return deltas
