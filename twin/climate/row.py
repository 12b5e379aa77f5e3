"""One reported hour, and the running means that the laws remember."""

from typing import Any, NamedTuple

Value = Any  # a float in the running city, an array with one value per hour in a fit

PRESSURE_HPA = 1016.0  # pressures count from here
CALM, CLASSES = 0, ("cv", "NE", "SE", "SW", "NW")
LAGS = (1, 2, 3, 4, 6, 12, 23, 24, 25, 48)
HAZE_OFFSET = 5.0  # ug/m3 added before the logarithm, so that clean air stays finite


class Row(NamedTuple):
    """Degrees Celsius, hPa less 1016, m/s, index into CLASSES, mm, ln(PM2.5 + 5)."""

    temp: Value
    dew: Value
    pressure: Value
    wind: Value
    direction: Value
    rain: Value
    haze: Value


class Means(NamedTuple):
    """Running means; the number is the time constant in hours.

    swing, gust, leap, flicker: mean size of hourly changes of temperature, wind, dew point and
    haze; turn: share of hours in which the direction class changed; heat: temperature change
    along the sun (a clear sky gives a large one); rise: change of daylight hours.
    """

    temp_24: Value
    temp_96: Value
    dew_24: Value
    pressure_24: Value
    wind_12: Value
    wind_48: Value
    wet_24: Value
    wet_96: Value
    rain_6: Value
    swing_6: Value
    swing_24: Value
    gust_6: Value
    gust_24: Value
    leap_12: Value
    turn_24: Value
    heat_6: Value
    heat_24: Value
    rise_10: Value
    haze_24: Value
    haze_96: Value
    flicker_6: Value
    flicker_24: Value
    run: Value  # hours that the direction class has lasted, at most 60


SIGNALS = {
    "temp_24": "temp",
    "temp_96": "temp",
    "dew_24": "dew",
    "pressure_24": "pressure",
    "wind_12": "wind",
    "wind_48": "wind",
    "wet_24": "wet",
    "wet_96": "wet",
    "rain_6": "rain",
    "swing_6": "swing",
    "swing_24": "swing",
    "gust_6": "gust",
    "gust_24": "gust",
    "leap_12": "leap",
    "turn_24": "turn",
    "heat_6": "heat",
    "heat_24": "heat",
    "rise_10": "rise",
    "haze_24": "haze",
    "haze_96": "haze",
    "flicker_6": "flicker",
    "flicker_24": "flicker",
}
"""Which signal each running mean follows."""


class Past(NamedTuple):
    """What is known before an hour: the rows of LAGS hours ago, and the running means."""

    ago: dict[int, Row]
    mean: Means
