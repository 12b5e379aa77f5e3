"""How high the sun stands over the mansion."""

import math

import numpy as np

from twin.climate.row import Value

_LATITUDE = math.radians(31.2065)
_NOON_H = 12 - (121.44 - 120) / 15  # clock time of solar noon, without equation of time


def sun_elevation_sin(day: Value, hour: Value) -> Value:
    """Sine of the sun's height on this day of the year and local hour, negative at night."""
    decline = math.radians(23.45) * np.sin(2 * math.pi * (284 + day) / 365)
    across = math.cos(_LATITUDE) * np.cos(decline) * np.cos(math.pi * (hour - _NOON_H) / 12)
    return math.sin(_LATITUDE) * np.sin(decline) + across


def daylight(day: Value, hour: Value) -> Value:
    """The sine by day, 0 at night."""
    return np.maximum(0.0, sun_elevation_sin(day, hour))
