"""What breaks in a neuron: spikes, sticking, death; and outages of a LoRaWAN gateway.

Everything is scheduled by chance that depends on a name and a day (or sample) alone, so the past
is known without having been run, and the labels of any period can be listed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from sensors.catalogue import DEVICE
from sensors.grades import GRADES
from sensors.network import Network
from sensors.noise import Keys, draw, fraction, keys_of, normal, salted, uniform
from twin.arrays import Bools, Floats, Index, Ints
from twin.clock import DAY_MS, HOUR_MS

LOOK_BACK_DAYS = 30  # no episode lasts longer
_STUCK_MEDIAN_H, _STUCK_SIGMA = 38.0, 0.94  # lognormal: 95 % between 6 h and 10 d
_REPAIR_DAYS = 3.0  # mean, exponential
_OUTAGES_PER_YEAR = 12.0  # of a LoRaWAN gateway, 1 to 6 h (design choice)
_SPIKE_SIGMAS = (5.0, 50.0)  # amplitude, spread evenly over its logarithm


class Fault(StrEnum):
    """What was wrong with a neuron or a gateway."""

    SPIKE = "spike"
    STUCK = "stuck"
    DEAD = "dead"
    OUTAGE = "gateway_outage"


@dataclass(frozen=True, slots=True)
class FaultLabel:
    """The truth about one device fault; `target` is a neuron, or `{zone}/{gateway}`."""

    target: str
    fault: Fault
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Episodes:
    """Faults with a beginning and an end; `target` is a row of the neurons or gateways."""

    target: Index
    start_ms: Ints
    end_ms: Ints

    def active(self, t_ms: int) -> Index:
        """The targets that are affected at this time."""
        return self.target[(self.start_ms <= t_ms) & (t_ms < self.end_ms)]

    def within(self, start_ms: int, end_ms: int) -> "Episodes":
        """Those that touch the period."""
        touch = (self.start_ms < end_ms) & (self.end_ms > start_ms)
        return Episodes(self.target[touch], self.start_ms[touch], self.end_ms[touch])


Durations = Callable[[Keys], Floats]  # ms


def stuck_ms(draws: Keys) -> Floats:
    """How long a value stays stuck: lognormal, 6 h to 10 d."""
    hours = _STUCK_MEDIAN_H * np.exp(_STUCK_SIGMA * normal(draws))
    return np.clip(hours, 6.0, 240.0) * HOUR_MS


def repair_ms(draws: Keys) -> Floats:
    """How long until a dead neuron is replaced: exponential."""
    days = -_REPAIR_DAYS * np.log1p(-uniform(draws))
    return np.minimum(days, LOOK_BACK_DAYS) * DAY_MS


def outage_ms(draws: Keys) -> Floats:
    """How long a gateway is out: 1 to 6 h."""
    return (1.0 + 5.0 * uniform(draws)) * HOUR_MS


def spike(y: Floats, sigma: Floats, rate: Floats, draws: Keys) -> Bools:
    """Throw a rare sample off by 5 to 50 σ, in place; which ones were hit."""
    hit: Bools = uniform(draws) < rate
    if hit.any():
        again = draw(draws[hit], 1)
        low, high = _SPIKE_SIGMAS
        size = low * (high / low) ** uniform(again)
        y[hit] += np.where(fraction(again) < 0.5, -size, size) * sigma[hit]
    return hit


def stick(values: Floats, held: Floats, series: Index, stuck: Bools) -> None:
    """Readings of stuck neurons repeat the first value since they stuck, in place.

    `held` has that value per series of the network, NaN while a series has none.
    """
    held[series[~stuck]] = np.nan
    where = np.flatnonzero(stuck)
    if len(where):
        rows = series[where]
        held[rows] = np.where(np.isnan(held[rows]), values[where], held[rows])
        values[where] = held[rows]


class FaultPlan:
    """When neurons are stuck or dead and gateways are out, for one network and seed."""

    def __init__(self, network: Network, seed: int) -> None:
        own = network.table_rows[DEVICE]  # those that watch others have no faults of their own
        grades = [GRADES[kind.grade] for kind in network.catalogue.kinds]
        stuck = np.array([grade.stuck_per_year for grade in grades])[network.kind[:own]]
        dead = np.array([grade.dead_per_year for grade in grades])[network.kind[:own]]
        keys = keys_of(seed, network.sensor_ids[:own])
        lora = [gateway.startswith("l") for _, gateway in network.gateways]
        gateway_keys = keys_of(seed, ["/".join(pair) for pair in network.gateways])
        outage = np.array(lora, float) * _OUTAGES_PER_YEAR
        self._network = network
        self._rules: Mapping[Fault, tuple[Keys, Floats, Durations]] = {
            Fault.STUCK: (salted(keys, "stuck"), stuck, stuck_ms),
            Fault.DEAD: (salted(keys, "dead"), dead, repair_ms),
            Fault.OUTAGE: (salted(gateway_keys, "outage"), outage, outage_ms),
        }

    def on(self, fault: Fault, day: int) -> Episodes:
        """All of this fault that may touch this day (days since 1970, UTC)."""
        keys, rate, duration = self._rules[fault]
        return _begun(keys, rate, duration, range(day - LOOK_BACK_DAYS, day + 1))

    def labels(self, start_ms: int, end_ms: int) -> list[FaultLabel]:
        """Every episode that touches the period, by start."""
        days = range(start_ms // DAY_MS - LOOK_BACK_DAYS, end_ms // DAY_MS + 1)
        labels = [
            label
            for fault, (keys, rate, duration) in self._rules.items()
            for label in self._named(
                fault, _begun(keys, rate, duration, days).within(start_ms, end_ms)
            )
        ]
        return sorted(labels, key=lambda label: (label.start_ms, label.target, label.fault))

    def _named(self, fault: Fault, episodes: Episodes) -> list[FaultLabel]:
        names: Sequence[str] = self._network.sensor_ids
        if fault is Fault.OUTAGE:
            names = ["/".join(pair) for pair in self._network.gateways]
        columns = (episodes.target, episodes.start_ms, episodes.end_ms)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        return [FaultLabel(names[target], fault, start, end) for target, start, end in rows]


class Affected:
    """Which targets a fault affects now; looks the plan up once a day."""

    def __init__(self, plan: FaultPlan, fault: Fault, size: int) -> None:
        self._plan, self._fault = plan, fault
        self._mask = np.zeros(size, bool)
        self._day: int | None = None
        self._episodes: Episodes | None = None
        self._active = np.empty(0, np.int32)

    def at(self, t_ms: int) -> Bools:
        """True for every target that is affected at this time."""
        if self._episodes is None or t_ms // DAY_MS != self._day:
            self._day = t_ms // DAY_MS
            self._episodes = self._plan.on(self._fault, self._day)
        active = self._episodes.active(t_ms)
        self._mask[self._active] = False
        self._mask[active] = True
        self._active = active
        return self._mask


def _begun(keys: Keys, per_year: Floats, duration: Durations, days: range) -> Episodes:
    """Episodes that begin on these days."""
    parts = [_begun_on(keys, per_year, duration, day) for day in days]
    return Episodes(
        np.concatenate([part.target for part in parts]),
        np.concatenate([part.start_ms for part in parts]),
        np.concatenate([part.end_ms for part in parts]),
    )


def _begun_on(keys: Keys, per_year: Floats, duration: Durations, day: int) -> Episodes:
    draws = draw(keys, day)
    target = np.flatnonzero(uniform(draws) < per_year / 365.0).astype(np.int32)
    again = draw(draws[target], 1)
    start = day * DAY_MS + np.floor(fraction(again) * DAY_MS).astype(np.int64)
    end = start + np.rint(duration(draw(again, 2))).astype(np.int64)
    return Episodes(target, start, end)
