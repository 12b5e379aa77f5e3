"""What was read lately: rings of minutes and hours, the last value, and who was heard.

Event time throughout. Readings in the future of the watermark by more than 5 min are ignored;
older ones correct the windows that are still open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from api.vitals.ring import Ring
from sensors.catalogue import Quantity
from sensors.network import Network
from sensors.reading import ReadingBatch
from twin.arrays import Array, Bools, Floats, Index, Ints
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS

FUTURE_MS = 5 * MINUTE_MS
NEVER_MS = -(2**62)
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


class Windows:
    """Everything that formulas may ask about the past; columns per series or per sensor."""

    def __init__(self, network: Network, needs: Mapping[str, Iterable[int]]) -> None:
        """`needs`: ring name -> series that some formula looks at through that ring."""
        self._facts = SeriesFacts.of(network)
        count = len(self._facts.sensor)
        self.rings = {name: _ring(name, needs.get(name, ()), count) for name in STEPS}
        self.last_ms: Ints = np.full(count, NEVER_MS, np.int64)
        self.first_ms: Ints = np.full(count, -NEVER_MS, np.int64)
        self.last: Floats = np.full(count, np.nan)
        self.heard_ms: Ints = np.full(len(network.sensor_ids), NEVER_MS, np.int64)
        self.good_ms: Ints = self.heard_ms.copy()
        self.silent_after_ms: Ints = 2 * _heartbeats(network) + LATE_MS
        self.watermark_ms: int | None = None
        self.rejected = 0  # readings outside the range of their quantity
        self.future = 0  # readings ignored because they lie in the future
        self.revision = 0  # grows when readings come in that are older than an hour
        self._waiting: list[ReadingBatch] = []

    def add(self, batch: ReadingBatch) -> None:
        """Take readings in. Those beyond the horizon wait until the watermark has moved once."""
        if not len(batch):
            return
        if self.watermark_ms is None:
            self._waiting.append(batch)
            return
        early = batch.t_ms > self.watermark_ms + FUTURE_MS
        if early.any():
            self._waiting.append(batch.take(early))
            batch = batch.take(~early)
        self._take(batch)

    def advance(self, t_ms: int) -> None:
        """Move the watermark; what still lies more than 5 min beyond it is dropped for good."""
        if self.watermark_ms is not None and t_ms < self.watermark_ms:
            raise ValueError(f"the watermark cannot go back from {self.watermark_ms} to {t_ms}")
        self.watermark_ms = t_ms
        for ring in self.rings.values():
            ring.advance(t_ms // ring.step_ms)
        waiting, self._waiting = self._waiting, []
        for batch in waiting:
            early = batch.t_ms > t_ms + FUTURE_MS
            self.future += int(early.sum())
            self._take(batch.take(~early))

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

    def _take(self, batch: ReadingBatch) -> None:
        if not len(batch):
            return
        if self.watermark_ms is not None and int(batch.t_ms.min()) < self.watermark_ms - HOUR_MS:
            self.revision += 1
        facts, series = self._facts, batch.series
        value = self._shown(batch)
        good = (value >= facts.low[series]) & (value <= facts.high[series])
        np.maximum.at(self.heard_ms, facts.sensor[series], batch.t_ms)
        self.rejected += int(len(good) - good.sum())
        if not good.all():
            series, value = series[good], value[good]
        t_ms = batch.t_ms if good.all() else batch.t_ms[good]
        np.maximum.at(self.good_ms, facts.sensor[series], t_ms)
        self._remember(series, t_ms, value)
        for ring in self.rings.values():
            ring.add(series, t_ms, value)

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


def _ring(name: str, series: Iterable[int], count: int) -> Ring:
    step_ms, longest_ms = STEPS[name]
    depth = longest_ms // step_ms + FUTURE_MS // step_ms + 2
    return Ring(np.array(sorted(set(series)), np.int64), count, step_ms, depth)


def _heartbeats(network: Network) -> Ints:
    kinds = [max(kind.cadence_ms, kind.heartbeat_ms) for kind in network.catalogue.kinds]
    beats: Array = np.array(kinds, np.int64)[network.kind]
    return beats


def _limits(quantity: Quantity) -> tuple[float, float]:
    if quantity.boolean or quantity.states:
        return 0.0, float(max(1, len(quantity.states) - 1))
    slack = 1e-6 * max(abs(quantity.low), abs(quantity.high))
    return quantity.low - slack, quantity.high + slack
