"""Made-up pasts: series whose best possible forecast is known."""

import numpy as np

from api.forecast.model import Stretch
from api.forecast.timetable import SLOTS, STEP_MS, free_days, slots
from twin.arrays import Floats
from twin.clock import parse_time

MONDAY_MS = parse_time("2026-05-11T00:00")


def times(days: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return MONDAY_MS + STEP_MS * np.arange(days * SLOTS, dtype=np.int64)


def usual(days: int, width: int) -> Floats:
    """A day with one wave, higher on free days, higher still in later columns."""
    t_ms = times(days)
    wave = 1 + np.sin(2 * np.pi * (slots(t_ms) - 30) / SLOTS)
    wave = wave * np.where(free_days(t_ms), 1.6, 1.0)
    return 10 + 5 * wave[:, None] * (1 + 0.2 * np.arange(width))


def remembered(size: tuple[int, int], share: float, rng: np.random.Generator) -> Floats:
    """An AR(1) series of unit innovations."""
    noise = rng.standard_normal(size)
    for row in range(1, size[0]):
        noise[row] += share * noise[row - 1]
    return noise


def seasonal(days: int, width: int = 3, seed: int = 1, slow: float = 0.95) -> Stretch:
    """The usual day, a slow anomaly and white noise."""
    rng = np.random.default_rng(seed)
    size = (days * SLOTS, width)
    values = usual(days, width) + 0.3 * remembered(size, slow, rng)
    values += 0.5 * rng.standard_normal(size)
    return Stretch(MONDAY_MS, values, np.empty((len(values), 0)))


def walk(days: int, width: int = 3, seed: int = 1) -> Stretch:
    """A random walk: nothing is better than the last value."""
    rng = np.random.default_rng(seed)
    values = 50 + 0.2 * np.cumsum(rng.standard_normal((days * SLOTS, width)), axis=0)
    return Stretch(MONDAY_MS, values, np.empty((len(values), 0)))
