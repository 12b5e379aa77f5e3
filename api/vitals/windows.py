"""What was read lately: rings of minutes and hours, the last value, and who was heard.

Event time throughout. A reading counts once the watermark has reached it; one more than 5 min
ahead is ignored, an older one corrects the windows that are still open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec
import numpy as np

from api.quality.inspector import Inspector, InspectorState
from api.quality.screen import Accepted
from api.quality.trust import Verdict
from api.vitals.columns import fill, packed
from api.vitals.ratio import ratio
from api.vitals.ring import Bins, Ring
from sensors.catalogue import Quantity
from sensors.network import Network
from sensors.reading import ReadingBatch
from twin.arrays import Array, Bools, Floats, Index, Ints
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS

FUTURE_MS = 5 * MINUTE_MS
NEVER_MS = -(2**62)
KEPT_MS = 32 * DAY_MS  # longer than any ring
CORRECTED_MS = HOUR_MS  # late readings correct what was stored so far back
LATE_MS = 30_000  # a heartbeat may travel this long before its node counts as silent
# Ring names with bin and longest window; each ring is deeper by what may lie in the future.
STEPS = {
    "minutes": (MINUTE_MS, HOUR_MS),
    "hours": (HOUR_MS, DAY_MS + HOUR_MS),
    "month": (HOUR_MS, 31 * DAY_MS),
}


@dataclass(frozen=True, slots=True)
class SeriesFacts:
    """Per series: its sensor, how the wire value is shown, and what values are possible."""

    sensor: Index
    per_unit: Floats
    low: Floats
    high: Floats
    quantity: Index
    states: tuple[Mapping[str, float], ...]  # per quantity: state -> its number

    @staticmethod
    def of(network: Network) -> "SeriesFacts":
        quantities = network.quantities
        row = network.series.quantity
        return SeriesFacts(
            network.series.sensor,
            np.array([quantity.per_unit for quantity in quantities])[row],
            np.array([_limits(quantity)[0] for quantity in quantities])[row],
            np.array([_limits(quantity)[1] for quantity in quantities])[row],
            row,
            tuple(
                {state: float(code) for code, state in enumerate(quantity.states)}
                for quantity in quantities
            ),
        )


class WindowsState(msgspec.Struct, frozen=True):
    """Windows at a moment, without their rings; columns as bytes."""

    watermark_ms: int
    columns: list[bytes]
    inspector: InspectorState


class Windows:
    """Everything that formulas may ask about the past; columns per series or per sensor.

    Readings wait until event time reaches them and are then taken in order of time, so that
    what the windows hold does not depend on how they came.
    """

    def __init__(
        self, network: Network, needs: Mapping[str, Iterable[int]], inspector: Inspector
    ) -> None:
        """`needs`: ring name -> series that some formula looks at through that ring."""
        self._facts = SeriesFacts.of(network)
        count = len(self._facts.sensor)
        wanted = {name: set(needs.get(name, ())) for name in STEPS}
        wanted["minutes"].update(inspector.neighbours.series.tolist())
        quantum = _quanta(network)
        self.rings = {name: _ring(name, wanted[name], count, quantum) for name in STEPS}
        self.inspector = inspector
        self.last_ms: Ints = np.full(count, NEVER_MS, np.int64)
        self.first_ms: Ints = np.full(count, -NEVER_MS, np.int64)
        self.last: Floats = np.full(count, np.nan)
        self.heard_ms: Ints = np.full(len(network.sensor_ids), NEVER_MS, np.int64)
        self.good_ms: Ints = self.heard_ms.copy()
        self.silent_after_ms: Ints = 2 * _heartbeats(network) + LATE_MS
        self.watermark_ms: int | None = None
        self.rejected = 0  # readings outside the range of their quantity
        self.future = 0  # readings ignored because they lie in the future
        self.believed: Bools = np.ones(len(network.sensor_ids), bool)
        self.quality: Floats = np.ones(len(network.sensor_ids))
        self._clock_ms = NEVER_MS
        self._waiting: list[ReadingBatch] = []
        self._late: list[ReadingBatch] = []

    def add(self, batch: ReadingBatch) -> None:
        """Take readings in; they count once event time has reached them."""
        if len(batch):
            self._waiting.append(batch)

    def expect(self, clock_ms: int) -> None:
        """The run's clock: what lies more than 5 min beyond it, or the watermark, is dropped."""
        self._clock_ms = max(clock_ms, self._clock_ms)

    def advance(self, t_ms: int) -> None:
        """Move the watermark and take in what it has reached."""
        before_ms = self.watermark_ms
        if self.watermark_ms is not None and t_ms < self.watermark_ms:
            raise ValueError(f"the watermark cannot go back from {self.watermark_ms} to {t_ms}")
        self.watermark_ms = t_ms
        for ring in self.rings.values():
            ring.advance(t_ms // ring.step_ms)
        self.inspector.tally.advance(t_ms)
        if self._waiting:
            reached = self._reached(t_ms)
            self._note_late(reached, before_ms)
            self._take(reached)
        self._count(self.inspector.screen.ripen(t_ms))

    def state(self) -> WindowsState:
        """Everything but the rings, which the store can fill again."""
        assert self.watermark_ms is not None
        self.inspector.forget(self.watermark_ms - KEPT_MS)
        return WindowsState(self.watermark_ms, packed(self._columns()), self.inspector.state())

    def restore(self, state: WindowsState) -> None:
        """Go on from there, rings empty; ValueError when it is of other neurons."""
        fill(self._columns(), state.columns, "neurons")
        self.inspector.restore(state.inspector)
        self.watermark_ms = state.watermark_ms
        for ring in self.rings.values():
            ring.advance(state.watermark_ms // ring.step_ms)

    def refill(self, batch: ReadingBatch) -> None:
        """Readings from the store after `restore`: what had been counted goes into the rings.

        What its neuron had not yet said by then is taken in anew.
        """
        heard_ms = self.heard_ms[self._facts.sensor[batch.series]]
        old = batch.t_ms <= heard_ms
        self.add(batch.take(~old))
        batch = batch.take(old)
        value, low, high = self._shown(batch), self._facts.low, self._facts.high
        good = (value >= low[batch.series]) & (value <= high[batch.series])
        good &= ~np.isin(_keys(batch.series, batch.t_ms), _keys(*self.inspector.left_out()))
        for ring in self.rings.values():
            ring.add(batch.series[good], batch.t_ms[good], value[good])

    def _columns(self) -> tuple[Array, ...]:
        return self.last, self.last_ms, self.first_ms, self.heard_ms, self.good_ms

    def take_late(self) -> tuple[Index, Ints]:
        """Series and times of what came more than a minute late since this was last asked."""
        late, self._late = ReadingBatch.concat(self._late), []
        return late.series, late.t_ms

    def _note_late(self, reached: ReadingBatch, before_ms: int | None) -> None:
        if before_ms is None:
            return
        first_ms = before_ms - 2 * CORRECTED_MS  # what no kept minute looks at is left out
        late = (reached.t_ms < before_ms - MINUTE_MS) & (reached.t_ms > first_ms)
        if late.any():
            self._late.append(reached.take(late))
        self._late = [batch for batch in self._late if int(batch.t_ms.max()) > first_ms]

    def judge(self, t_ms: int) -> Verdict:
        """How far each neuron can be trusted now; the windows leave out those who cannot."""
        series, ring = self.inspector.neighbours.series, self.rings["minutes"]
        verdict = self.inspector.verdict(t_ms, mean_of(ring.view(series, t_ms, 60)))
        self.believed, self.quality = verdict.believed, verdict.quality
        return verdict

    def live(self, t_ms: int) -> Bools:
        """Per sensor: whether a usable reading came within two heartbeats."""
        return t_ms - self.good_ms <= self.silent_after_ms

    def online(self, t_ms: int) -> Bools:
        """Per sensor: whether anything came within two heartbeats."""
        return t_ms - self.heard_ms <= self.silent_after_ms

    def latest(self, series: Index, sensor: Index, t_ms: int) -> Floats:
        """The last value of each series, NaN once its sensor is silent."""
        silent = t_ms - self.last_ms[series] > self.silent_after_ms[sensor]
        return np.where(silent, np.nan, self.last[series])

    def _reached(self, t_ms: int) -> ReadingBatch:
        """The waiting readings up to now, ordered by time; what lies too far ahead is dropped."""
        batch = ReadingBatch.concat(self._waiting)
        ahead = batch.t_ms > t_ms
        wild = batch.t_ms > max(t_ms, self._clock_ms) + FUTURE_MS
        self.future += int(wild.sum())
        rest = batch.take(ahead & ~wild)
        self._waiting = [rest] if len(rest) else []
        now = batch.take(~ahead)
        return now.take(_in_order(now))

    def _take(self, batch: ReadingBatch) -> None:
        facts, series, inspector = self._facts, batch.series, self.inspector
        value = self._shown(batch)
        good = (value >= facts.low[series]) & (value <= facts.high[series])
        np.maximum.at(self.heard_ms, facts.sensor[series], batch.t_ms)
        inspector.heard(series, batch.t_ms)
        if not good.all():
            self.rejected += int(len(good) - good.sum())
            inspector.refuse(series[~good], batch.t_ms[~good])
            series, value = series[good], value[good]
        t_ms = batch.t_ms if good.all() else batch.t_ms[good]
        np.maximum.at(self.good_ms, facts.sensor[series], t_ms)
        self._count(inspector.take(series, t_ms, value))

    def _count(self, accepted: Accepted) -> None:
        if not len(accepted.series):
            return
        self._remember(accepted.series, accepted.t_ms, accepted.value)
        for ring in self.rings.values():
            ring.add(accepted.series, accepted.t_ms, accepted.value)

    def _remember(self, series: Index, t_ms: Ints, value: Floats) -> None:
        np.minimum.at(self.first_ms, series, t_ms)
        np.maximum.at(self.last_ms, series, t_ms)
        newest = t_ms == self.last_ms[series]
        self.last[series[newest]] = value[newest]

    def _shown(self, batch: ReadingBatch) -> Floats:
        """Values in display units; states as their number in the catalogue."""
        value: Floats = batch.value * self._facts.per_unit[batch.series]
        if batch.state is None:
            return value
        stated = np.flatnonzero(np.array([state is not None for state in batch.state]))
        codes = [
            self._facts.states[quantity].get(state, np.nan)
            for quantity, state in zip(
                self._facts.quantity[batch.series[stated]].tolist(),
                batch.state[stated],
                strict=True,
            )
        ]
        value[stated] = codes
        return value


def _in_order(batch: ReadingBatch) -> Ints:
    """Positions by time, then series; values decide only between doubled readings."""
    keys = (batch.t_ms << 20) | batch.series  # as in _keys: both fit
    order: Ints = np.argsort(keys, kind="stable")
    ranked = keys[order]
    if (ranked[1:] == ranked[:-1]).any():
        order = np.lexsort((batch.value, keys))
    return order


def _keys(series: Index, t_ms: Ints) -> Ints:
    """One number per reading: times are below 2**43 ms (the year 2248), series below 2**20."""
    keys: Ints = (series.astype(np.int64) << 43) | t_ms
    return keys


def mean_of(bins: Bins) -> Floats:
    """Mean over all readings of the bins, NaN where there is none."""
    return ratio(bins.total.sum(axis=0), bins.count.sum(axis=0))


def _ring(name: str, series: Iterable[int], count: int, quantum: Floats) -> Ring:
    step_ms, longest_ms = STEPS[name]
    depth = longest_ms // step_ms + 2
    if name == "minutes":
        depth += CORRECTED_MS // step_ms
    return Ring(np.array(sorted(set(series)), np.int64), count, step_ms, depth, quantum)


def _quanta(network: Network) -> Floats:
    """Per series a power of two far below the resolution of its quantity."""
    step = np.array([one.resolution if one.numeric else 1.0 for one in network.quantities])
    quanta: Floats = 2.0 ** (np.floor(np.log2(step)) - 12)
    return quanta[network.series.quantity]


def _heartbeats(network: Network) -> Ints:
    kinds = [max(kind.cadence_ms, kind.heartbeat_ms) for kind in network.catalogue.kinds]
    beats: Array = np.array(kinds, np.int64)[network.kind]
    return beats


def _limits(quantity: Quantity) -> tuple[float, float]:
    if quantity.boolean or quantity.states:
        return 0.0, float(max(1, len(quantity.states) - 1))
    slack = 1e-6 * max(abs(quantity.low), abs(quantity.high))
    return quantity.low - slack, quantity.high + slack
