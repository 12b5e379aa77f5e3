"""Weather: temperature, humidity, rain, wind, sun and pressure, with a little texture by zone.

Every random part is an Ornstein-Uhlenbeck latent of unit variance whose hourly AR(1)
coefficient is in the configuration, stepped exactly, so hours and minutes give one process.
"""

import math
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field

from twin.arrays import Floats
from twin.config import Table
from twin.geography import Geography
from twin.profiles import Monthly, Positive, Share, keep, monthly
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.tick import Tick

LATENTS = ("temp_day", "temp_hour", "humidity", "wind", "cloud", "pressure", "direction")
_LATITUDE = math.radians(31.2065)
_SUN_LAG_H = 12 - (121.44 - 120) / 15  # clock time of solar noon, without equation of time


class WeatherParams(Table):
    """Section [weather] of city.toml."""

    temp_mean_c: Monthly
    temp_half_range_c: Monthly
    temp_sigma_c: Monthly
    wet_to_wet: Monthly
    dry_to_wet: Monthly
    rain_mean_mm_h: Monthly
    rain_shape: Positive
    hourly_phi: Annotated[tuple[Share, ...], Field(min_length=7, max_length=7)]
    temp_hour_sigma_c: Positive
    wind_scale_m_s: Positive
    wind_shape: Positive
    gust_intensity: Positive
    night_heat_c: float
    tree_shade_c: float


QUANTITIES = (
    Quantity("quarter.air_temp_c", 18.0),
    Quantity("quarter.air_rh_pct", 72.0),
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
    Quantity("zone.pressure_hpa", 1016.0),
    Quantity("zone.solar_w_m2"),
    Quantity("zone.temp_offset_c", truth=False),
    Quantity("weather.latent", truth=False, size=len(LATENTS)),
    Quantity("weather.wet", truth=False, size=1),
    Quantity("weather.wetness", truth=False, size=1),
    Quantity("weather.push_c", truth=False, size=1),
    Quantity("weather.intensity_mm_h", truth=False, size=1),
)


@dataclass(frozen=True, slots=True)
class Sky:
    """The weather above the roofs at one moment."""

    temp_c: float
    rh_pct: float
    wind_m_s: float
    gust_m_s: float
    direction_deg: float
    rain_mm_h: float
    pressure_hpa: float
    solar_w_m2: float


def begin(state: CityState, geography: Geography, params: WeatherParams, tick: Tick) -> None:
    """Equilibrium: latents from their stationary law, zones a little apart from each other."""
    rng = stream(tick.seed, "weather/start")
    state["weather.latent"] = rng.standard_normal(len(LATENTS))
    state["weather.wet"] = float(rng.random() < _wet_share(params, tick.day))
    state["weather.intensity_mm_h"] = _draw_intensity(params, tick.day, rng)
    state["zone.temp_offset_c"] = 0.25 * rng.standard_normal(len(geography["zone"]))
    step(state, Tick(tick.t_ms, 0.0, tick.seed), params)


def step(state: CityState, tick: Tick, params: WeatherParams) -> None:
    """Advance the latents and lay the weather over the zones."""
    rng = tick.rng("weather")
    latent = _advance(state["weather.latent"], tick, params, rng)
    rain_mm_h = _rain(state, tick, params, rng) + float(state.lever("quarter.rain_add_mm_h")[0])
    sky = _sky(latent, rain_mm_h, state, tick, params, rng)
    _write_quarter(state, sky)
    _write_zones(state, sky, tick, params, rng)


def _advance(latent: Floats, tick: Tick, params: WeatherParams, rng: np.random.Generator) -> Floats:
    phi = np.array(params.hourly_phi) ** (tick.dt_s / 3600)
    latent *= phi
    latent += np.sqrt(1 - phi * phi) * rng.standard_normal(len(LATENTS))
    return latent


def _wet_share(params: WeatherParams, day: float) -> float:
    to_wet, stay = monthly(params.dry_to_wet, day), monthly(params.wet_to_wet, day)
    return to_wet / (1 - stay + to_wet)


def _draw_intensity(params: WeatherParams, day: float, rng: np.random.Generator) -> float:
    """mm/h of one wet hour: gamma of the configured shape around the month's mean."""
    shape = params.rain_shape
    return float(rng.standard_gamma(shape)) / shape * monthly(params.rain_mean_mm_h, day)


def _rain(state: CityState, tick: Tick, params: WeatherParams, rng: np.random.Generator) -> float:
    """Two-state Markov rain, exact for any step, with a new intensity about once an hour.

    Hourly transition probabilities of the month; minute texture gamma of shape 2 (design choice).
    """
    hours, share = tick.dt_s / 3600, _wet_share(params, tick.day)
    stays = monthly(params.wet_to_wet, tick.day) - monthly(params.dry_to_wet, tick.day)
    turn, renew = rng.random(2)
    fresh, texture = _draw_intensity(params, tick.day, rng), rng.standard_gamma(2.0) / 2
    was_wet = bool(state["weather.wet"][0])
    chance = share + (float(was_wet) - share) * max(stays, 0.0) ** hours
    wet = bool(turn < chance)
    if (wet and not was_wet) or renew < -math.expm1(-hours):
        state["weather.intensity_mm_h"] = fresh
    state["weather.wet"] = float(wet)
    return float(state["weather.intensity_mm_h"][0] * texture) if wet else 0.0


def _sky(
    latent: Floats,
    rain_mm_h: float,
    state: CityState,
    tick: Tick,
    params: WeatherParams,
    rng: np.random.Generator,
) -> Sky:
    wet = _wetness(state, rain_mm_h, tick)
    day_mean = monthly(params.temp_mean_c, tick.day)
    day_mean += monthly(params.temp_sigma_c, tick.day) * latent[0]
    day_mean += float(state["weather.push_c"][0])
    temp = day_mean + _daily_wave(tick, params, wet) + params.temp_hour_sigma_c * latent[1] - wet
    wind, gust = _wind(latent[3], state, params, rng)
    return Sky(
        temp_c=temp,
        rh_pct=min(100.0, max(25.0, 72 - 3.2 * (temp - day_mean) + 12 * wet + 3 * latent[2])),
        wind_m_s=wind,
        gust_m_s=gust,
        direction_deg=_direction(latent[6], tick.day),
        rain_mm_h=rain_mm_h,
        pressure_hpa=1016 + 9 * math.cos(2 * math.pi * (tick.day - 15) / 365) + 4 * latent[5],
        solar_w_m2=_irradiance(tick, _cloud(latent[4], wet)),
    )


def _wetness(state: CityState, rain_mm_h: float, tick: Tick) -> float:
    """0 dry to 1 wet; rain and incidents change the air over half an hour (design choice)."""
    wetness, push = state["weather.wetness"], state["weather.push_c"]
    relax(wetness, float(rain_mm_h > 0.1), tick.dt_s, 1800)
    relax(push, state.lever("quarter.temp_add_c"), tick.dt_s, 1800)
    return float(wetness[0])


def _daily_wave(tick: Tick, params: WeatherParams, wet: float) -> float:
    """A(d) cos(2 pi (h - 14.5)/24), halved when wet (expert knowledge, unverified)."""
    half = monthly(params.temp_half_range_c, tick.day) * (1 - 0.5 * wet)
    return half * math.cos(2 * math.pi * (tick.hour - 14.5) / 24)


def _wind(
    latent: float, state: CityState, params: WeatherParams, rng: np.random.Generator
) -> tuple[float, float]:
    """Mean and gust in m/s: Weibull through a Gaussian copula; gust = u (1 + 2.2 I)."""
    rank = 0.5 * math.erfc(latent / math.sqrt(2))  # 1 - Phi
    mean = params.wind_scale_m_s * (-math.log(max(rank, 1e-12))) ** (1 / params.wind_shape)
    mean += float(state.lever("quarter.wind_add_m_s")[0])
    swing = 1 + 0.3 * params.gust_intensity * rng.standard_normal()
    mean *= max(0.3, swing)
    return mean, mean * (1 + 2.2 * params.gust_intensity)


def _direction(latent: float, day: float) -> float:
    """Summer south-east, winter north-west, scattered by 50 degrees (expert knowledge)."""
    season = 225 + 90 * math.cos(2 * math.pi * (day - 15) / 365)
    return float((season + 50 * latent) % 360)


def _cloud(latent: float, wet: float) -> float:
    return 1 / (1 + math.exp(-(1.4 * latent + 2.5 * wet)))


def sun_elevation_sin(tick: Tick) -> float:
    """Sine of the sun's height over the mansion, negative at night."""
    decline = math.radians(23.45) * math.sin(2 * math.pi * (284 + tick.day) / 365)
    angle = math.pi * (tick.hour - _SUN_LAG_H) / 12
    across = math.cos(_LATITUDE) * math.cos(decline) * math.cos(angle)
    return math.sin(_LATITUDE) * math.sin(decline) + across


def _irradiance(tick: Tick, cloud: float) -> float:
    """W/m2: 1000 sin(elevation)^1.15 (1 - 0.72 C^3.2) (expert knowledge, unverified)."""
    height = max(0.0, sun_elevation_sin(tick))
    return float(1000 * height**1.15 * (1 - 0.72 * cloud**3.2))


def _write_quarter(state: CityState, sky: Sky) -> None:
    state["quarter.air_temp_c"] = sky.temp_c
    state["quarter.air_rh_pct"] = sky.rh_pct
    state["quarter.wind_speed_m_s"] = sky.wind_m_s
    state["quarter.wind_gust_m_s"] = sky.gust_m_s
    state["quarter.wind_dir_deg"] = sky.direction_deg
    state["quarter.rain_mm_h"] = sky.rain_mm_h
    state["quarter.pressure_hpa"] = sky.pressure_hpa
    state["quarter.solar_w_m2"] = sky.solar_w_m2


def _write_zones(
    state: CityState, sky: Sky, tick: Tick, params: WeatherParams, rng: np.random.Generator
) -> None:
    """Zones differ by a fixed offset, street shade and heat, and patchy rain and wind (8 %)."""
    offset = state["zone.temp_offset_c"]
    patch = np.maximum(0.2, 1 + 0.08 * rng.standard_normal((2, len(offset))))
    temp = sky.temp_c + offset + _street_heat(tick, params)
    state["zone.air_temp_c"] = temp
    state["zone.air_rh_pct"] = np.clip(sky.rh_pct - 3.2 * (temp - sky.temp_c), 25, 100)
    state["zone.wind_speed_m_s"] = sky.wind_m_s * patch[0]
    state["zone.wind_gust_m_s"] = sky.gust_m_s * patch[0]
    state["zone.wind_dir_deg"] = (sky.direction_deg + 40 * (patch[0] - 1)) % 360
    state["zone.rain_mm_h"] = sky.rain_mm_h * patch[1]
    state["zone.rain_minute_mm"] = sky.rain_mm_h * patch[1] / 60
    state["zone.pressure_hpa"] = sky.pressure_hpa
    state["zone.solar_w_m2"] = sky.solar_w_m2


def _street_heat(tick: Tick, params: WeatherParams) -> float:
    """Canyons stay warm at night; plane trees shade the streets from May to October."""
    night = 0.5 - 0.5 * math.tanh(4 * sun_elevation_sin(tick))
    leaves = 1.0 if 120 <= tick.day < 304 else 0.0
    noon = math.exp(-(((tick.hour - 13.5) / 2.5) ** 2))
    return params.night_heat_c * night + params.tree_shade_c * leaves * noon


def relax(value: Floats, target: Floats | float, dt_s: float, tau_s: float) -> None:
    """Move the array towards its target with this time constant, exactly."""
    value += (target - value) * (1 - keep(dt_s, tau_s))
