"""The terms of the regressions: calendar, sun, past hours, and this hour as far as it is known.

A part is a dictionary of terms, or a pair of dictionaries whose products are terms. The same
code serves one hour of the running city and all hours of a fit.
"""

import math
from collections.abc import Iterable

import numpy as np

from twin.arrays import Floats
from twin.climate.row import CALM, CLASSES, Past, Row, Value
from twin.climate.sun import daylight

Terms = dict[str, Value]
Part = Terms | tuple[Terms, Terms]


def names(parts: Iterable[Part]) -> list[str]:
    """The name of each term, in the order of `values`."""
    return [name for part in parts for name in _names(part)]


def _names(part: Part) -> list[str]:
    if isinstance(part, tuple):
        return [f"{one}*{other}" for one in part[0] for other in part[1]]
    return list(part)


def values(parts: Iterable[Part]) -> list[Value]:
    """The value of each term."""
    return [value for part in parts for value in _values(part)]


def _values(part: Part) -> list[Value]:
    if isinstance(part, tuple):
        return [one * other for one in part[0].values() for other in part[1].values()]
    return list(part.values())


def fill(x: Floats, start: int, parts: Iterable[Part]) -> int:
    """Write the terms of one hour into x from `start` on; gives where they end."""
    for part in parts:
        if isinstance(part, tuple):
            one, other = list(part[0].values()), list(part[1].values())
            end = start + len(one) * len(other)
            np.multiply.outer(one, other, out=x[start:end].reshape(len(one), len(other)))
        else:
            end = start + len(part)
            x[start:end] = list(part.values())
        start = end
    return start


def yes(condition: Value) -> Value:
    """1 where it holds, else 0."""
    return condition * 1.0


def season(day: Value, hour: Value) -> Terms:
    """The few terms of calendar and sun that others are multiplied with."""
    year, turn = 2 * math.pi * day / 365.25, 2 * math.pi * hour / 24
    now, before = daylight(day, hour - 0.5), daylight(day, hour - 1.5)
    return {
        "hour_cos": np.cos(turn),
        "hour_sin": np.sin(turn),
        "hour_cos2": np.cos(2 * turn),
        "hour_sin2": np.sin(2 * turn),
        "sun": now,
        "sunrise": now - before,
        "year_cos": np.cos(year),
        "year_sin": np.sin(year),
    }


def calendar(day: Value, hour: Value) -> list[Part]:
    """A constant, each hour of the day, two waves of the year, the sun, and their products."""
    at = season(day, hour)
    year = {name: at[name] for name in ("year_cos", "year_sin")}
    turn = 2 * math.pi * hour / 24
    shape = {
        **{name: at[name] for name in ("hour_cos", "hour_sin", "hour_cos2", "hour_sin2")},
        "hour_cos3": np.cos(3 * turn),
        "hour_sin3": np.sin(3 * turn),
    }
    sun = {
        "sun": at["sun"],
        "sunrise": at["sunrise"],
        "sunrise_before": daylight(day, hour - 1.5) - daylight(day, hour - 3.5),
        "sun_squared": at["sun"] ** 2,
    }
    half = half_year(at)
    wave = {name: at[name] for name in ("hour_cos", "hour_sin")}
    hours = {f"hour_{number}": yes(hour == number) for number in range(1, 24)}
    one: Terms = {"one": day * 0.0 + 1.0}
    return [one, year, half, hours, sun, (year, shape), (year, sun), (half, wave)]


def half_year(at: Terms) -> Terms:
    """The second wave of the year."""
    return {
        "year_cos2": 2 * at["year_cos"] ** 2 - 1,
        "year_sin2": 2 * at["year_cos"] * at["year_sin"],
    }


def _from(direction: Value, ago: str) -> Terms:
    """Which class the wind came from; calm is none of them."""
    return {f"{name}{ago}": yes(direction == k) for k, name in enumerate(CLASSES) if k != CALM}


def past(known: Past) -> list[Part]:
    """All that the hours before tell."""
    ago, mean = known.ago, known.mean
    one, two, three = ago[1], ago[2], ago[3]
    spread = np.log1p(one.temp - one.dew)
    came = _from(one.direction, "_1")
    with_class: Terms = {
        "run": np.log(mean.run),
        "wind_1": one.wind,
        "above": np.maximum(one.temp - mean.temp_24, 0),
        "rise_1": one.temp - two.temp,
        "wet_1": yes(one.rain > 0),
        "fall_3": one.pressure - three.pressure,
        "spread": spread,
    }
    return [
        *_lags(ago),
        _running(known, spread),
        _wetness(ago),
        _bends(known),
        *(_from(ago[lag].direction, f"_{lag}") for lag in (1, 2, 3, 24)),
        (came, with_class),
        (came, _from(two.direction, "_2")),
    ]


def _levels(known: Past) -> Terms:
    """Levels whose pull differs by season: multiplied with the waves of the year."""
    one, mean = known.ago[1], known.mean
    return {
        "temp_1": one.temp / 10,
        "dew_1": one.dew / 10,
        "pressure_1": one.pressure / 10,
        "wind_1": one.wind,
        "mean_temp_24": mean.temp_24 / 10,
        "mean_temp_96": mean.temp_96 / 10,
        "mean_dew_24": mean.dew_24 / 10,
        "mean_pressure_24": mean.pressure_24 / 10,
        "mean_wet_24": mean.wet_24,
        "mean_wet_96": mean.wet_96,
    }


def _curves(known: Past) -> Terms:
    """Levels that do not pull in a straight line: a moist summer is capped, winter is not."""
    one, mean = known.ago[1], known.mean
    temp, dew, pressure = one.temp / 10, one.dew / 10, one.pressure / 10
    return {
        "temp_1_squared": temp * temp,
        "dew_1_squared": dew * dew,
        "temp_1*dew_1": temp * dew,
        "pressure_1_squared": pressure * pressure,
        "temp_1*pressure_1": temp * pressure,
        "dew_1*pressure_1": dew * pressure,
        "mean_dew_24_squared": mean.dew_24 * mean.dew_24 / 100,
        "dew_above_20": np.maximum(one.dew - 20, 0),
        "dew_above_24": np.maximum(one.dew - 24, 0),
        "dew_below_0": np.minimum(one.dew, 0),
        "mean_temp_above_28": np.maximum(mean.temp_96 - 28, 0),
        "mean_temp_below_5": np.minimum(mean.temp_96 - 5, 0),
    }


def _lags(ago: dict[int, Row]) -> list[Part]:
    lags = {
        "temp": (1, 2, 3, 6, 12, 23, 24, 25),
        "dew": (1, 2, 3, 6, 12, 23, 24),
        "pressure": (1, 2, 3, 6, 12, 23, 24, 25),
        "wind": (1, 2, 3, 4, 6, 12, 23, 24),
    }
    return [{f"{name}_{n}": getattr(ago[n], name) for n in at} for name, at in lags.items()]


def _running(known: Past, spread: Value) -> Terms:
    means = ("temp_24", "temp_96", "dew_24", "pressure_24", "wind_12", "wind_48", "wet_24")
    more = ("wet_96", "swing_6", "swing_24", "rain_6", "heat_6", "heat_24", "turn_24", "gust_24")
    calm = ("swing_6", "swing_24", "gust_6", "gust_24", "leap_12", "turn_24")
    return {
        **{f"mean_{name}": getattr(known.mean, name) for name in (*means, *more, "rise_10")},
        **{f"ln_{name}": np.log(0.1 + getattr(known.mean, name)) for name in calm},
        "ln_run": np.log(known.mean.run),
        "ln_spread": spread,
    }


def _wetness(ago: dict[int, Row]) -> Terms:
    wet = {f"wet_{n}": yes(ago[n].rain > 0) for n in (1, 2, 3, 4, 6, 12, 24)}
    return {
        **wet,
        "wet_1_2": wet["wet_1"] * wet["wet_2"],
        **{f"ln_rain_{n}": np.log1p(ago[n].rain) for n in (1, 2, 3)},
        "root_rain_1": np.sqrt(ago[1].rain),
        "wet_rise": wet["wet_1"] * (ago[1].temp - ago[2].temp),
    }


def _bends(known: Past) -> Terms:
    """What is not straight: extremes and the size of the latest changes."""
    one, two, three = known.ago[1], known.ago[2], known.ago[3]
    spread, rise, fall = one.temp - one.dew, one.temp - two.temp, one.pressure - three.pressure
    return {
        "saturated": yes(spread <= 0),
        "damp": yes(spread <= 1),
        "above_28": np.maximum(one.temp - 28, 0),
        "above_33": np.maximum(one.temp - 33, 0),
        "rise_squared": rise * rise / 10,
        "rise_size": np.abs(rise),
        "fall_size": np.abs(fall),
        "fall_squared": fall * fall / 10,
        "wind_above_6": np.maximum(one.wind - 6, 0),
        "wind_above_9": np.maximum(one.wind - 9, 0),
        "wind_below_2": np.maximum(1.5 - one.wind, 0),
        "gust_size": np.abs(one.wind - two.wind),
    }


def daily(known: Past) -> Terms:
    """What acts differently by hour and season: multiplied with `season`."""
    ago, mean = known.ago, known.mean
    one = ago[1]
    return {
        "rise_1": one.temp - ago[2].temp,
        "rise_2": ago[2].temp - ago[3].temp,
        "rise_24": ago[24].temp - ago[25].temp,
        "rise_23": ago[23].temp - ago[24].temp,
        "spread": np.log1p(one.temp - one.dew),
        "wet": yes(one.rain > 0),
        "wind": one.wind - 4,
        "warmer": one.temp - mean.temp_24,
        "fall_3": one.pressure - ago[3].pressure,
        "swing_24": mean.swing_24 - 0.7,
        "moister": one.dew - mean.dew_24,
        "pressure_rise_24": ago[24].pressure - ago[25].pressure,
        "heat_6": mean.heat_6,
        "heat_24": mean.heat_24,
        "swing_6": mean.swing_6 - 0.7,
        "gust_24": mean.gust_24 - 1,
        "rise_10": mean.rise_10,
        **_from(one.direction, "_1"),
    }


def base(known: Past, day: Value, hour: Value) -> list[Part]:
    """Everything that is known before the hour, without the haze."""
    at = season(day, hour)
    year = {name: at[name] for name in ("year_cos", "year_sin")}
    return [
        *calendar(day, hour),
        *past(known),
        _curves(known),
        (at, daily(known)),
        (year, _levels(known)),
        (half_year(at), _levels(known)),
    ]
