"""How the rain of an hour falls over its minutes."""

import numpy as np

from twin.arrays import Floats
from twin.clock import HOUR_MS, MINUTE_MS
from twin.streams import stream

MINUTES = 60
LATEST_START, LONGEST_REST = 40, 15  # minutes: of the first hour of a spell, after the last


def pattern(seed: int, hour: int, wet_before: bool, wet_after: bool) -> Floats:
    """Weights of the 60 minutes with mean 1: bursts of a few minutes over a smooth swell.

    A spell begins and ends within its first and last hour. Design choice: gamma bursts of
    shape 2, smoothed over three minutes.
    """
    rng = stream(seed, f"storm/{hour}")
    begin, rest = rng.random(2)
    first = 0 if wet_before else int(begin * LATEST_START)
    last = MINUTES if wet_after else MINUTES - int(rest * LONGEST_REST)
    weights = np.convolve(rng.standard_gamma(2.0, MINUTES + 2), np.ones(3) / 3, "valid")
    weights[:first] = 0.0
    weights[last:] = 0.0
    return np.asarray(weights / weights.mean())


def share(weights: Floats, t_ms: int, dt_s: float) -> float:
    """Mean weight from t on for dt, within the hour of t; a moment counts as its minute."""
    start = t_ms % HOUR_MS // MINUTE_MS
    end = min(MINUTES, start + max(1, round(dt_s / 60)))
    return float(weights[start:end].mean())
