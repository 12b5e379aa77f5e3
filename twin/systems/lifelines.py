"""Power, cable chambers, gas and water mains."""

import math
from dataclasses import dataclass

import numpy as np

from twin.arrays import Floats, confine
from twin.config import Table
from twin.dice import dice
from twin.geography import Geography
from twin.profiles import Hourly, NotNegative, Positive, Share, hourly, keep
from twin.relations import Relation, attribute, column, nearest
from twin.state import CityState, Quantity
from twin.streams import stream
from twin.systems.weather import relax
from twin.tick import Tick
from twin.wander import wander


class LifelinesParams(Table):
    """Section [lifelines] of city.toml."""

    load_share: Hourly
    base_ratio: tuple[float, float]
    heat_per_c: NotNegative
    cold_per_c: NotNegative
    load_noise: NotNegative
    power_factor: Share
    cable_rise_c: Positive
    cable_tau_s: Positive
    chamber_drain_s: Positive
    chamber_leak_m_per_mm: NotNegative
    chamber_m3: Positive
    air_changes_h: Positive
    marsh_gas_lel: NotNegative
    litres_person_day: Positive
    water_share: Hourly
    main_share: tuple[Positive, Positive]
    main_luck: NotNegative
    main_luck_kpa: NotNegative
    main_luck_s: Positive
    pressure_kpa: Positive
    pressure_loss: Positive
    discharge: Positive


QUANTITIES = (
    Quantity("feeder.load_kw", 300.0),
    Quantity("feeder.load_ratio", 0.5),
    Quantity("feeder.current_a", 400.0),
    Quantity("feeder.outage"),
    Quantity("chamber.temp_c", 22.0),
    Quantity("chamber.water_m", 0.02),
    Quantity("chamber.ch4_lel", 0.01),
    Quantity("main.pressure_kpa", 280.0),
    Quantity("main.flow_l_s", 3.0),
    Quantity("main.burst_l_s", truth=False),
    Quantity("main.luck_z", truth=False, count=lambda geography: 2 * len(geography["main"])),
    Quantity("feeder.base_ratio", 0.55, truth=False),
    Quantity("feeder.swing", truth=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """Fixed facts about the networks."""

    rated_kw: Floats
    chamber_feeder: Relation
    chamber_zone: Relation
    chamber_drain: Relation
    main_flow_l_s: Floats


def prepare(geography: Geography, params: LifelinesParams) -> Layout:
    """Each main has its own share of the water demand, the same in every run."""
    chambers, mains = geography["chamber"], geography["main"]
    feeders, drains = geography["feeder"], geography["drain"]
    residents = float(column(geography["quarter"], "residents").sum())
    demand_l_s = residents * params.litres_person_day / 86_400
    low, high = params.main_share
    share = low + (high - low) * dice(mains.ids, "water")
    return Layout(
        rated_kw=column(feeders, "rated_kw"),
        chamber_feeder=Relation.of(attribute(chambers, "feeder").astype(np.int32), len(feeders)),
        chamber_zone=Relation.of(chambers.zone, len(geography["zone"])),
        chamber_drain=Relation.of(nearest(chambers, drains), len(drains)),
        main_flow_l_s=demand_l_s * share / share.sum(),
    )


def begin(state: CityState, params: LifelinesParams, seed: int) -> None:
    """Transformers differ in how full they are, mains in their luck."""
    rng = stream(seed, "lifelines/start")
    state["feeder.base_ratio"] = rng.uniform(*params.base_ratio, len(state["feeder.base_ratio"]))
    for name in ("feeder.swing", "main.luck_z"):
        state[name] = rng.standard_normal(len(state[name]))


def step(state: CityState, tick: Tick, layout: Layout, params: LifelinesParams) -> None:
    """Load from hour and heat; cables warm with its square; gas and water by their balances."""
    rng = tick.rng("lifelines")
    _power(state, tick, layout, params, rng)
    _heat_ducts(state, tick, layout, params)
    _flood_ducts(state, tick, layout, params)
    _gas(state, tick, params, rng)
    _water(state, tick, layout, params, rng)


def _power(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: LifelinesParams,
    rng: np.random.Generator,
) -> None:
    """P = P0 s(h) (1 + 0.045 (T - 26)+ + 0.02 (8 - T)+) (design choice)."""
    temp = float(state["quarter.air_temp_c"][0])
    need = 1 + params.heat_per_c * max(0.0, temp - 26) + params.cold_per_c * max(0.0, 8 - temp)
    swing = state["feeder.swing"]
    wander(swing, keep(tick.dt_s, 1800), rng)
    ratio = state["feeder.base_ratio"] * hourly(params.load_share, tick.hour) * need
    ratio = ratio * (1 + params.load_noise * swing) * state.lever("feeder.load_factor")
    out = (state.lever("feeder.outage") >= 0.5).astype(np.float64)
    state["feeder.outage"] = out
    state["feeder.load_ratio"] = ratio * (1 - out)
    load_kw = state["feeder.load_ratio"] * layout.rated_kw * params.power_factor
    state["feeder.load_kw"] = load_kw
    state["feeder.current_a"] = load_kw / (math.sqrt(3) * 0.4 * params.power_factor)


def _heat_ducts(state: CityState, tick: Tick, layout: Layout, params: LifelinesParams) -> None:
    """Td tends to Tsoil + 38 (I/In)^2, tau 3 h; standing water cools by 0.6; soil 8 to 27 C."""
    soil = 17.5 - 9.5 * math.cos(2 * math.pi * (tick.day - 30) / 365)
    ratio = layout.chamber_feeder.through(state["feeder.load_ratio"], 0.5)
    rise = params.cable_rise_c * ratio**2 + state.lever("chamber.temp_add_c")
    rise = rise * np.where(state["chamber.water_m"] > 0.3, 0.6, 1.0)
    relax(state["chamber.temp_c"], soil + rise, tick.dt_s, params.cable_tau_s)


def _flood_ducts(state: CityState, tick: Tick, layout: Layout, params: LifelinesParams) -> None:
    """Rain seeps in, ponds run in, pumps and soil take it away."""
    water = state["chamber.water_m"]
    rain = layout.chamber_zone.through(state["zone.rain_mm_h"], 0.0)
    pond = layout.chamber_drain.through(state["drain.pond_m"], 0.0)
    inflow_m_h = params.chamber_leak_m_per_mm * rain + 2.0 * pond
    inflow_m_h = inflow_m_h + state.lever("chamber.water_add_m_h")
    relax(water, 0.02, tick.dt_s, params.chamber_drain_s)
    water += inflow_m_h * tick.dt_s / 3600
    confine(water, 0, 2.0)


def _gas(state: CityState, tick: Tick, params: LifelinesParams, rng: np.random.Generator) -> None:
    """dc/dt = G/V - c n; as a share of the lower explosive limit (5 % by volume), up to 1."""
    leak = state.lever("chamber.gas_l_min") * 60 / (params.chamber_m3 * 1000) / 0.05  # LEL per h
    marsh = params.marsh_gas_lel * (1 + 0.5 * rng.standard_normal(len(leak)))
    gas = state["chamber.ch4_lel"]
    target = np.maximum(0.0, marsh) + leak / params.air_changes_h
    relax(gas, target, tick.dt_s, 3600 / params.air_changes_h)
    confine(gas, 0, 1)


def _water(
    state: CityState,
    tick: Tick,
    layout: Layout,
    params: LifelinesParams,
    rng: np.random.Generator,
) -> None:
    """Burst Q = Cd A sqrt(2 p/rho); pressure p0 - R Q^1.852, half-way each step to settle.

    Mains are one network: a fifth of a burst is felt by all the others (design choice).
    """
    demand_z, valve_z = _luck(state["main.luck_z"], tick, params, rng)
    pressure, burst = state["main.pressure_kpa"], _spill_l_s(state, params)
    flow = burst + _use_l_s(demand_z, tick, layout, params)
    felt = flow + 0.2 * (burst.sum() - burst)
    reached = params.pressure_kpa + params.main_luck_kpa * valve_z
    reached -= params.pressure_loss * felt**1.852
    pressure += 0.5 * (np.maximum(10.0, reached) - pressure)
    state["main.flow_l_s"] = flow


def _spill_l_s(state: CityState, params: LifelinesParams) -> Floats:
    burst, hole_cm2 = state["main.burst_l_s"], state.lever("main.burst_cm2")
    burst[:] = 0.0
    if hole_cm2.any():  # mostly nothing is broken
        hole_m2 = np.maximum(0.0, hole_cm2) / 1e4
        burst += params.discharge * hole_m2 * np.sqrt(2 * state["main.pressure_kpa"]) * 1000
    return burst


def _luck(luck_z: Floats, tick: Tick, params: LifelinesParams, rng: np.random.Generator) -> Floats:
    """Demand and pressure of each main against all: what one has more the others have less."""
    wander(luck_z, keep(tick.dt_s, params.main_luck_s), rng)
    both = luck_z.reshape(2, -1)
    return np.asarray(both - both.sum(1, keepdims=True) / max(1, both.shape[1]))


def _use_l_s(z: Floats, tick: Tick, layout: Layout, params: LifelinesParams) -> Floats:
    """Demand by the hour, each main with its own share and luck (lognormal of mean 1)."""
    sd = params.main_luck
    usual = 24 * hourly(params.water_share, tick.hour) * math.exp(-sd * sd / 2)
    return np.asarray(layout.main_flow_l_s * usual * np.exp(sd * z))
