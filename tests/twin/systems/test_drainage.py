"""Rain into drains."""

import numpy as np
import pytest

from twin.systems import drainage


def rain(state, tick, layout, params, mm_h: float, minutes: int) -> float:
    """Let it rain; gives the m3 that the pipes took."""
    piped = 0.0
    state["zone.rain_mm_h"] = mm_h
    for _ in range(minutes):
        drainage.step(state, tick, layout, params)
        piped += float(state["drain.pipe_m3_s"].sum()) * 60
    return piped


def test_no_water_is_lost_or_made(state, config, geography, at) -> None:
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    piped = rain(state, tick, layout, config.drainage, 80.0, 45)
    piped += rain(state, tick, layout, config.drainage, 0.0, 30)
    fallen = 0.080 * 0.75 * config.drainage.runoff_share * layout.catchment_m2.sum()
    kept = float(state["drain.stored_m3"].sum() + state["drain.pond_m3"].sum())
    assert kept > 0
    assert piped + kept == pytest.approx(fallen, rel=1e-9)


def test_a_storm_ponds_where_a_shower_does_not(state, config, geography, at) -> None:
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    rain(state, tick, layout, config.drainage, 20.0, 60)
    assert state["drain.pond_m"].max() == 0
    rain(state, tick, layout, config.drainage, 58.0, 60)
    assert 0.03 < np.median(state["drain.pond_m"]) < 0.30


def test_an_hour_of_58_mm_leaves_about_17_mm_that_the_inlets_cannot_take(
    state, config, geography, at
) -> None:
    """A sum by hand: runoff 0.85, blockage 0.1; part of it is still on its way."""
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    state["drain.blockage_frac"] = 0.1
    rain(state, tick, layout, config.drainage, 58.0, 60)
    surplus_m = (state["drain.pond_m3"] + state["drain.stored_m3"]) / layout.catchment_m2
    assert surplus_m.mean() == pytest.approx(0.0169, rel=0.35)


def test_a_blocked_inlet_ponds_more(state, config, geography, at) -> None:
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    state["drain.blockage_frac"] = np.linspace(0.05, 0.6, len(state["drain.level_m"]))
    state["drain.dish_factor"] = 1.0
    rain(state, tick, layout, config.drainage, 50.0, 40)
    share = state["drain.pond_m3"] / layout.catchment_m2
    assert share[-1] > 2 * share[0]


def test_ponds_drain_away_after_the_rain(state, config, geography, at) -> None:
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    rain(state, tick, layout, config.drainage, 60.0, 60)
    wet = state["drain.pond_m"].copy()
    rain(state, tick, layout, config.drainage, 0.0, 180)
    assert wet.max() > 0.1
    assert state["drain.pond_m"].max() < 1e-6


def test_leaves_block_inlets_in_november(state, config, geography, at) -> None:
    layout = drainage.prepare(geography)
    for month, least, most in (("06", 0.05, 0.15), ("11", 0.15, 0.4)):
        for day in range(1, 25):
            drainage.step(
                state, at(f"2026-{month}-{day:02d}T10:00", 86_400.0), layout, config.drainage
            )
        assert least < state["drain.blockage_frac"].mean() < most


def test_a_pump_takes_its_rate_out_of_the_pond_and_no_more(state, config, geography, at) -> None:
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    rain(state, tick, layout, config.drainage, 70.0, 60)
    row = int(np.argmax(state["drain.pond_m3"]))
    kept = {name: state[name].copy() for name in ("drain.pond_m3", "drain.stored_m3")}
    left = []
    for pump_m3_s in (0.0, 0.05, 1e6):
        for name, value in kept.items():
            state[name] = value
        state.lever("drain.pump_m3_s")[row] = pump_m3_s
        rain(state, tick, layout, config.drainage, 0.0, 1)
        left.append(float(state["drain.pond_m3"][row]))
    assert left[0] - left[1] == pytest.approx(0.05 * 60, rel=1e-3)
    assert left[2] == 0.0


def test_rain_bursts_and_pumps_balance(state, config, geography, at) -> None:
    """What came by rain and out of mains is piped, pumped, on the road or on its way."""
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    state["drain.pond_m3"] = before = 500.0
    state["main.burst_l_s"][:3] = 5.0, 40.0, 200.0
    state.lever("drain.pump_m3_s")[:] = 0.01
    piped = rain(state, tick, layout, config.drainage, 30.0, 20)
    drains = len(layout.catchment_m2)
    came = 0.010 * config.drainage.runoff_share * layout.catchment_m2.sum()
    came += drains * before + 0.245 * 20 * 60
    assert state["drain.pond_m3"].min() > 0
    kept = float(state["drain.stored_m3"].sum() + state["drain.pond_m3"].sum())
    assert piped + kept + drains * 0.01 * 20 * 60 == pytest.approx(came, rel=1e-9)


def test_a_burst_main_ponds_at_its_nearest_drain_alone(state, config, geography, at) -> None:
    """By what its inlets, and the gullies on the way, do not take."""
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    row = int(layout.main_drain.rows[0])
    state["drain.blockage_frac"] = 0.1
    state["main.burst_l_s"][0] = 200.0
    rain(state, tick, layout, config.drainage, 0.0, 1)
    inlet_m3 = 0.036 / 60 * layout.catchment_m2[row] * (1 - state["drain.blockage_frac"][row])
    left_m3 = 12.0 - (1 + config.drainage.gully_share) * inlet_m3
    assert left_m3 > 1
    assert state["drain.pond_m3"][row] == pytest.approx(left_m3)
    assert np.delete(state["drain.pond_m3"], row).max() == 0


def test_a_small_burst_is_seen_in_the_pipe(state, config, geography, at) -> None:
    """Gullies take all of it; the pipe's level shows it."""
    layout, tick = drainage.prepare(geography), at("2026-05-18T10:00")
    row = int(layout.main_drain.rows[0])
    rain(state, tick, layout, config.drainage, 0.0, 1)
    dry_m = state["drain.level_m"].copy()
    state["main.burst_l_s"][0] = 1.0
    rain(state, tick, layout, config.drainage, 0.0, 1)
    assert state["drain.pond_m3"].max() == 0
    assert state["drain.pipe_m3_s"][row] == pytest.approx(0.001)
    assert state["drain.level_m"][row] > dry_m[row]
