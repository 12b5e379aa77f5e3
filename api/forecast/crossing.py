"""How likely a threshold is passed, and when: read off the quantiles."""

import numpy as np

from api.forecast.crps import LEVELS
from twin.arrays import Floats

CELLS = len(LEVELS) - 1


def below(quantiles: Floats, thresholds: Floats) -> Floats:
    """Probability that the value is at most each threshold, along a new last axis.

    `quantiles` have LEVELS along their last axis, which the result lacks.

    Linear between the quantiles. Beyond the outer ones it falls off exponentially, going on with
    the density of the outermost cell. NaN where the quantiles are.
    """
    x, quantiles = np.asarray(thresholds, np.float64), quantiles[..., None, :]
    first, last = quantiles[..., 0], quantiles[..., -1]
    low = LEVELS[0] * np.exp(-_steps(first - x, quantiles[..., 1] - first, 0))
    high = 1 - (1 - LEVELS[-1]) * np.exp(-_steps(x - last, last - quantiles[..., -2], -1))
    inside = _inside(quantiles, x)
    found = np.where(x < first, low, np.where(x >= last, high, inside))
    return np.where(np.isnan(first), np.nan, found)


def first_time(probability: Floats, leads_ms: Floats, least: float) -> Floats:
    """Time after the issue, ms, at which the probability first reaches `least`; NaN if never.

    Leads along the first axis; linear between them, from 0 at the issue. Leads without a
    probability are left out.
    """
    found = np.full(probability.shape[1:], np.nan)
    before_ms, before = np.zeros(found.shape), np.zeros(found.shape)
    for lead_ms, chance in zip(leads_ms.tolist(), probability, strict=True):
        reached = np.isnan(found) & (chance >= least)
        share = (least - before) / np.maximum(chance - before, 1e-12)
        found = np.where(reached, before_ms + share * (lead_ms - before_ms), found)
        known = ~np.isnan(chance)
        before_ms, before = np.where(known, lead_ms, before_ms), np.where(known, chance, before)
    return found


def _steps(beyond: Floats, cell: Floats, end: int) -> Floats:
    """How many scale lengths beyond the outer quantile; without any width it is a wall."""
    tail = LEVELS[0] if end == 0 else 1 - LEVELS[-1]
    share = LEVELS[1] - LEVELS[0] if end == 0 else LEVELS[-1] - LEVELS[-2]
    return np.maximum(beyond, 0.0) / np.maximum(cell * tail / share, 1e-30)


def _inside(quantiles: Floats, x: Floats) -> Floats:
    """Linear within the cell that holds x; at a step the upper level counts."""
    found = np.full(np.broadcast_shapes(quantiles.shape[:-1], x.shape), LEVELS[0])
    for cell in range(CELLS):
        low, high = quantiles[..., cell], quantiles[..., cell + 1]
        share = np.clip((x - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
        rise = LEVELS[cell + 1] - LEVELS[cell]
        found = np.where(x >= low, LEVELS[cell] + share * rise, found)
    return found
