"""What each law of the chain adds to the terms of the laws after it.

direction ─► wind ─► wet ─► rain ─► pressure ─► temp ─► dew ─► haze
"""

from collections.abc import Callable, Mapping

import numpy as np

from twin.climate.row import CALM, CLASSES, Past, Row, Value
from twin.climate.terms import Part, Terms, yes

Stage = Callable[[Row, Past, Terms], list[Part]]


def classes(direction: Value) -> Terms:
    """Which class the wind comes from now."""
    return {name: yes(direction == k) for k, name in enumerate(CLASSES) if k != CALM}


def _direction(row: Row, known: Past, at: Terms) -> list[Part]:
    one, two, three = (known.ago[n] for n in (1, 2, 3))
    now = classes(row.direction)
    stays: Terms = {"stays": yes(row.direction == one.direction)}
    before = {f"{name}_1": value for name, value in classes(one.direction).items()}
    rest: Terms = {
        "wind_1": one.wind,
        "fall_3": one.pressure - three.pressure,
        "rise_1": one.temp - two.temp,
    }
    return [now, stays, (at, now), (at, stays), (now, {"wind_1": one.wind}), (now, before),
            (stays, rest)]  # fmt: skip


def _wind(row: Row, known: Past, at: Terms) -> list[Part]:
    one, wind = known.ago[1], row.wind
    bends: Terms = {
        "now_wind": wind,
        "now_wind_above_6": np.maximum(wind - 6, 0),
        "now_wind_above_9": np.maximum(wind - 9, 0),
        "now_wind_below_2": np.maximum(1.5 - wind, 0),
        "now_wind*wind_1": wind * one.wind / 5,
        "now_wind*ln_spread": wind * np.log1p(one.temp - one.dew),
    }
    only: Terms = {"now_wind": wind}
    return [bends, (at, only), (classes(row.direction), only)]


def _wet(row: Row, known: Past, at: Terms) -> list[Part]:
    one, wet = known.ago[1], yes(row.rain > 0)
    only: Terms = {"now_wet": wet}
    more: Terms = {
        "wet_1": yes(one.rain > 0),
        "ln_spread": np.log1p(one.temp - one.dew),
        "wind": row.wind,
        "rise_1": one.temp - known.ago[2].temp,
    }
    return [{"now_wet": wet}, (only, more), (at, only), (classes(row.direction), only)]


def _rain(row: Row, known: Past, at: Terms) -> list[Part]:
    one, amount = known.ago[1], np.log1p(row.rain)
    only: Terms = {"now_rain": amount}
    bends: Terms = {
        "now_rain": amount,
        "now_root_rain": np.sqrt(row.rain),
        "now_rain*ln_rain_1": amount * np.log1p(one.rain),
        "now_rain*spread": amount * (one.temp - one.dew) / 3,
    }
    return [bends, ({name: at[name] for name in ("year_cos", "year_sin")}, only)]


def _pressure(row: Row, known: Past, at: Terms) -> list[Part]:
    change = row.pressure - known.ago[1].pressure
    bends: Terms = {
        "now_pressure": change,
        "now_pressure_squared": change * change / 4,
        "now_pressure_size": np.abs(change),
        "now_pressure*wet": change * yes(row.rain > 0),
        "now_pressure*wind": change * row.wind,
    }
    return [bends, (at, {"now_pressure": change})]


def _temp(row: Row, known: Past, at: Terms) -> list[Part]:
    one = known.ago[1]
    change, room = row.temp - one.temp, row.temp - one.dew
    bends: Terms = {
        "now_temp": change,
        "now_temp_size": np.abs(change),
        "now_temp_squared": change * change / 4,
        "now_below_dew": np.minimum(room, 0),
        "now_near_dew": np.minimum(room, 2),
        "now_at_dew": yes(room <= 0),
        "now_temp*wet": change * yes(row.rain > 0),
        "now_above_30": np.maximum(row.temp - 30, 0),
    }
    only: Terms = {"now_temp": change}
    return [bends, (at, only), (classes(row.direction), only)]


def _dew(row: Row, known: Past, at: Terms) -> list[Part]:
    change, spread = row.dew - known.ago[1].dew, row.temp - row.dew
    bends: Terms = {
        "now_dew": change,
        "now_dew_squared": change * change / 4,
        "now_dew_size": np.abs(change),
        "now_ln_spread": np.log1p(np.maximum(spread, 0)),
        "now_saturated": yes(spread <= 0),
    }
    only: Terms = {"now_dew": change}
    return [bends, (at, only), (classes(row.direction), only)]


STAGES: Mapping[str, Stage] = {
    "direction": _direction,
    "wind": _wind,
    "wet": _wet,
    "rain": _rain,
    "pressure": _pressure,
    "temp": _temp,
    "dew": _dew,
}
"""In the order of the chain; each adds its terms once its value is known."""
