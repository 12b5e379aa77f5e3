"""Cars, the junction, kerbs."""

import numpy as np
import pytest

from twin.clock import MINUTE_MS
from twin.systems import junction, signals, traffic
from twin.tick import Tick


def test_a_closed_lane_slows_its_street(state, config, geography, at) -> None:
    layout, tick = traffic.prepare(geography, config.traffic), at("2026-05-18T17:30")
    traffic.step(state, tick, layout, config.traffic)
    free = state["link.veh_speed_m_s"].copy()
    state.lever("link.capacity_factor")[0] = 0.1
    traffic.step(state, tick, layout, config.traffic)
    assert state["link.veh_speed_m_s"][0] < 0.7 * free[0]


def test_the_signals_keep_to_the_plan_of_the_map(geography, config) -> None:
    plan = signals.prepare(geography, config.traffic)
    np.testing.assert_allclose(geography["arm"].attrs["green_s"], plan.green_ms / 1000, atol=0.5)


def test_water_on_the_road_slows_cars_to_a_crawl(state, config, geography, at) -> None:
    layout, tick = traffic.prepare(geography, config.traffic), at("2026-05-18T12:00")
    state["drain.pond_m"] = 0.20
    traffic.step(state, tick, layout, config.traffic)
    wet = np.isin(np.arange(len(layout.lanes)), layout.drain_link.rows)
    assert state["link.veh_speed_m_s"][wet].max() < 3
    assert state["link.veh_speed_m_s"][~wet].min(initial=9.0) > 3


def test_rain_slows_cars(state, config, geography, at) -> None:
    layout, tick = traffic.prepare(geography, config.traffic), at("2026-05-18T12:00")
    speeds = []
    for rain in (0.0, 20.0):
        state["zone.rain_mm_h"] = rain
        traffic.step(state, tick, layout, config.traffic)
        speeds.append(state["link.veh_speed_m_s"].copy())
    assert np.all(speeds[1] < 0.95 * speeds[0])


def speeds(state, after, config, geography, at, changes) -> np.ndarray:
    """m/s after one step of the evening rush."""
    layout, tick = traffic.prepare(geography, config.traffic), at("2026-05-18T17:30")
    found = after(lambda: traffic.step(state, tick, layout, config.traffic), changes)
    return found["link.veh_speed_m_s"]


def test_illegal_stops_slow_their_own_street(state, after, config, geography, at) -> None:
    row = geography["arm"].link[0]
    stops = np.zeros(len(geography["link"]))
    free = speeds(state, after, config, geography, at, {"link.illegal_veh": stops.copy()})
    stops[row] = 12.0
    held = speeds(state, after, config, geography, at, {"link.illegal_veh": stops})
    assert held[row] < 0.95 * free[row]
    assert np.delete(held, row) == pytest.approx(np.delete(free, row), rel=0.02)


def test_people_on_the_carriageway_slow_its_street(state, after, config, geography, at) -> None:
    rows = np.unique(geography["plaza"].link)
    dry, spilt = (
        speeds(state, after, config, geography, at, {"plaza.spill_frac": spill})
        for spill in (0.0, 0.5)
    )
    assert np.all(spilt[rows] < dry[rows])
    assert (spilt[rows] / dry[rows]).min() < 0.9
    assert np.delete(spilt, rows) == pytest.approx(np.delete(dry, rows), rel=0.02)


def cars(state) -> float:
    """Every vehicle on the streets and at the mouths of the arms."""
    names = ("traffic.vehicles_veh", "arm.coming_veh", "arm.queue_veh", "arm.leaving_veh")
    return float(sum(state[name].sum() for name in names))


def test_no_vehicle_is_lost_or_made_in_the_rush(start, inject) -> None:
    """Came in less gone out are those that are there, through a crash and a flooded street."""
    city = start("2026-05-18T16:30")
    inject(city, "traffic_crash", id="crash")
    inject(city, "rainstorm_ponding", id="rain")
    for _ in range(6):
        city.run_until(city.now_ms + 10 * MINUTE_MS)
        state = city.state
        net = float(state["traffic.entered_veh"][0] - state["traffic.left_veh"][0])
        assert cars(state) == pytest.approx(net, rel=1e-9)
    assert state["traffic.left_veh"][0] > 3000
    assert min(state[name].min() for name in ("traffic.vehicles_veh", "arm.queue_veh")) >= 0


def test_streets_carry_what_drivers_want_when_nothing_is_full(weekday, geography, config) -> None:
    """The hour of the peak: flows of streets away from the junction against their targets."""
    layout = traffic.prepare(geography, config.traffic)
    streets = layout.road.net.streets
    wanted = layout.peak_veh_h[:streets] + layout.peak_veh_h[streets:]
    away = np.setdiff1d(np.arange(streets), geography["arm"].link)
    hours = config.traffic.week.workday
    found = weekday[8]["link.veh_flow_veh_h"][away].sum() / wanted[away].sum()
    assert found == pytest.approx(hours[8], rel=0.25)
    night = weekday[3]["link.veh_flow_veh_h"][away].sum() / wanted[away].sum()
    assert night == pytest.approx(hours[3], rel=0.4)


def held(start, factor: float, seed: int = 7):
    """The city after the arms took only this share for an hour of the rush."""
    city = start("2026-05-18T16:00", seed=seed)
    city.every(MINUTE_MS, 29, lambda _: city.state.lever("arm.capacity_factor").fill(factor))
    city.run_until(city.now_ms + 60 * MINUTE_MS)
    return city


def test_a_full_junction_spills_back_into_the_streets_behind(start) -> None:
    """Same seeds: queues fill their streets, then the streets that lead to them fill."""
    pairs = [spilt(held(start, 1.0, seed), held(start, 0.05, seed)) for seed in (1, 4, 7)]
    before, after = np.sum(pairs, axis=0)
    assert after > 1.15 * before


def spilt(free, jam) -> tuple[float, float]:
    """Vehicles on the streets behind the junction's own, free and jammed."""
    geography = free.geography
    road = traffic.prepare(geography, free.config.traffic).road
    into = road.arm_in[road.arm_in >= 0]
    known = road.arm_in >= 0
    there = jam.state["arm.queue_veh"] + jam.state["arm.coming_veh"]
    full = (jam.state["traffic.vehicles_veh"][into] + there[known]) / road.room_veh[into]
    assert full.max() > 0.8
    assert full.max() <= 1.0 + 1e-9
    behind = np.isin(road.net.head, road.net.tail[into]) & (road.room_veh > 0)
    behind[into] = False
    before, after = (city.state["traffic.vehicles_veh"][behind] for city in (free, jam))
    assert (after / np.maximum(0.5, before)).max() > 2
    slow = jam.state["link.veh_speed_m_s"][geography["arm"].link].min()
    assert slow < 0.5 * free.state["link.veh_speed_m_s"][geography["arm"].link].min()
    return float(before.sum()), float(after.sum())


def lights(state, config, layout, t_ms: int) -> None:
    """All changes of the signal up to t_ms."""
    while signals.due_ms(state) <= t_ms:
        signals.act(state, Tick(signals.due_ms(state), 0.0, 7), layout, config.traffic)


def cycle(state, config, geography, begin_ms: int, cycles: int = 6) -> None:
    """The junction and its signal alone for some cycles, with a steady stream to its arms."""
    layout = junction.prepare(geography, config.traffic)
    plan = signals.prepare(geography, config.traffic)
    signals.begin(state, Tick(begin_ms, 0.0, 7), plan, config.traffic)
    for number in range(cycles * 14):
        state["arm.coming_veh"] += 200 / 360
        state["arm.leaving_veh"] = 0.0
        tick = Tick(begin_ms + (number + 1) * 10_000, 10.0, 7)
        lights(state, config, plan, tick.t_ms)
        junction.step(state, tick, layout, config.traffic)


def test_people_on_the_carriageway_lengthen_queues_and_waits(state, config, geography, at) -> None:
    begin_ms = at("2026-05-18T17:30").t_ms
    state["plaza.spill_frac"] = 0.0
    state["plaza.density_ped_m2"] = 0.3
    cycle(state, config, geography, begin_ms)
    names = ("queue_mean_veh", "delay_s", "ped_wait_s")
    before = {name: state[f"arm.{name}"].copy() for name in names}
    state["plaza.spill_frac"] = 0.5
    state["plaza.density_ped_m2"] = 2.5
    cycle(state, config, geography, begin_ms + 3_600_000)
    assert state["arm.queue_mean_veh"].max() > 2 * before["queue_mean_veh"].max()
    assert state["arm.delay_s"].mean() > before["delay_s"].mean()
    assert np.all(state["arm.ped_wait_s"] > before["ped_wait_s"])


def test_queues_grow_in_red_and_go_in_green(state, config, geography, at) -> None:
    layout, begin_ms = junction.prepare(geography, config.traffic), at("2026-05-18T17:30").t_ms
    plan = signals.prepare(geography, config.traffic)
    signals.begin(state, Tick(begin_ms, 0.0, 7), plan, config.traffic)
    served, red = np.zeros(len(layout.room_m)), 0
    for number in range(28):
        tick = Tick(begin_ms + (number + 1) * 10_000, 10.0, 7)
        lights(state, config, plan, tick.t_ms)
        state["arm.coming_veh"] += 1.0
        signals.settle(state, tick.t_ms)
        dark = state["arm.green_s"] == 0
        junction.step(state, tick, layout, config.traffic)
        assert np.all(state["arm.flow_veh_h"][dark] == 0)
        served += state["arm.flow_veh_h"] / 360
        red += int(dark.sum())
    assert red > 28
    assert served.min() > 0


def test_nobody_leaves_by_the_arm_he_came_from_or_into_a_one_way_street(config, geography) -> None:
    layout, arms = junction.prepare(geography, config.traffic), geography["arm"]
    assert np.all(np.diag(layout.turn) == 0)
    assert layout.turn.sum(axis=1) == pytest.approx(1.0)
    assert layout.turn[:, arms.index("arm-wukang")].sum() == 0


def test_no_queue_is_longer_than_its_street(start, geography, config) -> None:
    state = held(start, 0.03).state
    layout = junction.prepare(geography, config.traffic)
    assert np.all(state["arm.queue_m"] <= layout.room_m)
    assert np.all(np.isfinite(state["arm.delay_s"]))


def test_police_hold_cars_back_when_the_junction_is_packed(state, config, geography, at) -> None:
    begin_ms, found = at("2026-05-18T17:30").t_ms, []
    for density in (2.1, 2.2):
        state["plaza.spill_frac"] = 0.3
        state["plaza.density_ped_m2"] = density
        state["arm.queue_mean_veh"] = 0.0
        cycle(state, config, geography, begin_ms)
        found.append(state["arm.delay_s"].mean())
    assert found[1] > 1.1 * found[0]


def test_weekends_and_holidays_have_the_roads_of_a_sunday(state, config, at) -> None:
    def level(day: str) -> float:
        ticks = [at(f"{day}T08:30", seed=seed) for seed in range(100)]
        return float(np.mean([traffic.rush(state, tick, config.traffic) for tick in ticks]))

    monday, sunday, holiday, makeup = map(
        level, ("2026-05-18", "2026-05-17", "2026-10-05", "2026-10-10")
    )
    assert holiday == pytest.approx(sunday, rel=0.05)
    assert makeup == pytest.approx(monday, rel=0.05)
    assert sunday < 0.6 * monday


def test_illegal_stops_and_their_dwell_are_counted(state, config, geography, at) -> None:
    layout = traffic.prepare(geography, config.traffic)
    state.lever("link.illegal_veh_min")[0] = 2.0
    for minute in range(20):
        traffic.step(state, at(f"2026-05-18T12:{minute:02d}"), layout, config.traffic)
    assert state["link.illegal_veh"][0] >= 4
    assert state["link.illegal_dwell_s"][0] >= 600
    assert np.all(state["link.illegal_dwell_s"][state["link.illegal_veh"] == 0] == 0)


def test_the_share_of_taken_bays_settles_at_the_configured_one(weekday, config) -> None:
    kerb = config.traffic.kerb
    assert abs(weekday[14]["bay.occupied"].mean() - kerb.bay_occupancy_day) < 0.08
    assert abs(weekday[3]["bay.occupied"].mean() - kerb.bay_occupancy_night) < 0.08
