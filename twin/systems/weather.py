"""Weather: the climate's hours as minutes, with what incidents push and a little texture by zone.

Temperature, dew point, pressure, wind, rain and fine particles of each hour come from the laws
in config/calibrated; cloud, the minute's texture and the wander of the wind are
Ornstein-Uhlenbeck latents of unit variance, stepped exactly.
"""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats
from twin.climate import sun
from twin.climate.chain import Chain
from twin.climate.humidity import rh_pct
from twin.config import Table
from twin.geography import Geography
from twin.profiles import NotNegative, Positive, Share, keep
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems import sky
from twin.tick import Tick
from twin.wander import wander

LATENTS = ("temp", "cloud", "direction")
LEAST_WIND_M_S = 0.1  # air is never quite still (design choice)


class WeatherParams(Table):
    """Section [weather] of city.toml."""

    hourly_phi: Annotated[tuple[Share, ...], Field(min_length=3, max_length=3)]
    minute_temp_c: Positive
    gust_intensity: Positive
    gust_log_sd: NotNegative
    gust_keep: Share
    zone_spread: tuple[NotNegative, NotNegative, NotNegative]
    zone_turn_deg: NotNegative
    zone_temp_c: NotNegative
    zone_temp_s: Positive
    zone_mixing_m_s: Positive
    rain_mixing_s: Positive
    night_heat_c: float
    tree_shade_c: float
    hottest_c: float


QUANTITIES = (
    Quantity("quarter.air_temp_c", 18.0),
    Quantity("quarter.air_rh_pct", 72.0),
    Quantity("quarter.dew_point_c", 12.0),
    Quantity("quarter.wind_speed_m_s", 2.5),
    Quantity("quarter.wind_gust_m_s", 4.0),
    Quantity("quarter.wind_dir_deg", 135.0),
    Quantity("quarter.rain_mm_h"),
    Quantity("quarter.pressure_hpa", 1016.0),
    Quantity("quarter.solar_w_m2"),
    Quantity("zone.air_temp_c", 18.0),
    Quantity("zone.air_rh_pct", 72.0),
    Quantity("zone.wind_speed_m_s", 2.5),
    Quantity("zone.wind_gust_m_s", 4.0),
    Quantity("zone.wind_dir_deg", 135.0),
    Quantity("zone.rain_mm_h"),
    Quantity("zone.rain_minute_mm"),
    Quantity("zone.rain_fallen_mm", truth=False),
    Quantity("zone.pressure_hpa", 1016.0),
    Quantity("zone.solar_w_m2"),
    Quantity("zone.temp_offset_c", truth=False),
    Quantity("zone.temp_wander_c", truth=False),
    Quantity("weather.latent", truth=False, size=len(LATENTS)),
    Quantity("weather.gust_z", truth=False, size=1),
    Quantity("weather.wetness", truth=False, size=1),
    Quantity("weather.push_c", truth=False, size=1),
    Quantity("weather.natural_wind_m_s", 2.5, truth=False, size=1),
    Quantity("weather.natural_rain_mm_h", truth=False, size=1),
    Quantity("weather.haze", 3.6, truth=False, size=1),
    *sky.QUANTITIES,
)


@dataclass(frozen=True, slots=True)
class Above:
    """The weather above the roofs at one moment."""

    temp_c: float
    dew_c: float
    rh_pct: float
    wind_m_s: float
    gust_m_s: float
    direction_deg: float
    rain_mm_h: float
    pressure_hpa: float
    solar_w_m2: float


def begin(
    state: CityState, geography: Geography, params: WeatherParams, chain: Chain, tick: Tick
) -> None:
    """Equilibrium: latents from their stationary law, zones a little apart from each other."""
    rng, zones = stream(tick.seed, "weather/start"), len(geography["zone"])
    state["weather.latent"] = rng.standard_normal(len(LATENTS))
    state["climate.clock"] = -1.0
    state["zone.temp_offset_c"] = 0.25 * rng.standard_normal(zones)
    state["zone.temp_wander_c"] = 0.5 * params.zone_temp_c * rng.standard_normal(zones)
    state["weather.gust_z"] = rng.standard_normal()
    step(state, Tick(tick.t_ms, 0.0, tick.seed), params, chain)


def step(state: CityState, tick: Tick, params: WeatherParams, chain: Chain) -> None:
    """Advance the climate and the latents, and lay the weather over the zones."""
    rng = tick.rng("weather")
    sky.advance(state, tick, chain)
    latent = state["weather.latent"]
    wander(latent, np.array(params.hourly_phi) ** (tick.dt_s / 3600), rng)
    above = _above(latent.tolist(), state, tick, params, rng)
    _write_quarter(state, above)
    _write_zones(state, above, tick, params, rng)


def _above(
    latent: list[float],
    state: CityState,
    tick: Tick,
    params: WeatherParams,
    rng: np.random.Generator,
) -> Above:
    now = sky.moment(state, tick)
    added = float(state.lever("quarter.rain_add_mm_h")[0])
    wet, push = _pushed(state, added, tick)
    natural = now.temp_c + params.minute_temp_c * now.bridge * latent[0]
    temp = natural - wet + min(push, max(0.0, params.hottest_c - natural))
    dew = min(temp, now.dew_c + 0.8 * wet * max(0.0, temp - now.dew_c))
    state["weather.natural_rain_mm_h"], state["weather.haze"] = now.rain_mm_h, now.haze
    wind, gust = _wind(now.wind_m_s, state, tick, params, rng)
    cloud = _cloud(latent[1], temp - dew, wet + float(now.rain_mm_h > 0.1))
    return Above(
        temp_c=temp,
        dew_c=dew,
        rh_pct=float(rh_pct(temp, dew)),
        wind_m_s=wind,
        gust_m_s=gust,
        direction_deg=sky.direction_deg(state, tick, latent[2]),
        rain_mm_h=now.rain_mm_h + added,
        pressure_hpa=now.pressure_hpa + float(state.lever("quarter.pressure_add_hpa")[0]),
        solar_w_m2=_irradiance(tick, cloud),
    )


def _pushed(state: CityState, added_mm_h: float, tick: Tick) -> tuple[float, float]:
    """What incidents do to the air, over half an hour: wetness 0 to 1, degrees (design choice).

    The climate's own rain has its own cold; only added rain cools and moistens here.
    """
    wetness, push = state["weather.wetness"], state["weather.push_c"]
    relax(wetness, float(added_mm_h > 0.1), tick.dt_s, 1800)
    relax(push, state.lever("quarter.temp_add_c"), tick.dt_s, 1800)
    return float(wetness[0]), float(push[0])


def _wind(
    mean_m_s: float, state: CityState, tick: Tick, params: WeatherParams, rng: np.random.Generator
) -> tuple[float, float]:
    """Mean and gust in m/s: the minute swings with the turbulence; gust = u (1 + 2.2 I x)."""
    chance, gust_z = rng.standard_normal(2), state["weather.gust_z"]
    swing = max(0.3, 1 + 0.3 * params.gust_intensity * float(chance[0]))
    natural = max(LEAST_WIND_M_S, mean_m_s) * swing
    state["weather.natural_wind_m_s"] = natural
    mean = natural + float(state.lever("quarter.wind_add_m_s")[0]) * swing
    phi = params.gust_keep ** (tick.dt_s / 60)
    gust_z[0] = phi * gust_z[0] + math.sqrt(1 - phi * phi) * chance[1]
    return mean, mean * (1 + _excess(float(gust_z[0]), params))


def _excess(gust_z: float, params: WeatherParams) -> float:
    """Gust over mean wind less one: 2.2 I x, x lognormal of mean 1 from minute to minute."""
    sd = params.gust_log_sd
    return 2.2 * params.gust_intensity * math.exp(sd * gust_z - sd * sd / 2)


def _cloud(latent: float, spread_c: float, wet: float) -> float:
    """Moist air is cloudy, rain comes from cloud (expert knowledge, unverified)."""
    return 1 / (1 + math.exp(-(1.2 * latent + 0.25 * (6 - spread_c) + 2.5 * wet)))


def sun_elevation_sin(tick: Tick) -> float:
    """Sine of the sun's height over the mansion, negative at night."""
    return _sun(tick.day, tick.hour)


@lru_cache(maxsize=8)  # a pure function, asked by several systems at every step
def _sun(day: float, hour: float) -> float:
    return float(sun.sun_elevation_sin(day, hour))


def _irradiance(tick: Tick, cloud: float) -> float:
    """W/m2: 1000 sin(elevation)^1.15 (1 - 0.72 C^3.2) (expert knowledge, unverified)."""
    height = max(0.0, sun_elevation_sin(tick))
    return float(1000 * height**1.15 * (1 - 0.72 * cloud**3.2))


def _write_quarter(state: CityState, above: Above) -> None:
    state["quarter.air_temp_c"] = above.temp_c
    state["quarter.air_rh_pct"] = above.rh_pct
    state["quarter.dew_point_c"] = above.dew_c
    state["quarter.wind_speed_m_s"] = above.wind_m_s
    state["quarter.wind_gust_m_s"] = above.gust_m_s
    state["quarter.wind_dir_deg"] = above.direction_deg
    state["quarter.rain_mm_h"] = above.rain_mm_h
    state["quarter.pressure_hpa"] = above.pressure_hpa
    state["quarter.solar_w_m2"] = above.solar_w_m2


def _write_zones(
    state: CityState, above: Above, tick: Tick, params: WeatherParams, rng: np.random.Generator
) -> None:
    """Zones differ in warmth, street shade and heat, and by patches of wind, rain and gust."""
    offset = state["zone.temp_offset_c"]
    chance = rng.standard_normal((5, len(offset)))
    wind, rain, gust = np.maximum(0.2, 1 + np.array(params.zone_spread)[:, None] * chance[:3])
    _mix(state["zone.temp_wander_c"], above, tick, params, chance[4])
    temp = offset + state["zone.temp_wander_c"] + (above.temp_c + _street_heat(tick, params))
    state["zone.air_temp_c"] = temp
    state["zone.air_rh_pct"] = rh_pct(temp, above.dew_c)
    _write_wind(state, above, wind, gust, params.zone_turn_deg * chance[3])
    _write_rain(state, above.rain_mm_h * rain, tick)
    state["zone.pressure_hpa"] = above.pressure_hpa
    state["zone.solar_w_m2"] = above.solar_w_m2


def _mix(wander_c: Floats, above: Above, tick: Tick, params: WeatherParams, chance: Floats) -> None:
    """Zones warm and cool apart over hours: an Ornstein-Uhlenbeck process in place.

    Wind keeps them closer, sd / (1 + u / u0); rain makes them even (design choice).
    """
    wet = above.rain_mm_h > 0.1
    phi = keep(tick.dt_s, params.rain_mixing_s if wet else params.zone_temp_s)
    sd = 0.0 if wet else params.zone_temp_c / (1 + above.wind_m_s / params.zone_mixing_m_s)
    wander_c *= phi
    wander_c += sd * math.sqrt(1 - phi * phi) * chance


def _write_wind(
    state: CityState, above: Above, patch: Floats, gust_patch: Floats, turn_deg: Floats
) -> None:
    """Over the roofs of each zone; a gust is never below the wind."""
    wind = above.wind_m_s * patch
    state["zone.wind_speed_m_s"] = wind
    excess_m_s = above.gust_m_s - above.wind_m_s
    state["zone.wind_gust_m_s"] = wind + excess_m_s * (patch * gust_patch)
    state["zone.wind_dir_deg"] = (above.direction_deg + turn_deg) % 360


def _write_rain(state: CityState, rain_mm_h: Floats, tick: Tick) -> None:
    state["zone.rain_mm_h"] = rain_mm_h
    state["zone.rain_minute_mm"] = rain_mm_h / 60
    state["zone.rain_fallen_mm"] += rain_mm_h * (tick.dt_s / 3600)


def _street_heat(tick: Tick, params: WeatherParams) -> float:
    """Canyons stay warm at night; plane trees shade the streets from May to October."""
    night = 0.5 - 0.5 * math.tanh(4 * sun_elevation_sin(tick))
    leaves = 1.0 if 120 <= tick.day < 304 else 0.0
    noon = math.exp(-(((tick.hour - 13.5) / 2.5) ** 2))
    return params.night_heat_c * night + params.tree_shade_c * leaves * noon


def relax(value: Floats, target: Floats | float, dt_s: float, tau_s: float) -> None:
    """Move the array towards its target with this time constant, exactly."""
    value += (target - value) * (1 - keep(dt_s, tau_s))


def since_last(state: CityState, seen: str) -> Floats:
    """mm that fell on each zone since this system, which keeps its own `seen`, last looked."""
    fallen_mm = state["zone.rain_fallen_mm"] - state[seen]
    state[seen] = state["zone.rain_fallen_mm"]
    return fallen_mm
