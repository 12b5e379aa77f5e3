"""PM2.5 of today as the record's monitor tells it: its noise does not shrink with the air.

The haze's law was fitted to readings, so the haze has the monitor's whole noise in it; bringing it
to today's level passes only a part of that on.
"""

import numpy as np

from api.realism.series import Series
from twin.cityconfig import CityConfig
from twin.streams import stream

_LEAST_UG_M3 = 1.0  # of haze: below it the slope of a power says nothing


def observed(air: Series, config: CityConfig, seed: int) -> Series:
    """The air of `present_air` with the noise that it lacks; the air itself stays as it is.

    Of a small step of the haze today's air has g = d today / d haze = power x today / haze, so
    noise of variance s^2 (1 - g^2) is missing, s that of the monitor.
    """
    today, haze = air["pm25_ug_m3"], np.maximum(_LEAST_UG_M3, air["haze_ug_m3"])
    passed_on = np.minimum(1.0, config.haze_level.power * today / haze)
    missing = config.haze_monitor.noise_ug_m3 * np.sqrt(1 - passed_on**2)
    luck = stream(seed, "realism/monitor").standard_normal(len(today))
    return air.having({**air.columns, "pm25_ug_m3": today + missing * luck})
