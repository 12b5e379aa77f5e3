"""Noise against the limit of the street."""

import numpy as np

from api.vitals.ratio import ratio
from api.vitals.scene import Measured, Scene
from twin.arrays import Bools
from twin.clock import local_hour

DAY_FROM_H, NIGHT_FROM_H = 6, 22  # GB 3096-2008


def noise_excess(scene: Scene) -> Measured:
    """LAeq over the window minus the street's limit (GB 3096-2008), dB; negative is quiet.

    LAeq is the energetic mean 10 lg mean(10^(L/10)) of the minute levels; the loudest meter of
    a street counts. Each minute is held against the limit of its own hour, so the last of the
    day's noise breaks no limit of the night.
    """
    levels = scene.bins("of", scene.window_ms).means()
    day_db = scene.attribute("of", "noise_limit_day_db")
    stricter_db = day_db - scene.attribute("of", "noise_limit_night_db")
    levels = levels + np.outer(_night(scene, len(levels)), stricter_db)
    power = np.where(np.isnan(levels), 0.0, 10.0 ** (np.nan_to_num(levels) / 10))
    count = (~np.isnan(levels)).sum(axis=0)
    laeq = 10 * np.log10(ratio(power.sum(axis=0), count))
    return Measured(scene.over_space("of", laeq, "max") - scene.local("noise_limit_day_db"))


def _night(scene: Scene, bins: int) -> Bools:
    """Which bins of the window, oldest first, begin at night."""
    step_ms = scene.window_ms // bins
    first_ms = scene.t_ms // step_ms * step_ms - (bins - 1) * step_ms
    hours = (local_hour(first_ms + number * step_ms) for number in range(bins))
    return np.array([not DAY_FROM_H <= hour < NIGHT_FROM_H for hour in hours])
