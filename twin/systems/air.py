"""Air: a regional background that the wind thins and rain washes, and what the streets add."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats
from twin.climate.row import HAZE_OFFSET
from twin.config import Table
from twin.geography import Geography
from twin.profiles import Monthly, NotNegative, Positive, Share, monthly
from twin.relations import Relation, column
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import relax
from twin.tick import Tick
from twin.wander import wander

GASES = ("pm25", "pm10", "no2", "o3", "co", "so2")
_PM25, _PM10, _NO2, _O3, _CO, _SO2 = range(6)


class AirParams(Table):
    """Section [air] of city.toml; six values are in the order pm25 pm10 no2 o3 co so2."""

    mean: tuple[Positive, Positive, Positive, Positive, Positive, Positive]
    log_sd: tuple[Positive, Positive, Positive, Positive, Positive, Positive]
    season: Monthly
    ozone_season: Monthly
    hourly_phi: Share
    haze_share: Share
    washout_s: Positive
    recovery_s: Positive
    canyon_k: Positive
    nox_g_km: Positive
    no2_share: Share
    pm25_g_km: Positive
    pm10_g_km: Positive
    co_g_km: Positive
    kerb_m: Positive


class HazeLevel(Table):
    """config/calibrated/air_level.toml: today's PM2.5 = factor x haze ^ power."""

    power: Positive
    factor: Monthly


class HazeMonitor(Table):
    """config/calibrated/air_monitor.toml: noise of the monitor that the haze was recorded with.

    The haze of the fitted years has it in it; it is none of the air.
    """

    noise_ug_m3: NotNegative


QUANTITIES = (
    Quantity("zone.pm25_ug_m3", 28.0),
    Quantity("zone.pm10_ug_m3", 44.0),
    Quantity("zone.no2_ug_m3", 29.0),
    Quantity("zone.o3_ug_m3", 60.0),
    Quantity("zone.co_mg_m3", 0.65),
    Quantity("zone.so2_ug_m3", 6.0),
    Quantity("link.no2_ug_m3", 35.0),
    Quantity("link.pm10_ug_m3", 46.0),
    Quantity("air.latent", truth=False, size=len(GASES)),
    Quantity("air.wash", 1.0, truth=False, size=1),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts: each link's zone, and how fast its cars go when it is free."""

    link_zone: Relation
    free_speed_m_s: Floats


def prepare(geography: Geography) -> Layout:
    """Look the links up once."""
    links = geography["link"]
    zones = Relation.of(links.zone, len(geography["zone"]))
    return Layout(zones, column(links, "free_speed_m_s"))


def begin(state: CityState, seed: int) -> None:
    """The background starts anywhere in its stationary law."""
    state["air.latent"] = stream(seed, "air/start").standard_normal(len(GASES))


def step(state: CityState, tick: Tick, layout: Layout, params: AirParams, level: HazeLevel) -> None:
    """Background, street increment, ozone titration, washout."""
    wander(state["air.latent"], params.hourly_phi ** (tick.dt_s / 3600), tick.rng("air"))
    rain = float(state["quarter.rain_mm_h"][0] - state["weather.natural_rain_mm_h"][0])
    _wash(state["air.wash"], max(0.0, rain), tick.dt_s, params)
    wind = float(state["quarter.wind_speed_m_s"][0])
    back = background(state, tick, wind, params, level)
    street = _street(state, 0.5 * wind, layout, params)
    no2 = params.no2_share * street * params.nox_g_km
    state["link.no2_ug_m3"] = back[_NO2] + no2
    _write_particles(state, back, street, layout, params)
    _write_gases(state, back, street, no2, layout, params)


def _wash(wash: Floats, rain_mm_h: float, dt_s: float, params: AirParams) -> None:
    """Added rain removes dC/dt = -L C, L = 8.4e-5 R^0.79 1/s, R mm/h (expert knowledge).

    The haze's law has the climate's own rain in it.
    """
    if rain_mm_h > 0:
        wash *= math.exp(-params.washout_s * rain_mm_h**0.79 * dt_s)
    relax(wash, 1.0, dt_s, params.recovery_s)


def background(
    state: CityState, tick: Tick, wind_m_s: float, params: AirParams, level: HazeLevel
) -> Floats:
    """Regional concentrations in the order of GASES.

    Fine particles follow the climate's haze at today's level. The others: mean x season x swing
    x (u/2.5)^-0.6; they share a part of the swing with the haze, except ozone, which has its day.
    """
    fine = _fine(state, tick, wind_m_s, level)
    latent, share = state["air.latent"], params.haze_share
    usual = params.mean[_PM25] * monthly(params.season, tick.day)
    foul = min(2.5, max(-2.5, math.log((fine + HAZE_OFFSET) / (usual + HAZE_OFFSET)) / 0.65))
    common = share * foul + math.sqrt(1 - share**2) * latent
    common[_O3] = latent[_O3]
    log_sd = np.array(params.log_sd)
    swing = np.exp(log_sd * common - log_sd**2 / 2)
    back = np.array(params.mean) * swing * monthly(params.season, tick.day) * _thinned(wind_m_s)
    back[_PM10] = fine * params.mean[_PM10] / params.mean[_PM25] * _coarse(latent[_PM10], params)
    back[_PM25] = fine
    back *= np.where(np.arange(len(GASES)) == _O3, 1.0, state["air.wash"][0])
    back[_O3] = _ozone(state, tick, swing[_O3], params)
    return back


def _fine(state: CityState, tick: Tick, wind_m_s: float, level: HazeLevel) -> float:
    """The haze knows the climate's wind; what an incident adds to the wind thins it further."""
    haze = max(0.0, math.exp(float(state["weather.haze"][0])) - HAZE_OFFSET)
    natural = float(state["weather.natural_wind_m_s"][0])
    return today(haze, tick.day, level) * _thinned(wind_m_s) / _thinned(natural)


def today(haze_ug_m3: float, day: float, level: HazeLevel) -> float:
    """Today's PM2.5 for a haze of the years that its law was fitted on."""
    return float(monthly(level.factor, day) * haze_ug_m3**level.power)


def _thinned(wind_m_s: float) -> float:
    """(u/2.5)^-0.6 within bounds (expert knowledge, unverified)."""
    return float(min(1.6, max(0.6, (max(wind_m_s, 0.3) / 2.5) ** -0.6)))


def _coarse(latent: float, params: AirParams) -> float:
    """The share of coarse dust swings half as much as the region (design choice)."""
    sd = params.log_sd[_PM10] / 2
    return math.exp(sd * latent - sd**2 / 2)


def _ozone(state: CityState, tick: Tick, swing: float, params: AirParams) -> float:
    """Afternoon peak exp(-((h - 14.5)/4.2)^2) over a floor; +3 ug/m3 per degree above 30."""
    day = math.exp(-(((tick.hour - 14.5) / 4.2) ** 2))
    hot = 3 * max(0.0, float(state["quarter.air_temp_c"][0]) - 30) * day
    return (
        params.mean[_O3] * monthly(params.ozone_season, tick.day) * swing * (0.3 + 0.7 * day) + hot
    )


def _street(state: CityState, wind_m_s: float, layout: Layout, params: AirParams) -> Floats:
    """ug/m3 at the kerb for an emission of 1 g/km: box form of the canyon model, leeward side.

    dC = K Q / ((u + 0.5)(x + 2)), Q = q EF/3600 mg/(m s), K = 7 (expert knowledge, unverified);
    stop-and-go emits up to half as much again (design choice).
    """
    crawl = 1.5 - 0.5 * np.minimum(1.0, state["link.veh_speed_m_s"] / layout.free_speed_m_s)
    source = state["link.veh_mean_veh_h"] / 3600 * crawl
    return np.asarray(params.canyon_k * source * 1000 / ((wind_m_s + 0.5) * (params.kerb_m + 2)))


def _zone_mean(street: Floats, layout: Layout) -> Floats:
    """Half of the mean kerb value reaches the zone's background monitor (design choice)."""
    return 0.5 * layout.link_zone.mean(street)


def _write_particles(
    state: CityState, back: Floats, street: Floats, layout: Layout, params: AirParams
) -> None:
    """Dust of a site or of the region is added where the levers say; rain holds it down."""
    mean = _zone_mean(street, layout)
    dust = np.maximum(0.0, state.lever("zone.pm10_add_ug_m3"))
    if state["quarter.rain_mm_h"][0] > 0.5:
        dust = 0.2 * dust
    haze = np.maximum(0.0, state.lever("zone.pm25_add_ug_m3"))
    fine = back[_PM25] + params.pm25_g_km * mean + haze
    coarse = np.maximum(back[_PM10], 1.1 * back[_PM25]) + 1.2 * haze + dust
    state["zone.pm25_ug_m3"] = fine + 0.1 * dust
    state["zone.pm10_ug_m3"] = coarse + params.pm10_g_km * mean
    state["link.pm10_ug_m3"] = layout.link_zone.through(coarse, 0.0) + params.pm10_g_km * street


def _write_gases(
    state: CityState,
    back: Floats,
    street: Floats,
    no2: Floats,
    layout: Layout,
    params: AirParams,
) -> None:
    """NO from cars eats ozone: O3 = max(0, background - 0.9 dNO2)."""
    added = _zone_mean(no2, layout)
    state["zone.no2_ug_m3"] = back[_NO2] + added
    state["zone.o3_ug_m3"] = np.maximum(0.0, back[_O3] - 0.9 * added)
    state["zone.co_mg_m3"] = back[_CO] + params.co_g_km * _zone_mean(street, layout) / 1000
    state["zone.so2_ug_m3"] = back[_SO2]
