"""Power, chambers, gas, water, lamps, lifts, elders."""

import numpy as np
import pytest

from twin.clock import MINUTE_MS
from twin.systems import electrics, furniture, lifelines, residents
from twin.tick import Tick


def test_heat_loads_the_transformers(state, config, geography, at) -> None:
    """36 C asks for 45 % more than 26 C."""
    layout, tick = lifelines.prepare(geography, config.lifelines), at("2026-07-18T15:00")
    loads = []
    for temp in (26.0, 36.0):
        state["quarter.air_temp_c"] = temp
        state["feeder.swing"] = 0.0
        lifelines.step(state, tick, layout, config.lifelines)
        loads.append(state["feeder.load_kw"].sum())
    assert loads[1] / loads[0] == pytest.approx(1.45, rel=0.02)


def test_an_outage_darkens_lamps_and_stops_lifts_of_its_feeder(
    state, config, geography, at
) -> None:
    tick = at("2026-05-18T23:00")
    state["quarter.solar_w_m2"] = 0.0
    state.lever("feeder.outage")[0] = 1.0
    lifelines.step(state, tick, lifelines.prepare(geography, config.lifelines), config.lifelines)
    lamps, lifts = furniture.prepare(geography), electrics.prepare(geography)
    furniture.step(state, tick, lamps, config.furniture)
    electrics.step(state, tick, lifts, config.electrics)
    fed = lamps.lamp_feeder.rows == 0
    assert fed.any()
    assert state["feeder.load_kw"][0] == 0
    assert state["lamp.power_w"][fed].max() == 0
    assert np.median(state["lamp.power_w"][~fed]) > 50
    assert np.all(state["lift.state"][lifts.lift_feeder.rows == 0] == electrics.STOPPED)


def test_a_leak_fills_its_chamber_and_airs_out_again(state, config, geography, at) -> None:
    layout, tick = lifelines.prepare(geography, config.lifelines), at("2026-05-18T10:00")
    state.lever("chamber.gas_l_min")[0] = 1.5
    for _ in range(40):
        lifelines.step(state, tick, layout, config.lifelines)
    assert 0.2 < state["chamber.ch4_lel"][0] < 0.6
    assert state["chamber.ch4_lel"][1:].max() < 0.03
    state.lever("chamber.gas_l_min")[0] = 0.0
    for _ in range(600):
        lifelines.step(state, tick, layout, config.lifelines)
    assert state["chamber.ch4_lel"][0] < 0.03


def test_a_burst_takes_a_fifth_to_three_fifths_of_the_pressure(
    state, config, geography, at
) -> None:
    layout, tick = lifelines.prepare(geography, config.lifelines), at("2026-05-18T10:00")
    lifelines.step(state, tick, layout, config.lifelines)
    before, flow = state["main.pressure_kpa"].copy(), state["main.flow_l_s"].copy()
    state.lever("main.burst_cm2")[0] = 30.0
    for _ in range(15):
        lifelines.step(state, tick, layout, config.lifelines)
    fall = 1 - state["main.pressure_kpa"] / before
    assert 0.2 < fall[0] < 0.6
    assert np.all(fall[1:] < 0.15)
    assert 7 < state["main.flow_l_s"][0] - flow[0] < 80


def test_a_loaded_cable_is_warmer(state, config, geography, at) -> None:
    layout, tick = lifelines.prepare(geography, config.lifelines), at("2026-05-18T15:00", 3600.0)
    state["chamber.water_m"] = 0.0
    for _ in range(24):
        lifelines.step(state, tick, layout, config.lifelines)
    ratio = state["feeder.load_ratio"][layout.chamber_feeder.rows]
    assert np.corrcoef(ratio, state["chamber.temp_c"])[0, 1] > 0.95


def test_water_pressure_is_lowest_when_demand_is_highest(weekday) -> None:
    pressure = [hour["main.pressure_kpa"].mean() for hour in weekday]
    assert int(np.argmin(pressure)) in (7, 8, 19)
    assert min(pressure) > 0.9 * max(pressure)


@pytest.fixture
def mains(state, config, geography, at) -> dict[str, np.ndarray]:
    """Flow and pressure of every main in every minute of a day, a row each."""
    layout, begun = lifelines.prepare(geography, config.lifelines), at("2026-05-18T00:00")
    names = ("main.flow_l_s", "main.pressure_kpa")
    rows: dict[str, list[np.ndarray]] = {name: [] for name in names}
    for minute in range(1440):
        tick = Tick(begun.t_ms + minute * MINUTE_MS, 60.0, 7)
        lifelines.step(state, tick, layout, config.lifelines)
        for name in names:
            rows[name].append(state[name].copy())
    return {name: np.array(values) for name, values in rows.items()}


def test_two_mains_are_not_one(mains) -> None:
    """Their day is one, their luck is not; so with pressure, where luck is more of it."""
    pairs = np.triu_indices(mains["main.flow_l_s"].shape[1], 1)
    flow, pressure = (np.corrcoef(values.T)[pairs] for values in mains.values())
    assert 0.75 < flow.min() <= flow.max() < 0.98
    assert 0.05 < pressure.mean() < 0.6
    assert pressure.max() < 0.9


def test_mains_share_what_the_quarter_drinks(mains, config, geography) -> None:
    residents = geography["quarter"].attrs["residents"].sum()
    usual = residents * config.lifelines.litres_person_day / 86_400
    flow = mains["main.flow_l_s"]
    assert flow.sum(axis=1).mean() == pytest.approx(usual, rel=0.01)
    assert flow.mean(axis=0).max() > 1.5 * flow.mean(axis=0).min()


def test_gusts_bend_trees(state, config, geography, at) -> None:
    layout, leans = furniture.prepare(geography), []
    for gust in (2.0, 25.0):
        state["quarter.wind_gust_m_s"] = gust
        furniture.step(state, at("2026-05-18T10:00"), layout, config.furniture)
        leans.append(state["tree.tilt_deg"].copy())
    assert 0.2 < (leans[1] - leans[0]).mean() < 3


def test_only_an_incident_brings_an_emergency_call(state, config, geography, at) -> None:
    for minute in range(60):
        tick = at(f"2026-05-18T10:{minute:02d}")
        residents.step(state, tick, config.residents)
        assert state["home.button"].max() < residents.EMERGENCY
    state.lever("home.button")[3] = 1.0
    residents.step(state, at("2026-05-18T11:00"), config.residents)
    assert state["home.button"][3] == residents.EMERGENCY


def test_an_inactive_home_uses_no_water_and_opens_no_door(state, config, geography, at) -> None:
    meter = state["home.water_m3"].copy()
    state.lever("home.inactive")[:] = 1.0
    for minute in range(60):
        residents.step(state, at(f"2026-05-18T10:{minute:02d}"), config.residents)
        assert state["home.door_open"].max() == 0
    assert np.array_equal(meter, state["home.water_m3"])


def test_a_person_is_trapped_only_while_the_lift_stands(start, inject) -> None:
    city = start("2026-05-18T10:00")
    inject(city, "lift_entrapment", duration_s=600)
    city.run_until(city.now_ms + 5 * MINUTE_MS)
    assert city.truth().arrays["lift.trapped"].sum() == 1
    city.run_until(city.now_ms + 10 * MINUTE_MS)
    assert city.truth().arrays["lift.trapped"].sum() == 0
