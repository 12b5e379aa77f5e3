"""The terms of the haze's own past: how it steps on depends on how foul the air is.

A monitor's own noise is a few micrograms at any level. In clean air it is most of an hourly step,
so a step tends to be taken back; in foul air a step is the weather's, and the next one follows it.
"""

import math
from itertools import pairwise

import numpy as np

from twin.climate.row import HAZE_OFFSET, Past, Value
from twin.climate.terms import Part, Terms

LEVELS_UG_M3 = (6, 15, 32, 62, 130)
_KNOTS = tuple(math.log(level + HAZE_OFFSET) for level in LEVELS_UG_M3)
_USUAL, _LARGE = 0.3, 0.6  # of a step of ln(PM2.5 + 5): beyond the first it is a leap


def haze_past(known: Past, at: Terms) -> list[Part]:
    """Levels and steps of the last hours, by level, hour and season."""
    ago, mean = known.ago, known.mean
    one = ago[1].haze
    lags: Terms = {f"haze_{n}": ago[n].haze for n in (1, 2, 3, 4, 6, 12, 23, 24, 25)}
    means: Terms = {
        "mean_haze_24": mean.haze_24,
        "mean_haze_96": mean.haze_96,
        "ln_flicker_6": np.log(0.02 + mean.flicker_6),
        "ln_flicker_24": np.log(0.02 + mean.flicker_24),
    }
    changing: Terms = {
        "haze": one - 4,
        "haze_rise": one - ago[2].haze,
        "haze_rise_24": ago[24].haze - ago[25].haze,
        "haze_more": one - mean.haze_24,
    }
    level = levels(one)
    return [lags, means, _older_steps(known), level, (level, _steps(known)), (at, changing)]


def levels(haze: Value) -> Terms:
    """How near the air is to each of LEVELS_UG_M3, shares of sum 1: lines drawn through levels."""
    pairs = pairwise(_KNOTS)
    above = [np.minimum(np.maximum((haze - low) / (high - low), 0.0), 1.0) for low, high in pairs]
    shares = [1 - above[0], *(a - b for a, b in pairwise(above)), above[-1]]
    return {f"near_{level}": share for level, share in zip(LEVELS_UG_M3, shares, strict=True)}


def _steps(known: Past) -> Terms:
    """The last three steps, and the size of the last two."""
    ago = known.ago
    first, second, third = (ago[k].haze - ago[k + 1].haze for k in (1, 2, 3))
    return {
        "step_1": _usual(first),
        "step_2": _usual(second),
        "step_3": _usual(third),
        "size_1": np.minimum(np.abs(first), _LARGE),
        "size_2": np.minimum(np.abs(second), _LARGE),
        "leap_1": first - _usual(first),
    }


def _older_steps(known: Past) -> Terms:
    ago = known.ago
    first, second = ago[1].haze - ago[2].haze, ago[2].haze - ago[3].haze
    return {
        "haze_step_4": ago[4].haze - ago[6].haze,
        "haze_size_3": np.abs(ago[3].haze - ago[4].haze),
        "haze_leap_2": second - _usual(second),
        "haze_onward": np.minimum(np.abs(first), _LARGE) * _usual(second),
    }


def _usual(step: Value) -> Value:
    return np.minimum(np.maximum(step, -_USUAL), _USUAL)
