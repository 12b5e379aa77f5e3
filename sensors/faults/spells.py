"""When a fault strikes whom: episodes that depend on a name and a day alone.

So the past is known without having been run, and adding a neuron never moves another's.
"""

from dataclasses import dataclass

import numpy as np

from sensors.faults.profile import LONGEST_H, FaultRule
from sensors.noise import Keys, draw, fraction, normal, salted, uniform
from twin.arrays import Floats, Index, Ints
from twin.clock import DAY_MS, HOUR_MS

LOOK_BACK_DAYS = int(LONGEST_H // 24)  # no episode lasts longer
FOR_EVER_MS = 2**62


@dataclass(frozen=True, slots=True)
class Episodes:
    """Faults with a beginning and an end, by start; `target` is a row of neurons or gateways."""

    target: Index
    start_ms: Ints
    end_ms: Ints
    size: Floats

    def __len__(self) -> int:
        return len(self.target)

    def take(self, where: Ints) -> "Episodes":
        return Episodes(
            self.target[where], self.start_ms[where], self.end_ms[where], self.size[where]
        )

    def at(self, t_ms: int) -> "Episodes":
        """Those that hold at this time."""
        return self.take(np.flatnonzero((self.start_ms <= t_ms) & (t_ms < self.end_ms)))

    def changes_ms(self, t_ms: int) -> int:
        """The next time after this one at which an episode begins or ends."""
        times = np.concatenate([self.start_ms, self.end_ms])
        return int(times[times > t_ms].min(initial=FOR_EVER_MS))

    @staticmethod
    def join(parts: "list[Episodes]") -> "Episodes":
        """All of them, by start, then target."""
        whole = Episodes(
            np.concatenate([part.target for part in parts]).astype(np.int32),
            np.concatenate([part.start_ms for part in parts]).astype(np.int64),
            np.concatenate([part.end_ms for part in parts]).astype(np.int64),
            np.concatenate([part.size for part in parts]).astype(np.float64),
        )
        return whole.take(np.lexsort((whole.target, whole.start_ms)))

    @staticmethod
    def none() -> "Episodes":
        empty = np.empty(0)
        return Episodes(
            empty.astype(np.int32), empty.astype(np.int64), empty.astype(np.int64), empty
        )


class Spells:
    """The episodes of one rule; a day is drawn once."""

    def __init__(self, rule: FaultRule, keys: Keys, per_year: Floats, signed: bool) -> None:
        """`keys` and `per_year`: one per target."""
        self._rule, self._signed = rule, signed
        self._keys, self._chance = salted(keys, rule.fault.value), per_year / 365.0
        self._days: dict[int, Episodes] = {}
        self._never = not per_year.any()

    def around(self, t_ms: int) -> Episodes:
        """All episodes that may touch the day of this time."""
        if self._never:
            return Episodes.none()
        today = t_ms // DAY_MS
        wanted = range(today - LOOK_BACK_DAYS, today + 1)
        known = self._days
        self._days = {day: known[day] if day in known else self._begun(day) for day in wanted}
        return Episodes.join(list(self._days.values()))

    def _begun(self, day: int) -> Episodes:
        """Those that begin on this day (days since 1970, UTC)."""
        draws = draw(self._keys, day)
        target = np.flatnonzero(uniform(draws) < self._chance).astype(np.int32)
        again = draw(draws[target], 1)
        start = day * DAY_MS + np.floor(fraction(again) * DAY_MS).astype(np.int64)
        end = start + np.maximum(1, np.rint(lengths_ms(self._rule, draw(again, 2)))).astype(
            np.int64
        )
        return Episodes(target, start, end, sizes(self._rule.size, draw(again, 3), self._signed))


def lengths_ms(rule: FaultRule, draws: Keys) -> Floats:
    """How long episodes last, by the rule's spread."""
    low, high = rule.hours
    if rule.spread == "exponential":
        hours = low - (high - low) * np.log1p(-uniform(draws))
    elif rule.spread == "lognormal":
        middle, sigma = np.sqrt(low * high), np.log(high / low) / (2 * 1.96)
        hours = np.clip(middle * np.exp(sigma * normal(draws)), low, high)
    else:
        hours = low + (high - low) * uniform(draws)
    return np.minimum(hours, LONGEST_H) * HOUR_MS


def sizes(limits: tuple[float, float], draws: Keys, signed: bool) -> Floats:
    """Strengths spread evenly over their logarithm, up or down when they have a sign."""
    low, high = limits
    if low <= 0:
        return np.full(len(draws), high)
    size: Floats = low * (high / low) ** uniform(draws)
    if signed:
        size[fraction(draws) < 0.5] *= -1
    return size
