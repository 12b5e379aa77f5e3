"""A store whose vital signs of the past are made up: one indicator, a seasonal day with noise."""

from dataclasses import dataclass

import numpy as np

from api.forecast.timetable import SLOTS, STEP_MS
from sensors.store import StoreUnavailable
from sensors.store.base import VitalRows, VitalSpan
from twin.arrays import Floats


@dataclass
class MadeUpPast:
    """Rows at every quarter of an hour from `first_ms` on; the same time, the same numbers."""

    indicator: str
    level: str
    entities: tuple[str, ...]
    first_ms: int
    high: float = 1.0
    away: bool = False
    asked: int = 0

    def values(self, t_ms: int) -> Floats:
        """Around `high` at noon, a tenth of it at night."""
        step = t_ms // STEP_MS
        wave = 0.55 - 0.45 * np.cos(2 * np.pi * ((step + 32) % SLOTS) / SLOTS)
        noise = np.random.default_rng(step).standard_normal(len(self.entities))
        return self.high * (wave + 0.05 * noise)

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows:
        if self.away:
            raise StoreUnavailable("away")
        self.asked += 1
        first = max(self.first_ms, -(-start_ms // STEP_MS) * STEP_MS)
        times = np.arange(first, end_ms, STEP_MS, dtype=np.int64)
        size, count = len(self.entities), len(times)
        value = np.concatenate([np.empty(0), *(self.values(int(t_ms)) for t_ms in times)])
        return VitalRows(
            np.repeat(times, size),
            np.full(size * count, self.indicator, object),
            np.full(size * count, self.level, object),
            np.tile(np.array(self.entities, object), count),
            value,
            np.full(size * count, 90.0),
            np.ones(size * count),
        )

    def vital_span(self, run: str) -> VitalSpan:
        if self.away:
            raise StoreUnavailable("away")
        return VitalSpan(self.first_ms, None)
