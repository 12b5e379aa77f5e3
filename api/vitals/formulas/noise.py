"""Noise against the limit of the street."""

import numpy as np

from api.vitals.ratio import ratio
from api.vitals.scene import Measured, Scene
from twin.clock import local_hour

DAY_FROM_H, NIGHT_FROM_H = 6, 22  # GB 3096-2008


def noise_excess(scene: Scene) -> Measured:
    """LAeq over the window minus the street's limit (GB 3096-2008), dB; negative is quiet.

    LAeq is the energetic mean 10 lg mean(10^(L/10)) of the minute levels; the loudest meter of
    a street counts. The limit is that of the hour at which the window ends.
    """
    levels = scene.bins("of", scene.window_ms).means()
    power = np.where(np.isnan(levels), 0.0, 10.0 ** (np.nan_to_num(levels) / 10))
    count = (~np.isnan(levels)).sum(axis=0)
    mean = ratio(power.sum(axis=0), count)
    laeq = 10 * np.log10(mean)
    day = DAY_FROM_H <= local_hour(scene.t_ms) < NIGHT_FROM_H
    limit = scene.local("noise_limit_day_db" if day else "noise_limit_night_db")
    return Measured(scene.over_space("of", laeq, "max") - limit)
