"""How good quantiles are: the continuous ranked probability score and the coverage."""

import numpy as np

from twin.arrays import Bools, Floats

LEVELS = (0.05, 0.25, 0.50, 0.75, 0.95)
# CRPS = 2 x the integral of the pinball loss over the level; each level stands for its share.
SHARES = (0.15, 0.225, 0.25, 0.225, 0.15)


def crps(quantiles: Floats, seen: Floats) -> Floats:
    """In the unit of the values; `quantiles` have LEVELS along the last axis, which `seen` lacks.

    Gneiting and Raftery 2007 (section 4.2) with five levels: for a normal distribution within
    3 % of the integral. NaN where either is.
    """
    error = seen[..., None] - quantiles
    level = np.asarray(LEVELS)
    pinball = np.maximum(level * error, (level - 1) * error)
    score: Floats = 2 * (pinball * np.asarray(SHARES)).sum(axis=-1)
    return score


def covered(quantiles: Floats, seen: Floats) -> Bools:
    """Whether the value lies within the 90 % interval, its ends included."""
    within: Bools = (seen >= quantiles[..., 0]) & (seen <= quantiles[..., -1])
    return within


def inside(quantiles: Floats, seen: Floats) -> Bools:
    """Whether the value lies within the 90 % interval, its ends excluded."""
    within: Bools = (seen > quantiles[..., 0]) & (seen < quantiles[..., -1])
    return within
