"""Cars, the junction, kerbs."""

import numpy as np

from twin.systems import junction, traffic


def test_a_closed_lane_slows_its_street(state, config, geography, at) -> None:
    layout, tick = traffic.prepare(geography, config.traffic), at("2026-05-18T17:30")
    traffic.step(state, tick, layout, config.traffic)
    free = state["link.veh_speed_m_s"].copy()
    state.lever("link.capacity_factor")[0] = 0.1
    traffic.step(state, tick, layout, config.traffic)
    assert state["link.veh_speed_m_s"][0] < 0.7 * free[0]


def test_water_on_the_road_slows_cars_to_a_crawl(state, config, geography, at) -> None:
    layout, tick = traffic.prepare(geography, config.traffic), at("2026-05-18T12:00")
    state["drain.pond_m"] = 0.20
    traffic.step(state, tick, layout, config.traffic)
    wet = np.isin(np.arange(len(layout.lanes)), layout.drain_link)
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


def test_people_on_the_carriageway_lengthen_queues_and_waits(state, config, geography, at) -> None:
    layout, tick = junction.prepare(geography, config.traffic), at("2026-05-18T17:30", 10.0)
    state["plaza.spill_frac"] = 0.0
    state["plaza.density_ped_m2"] = 0.3
    for _ in range(60):
        junction.step(state, tick, layout, config.traffic)
    before = {name: state[f"arm.{name}"].copy() for name in ("queue_m", "delay_s", "ped_wait_s")}
    state["plaza.spill_frac"] = 0.5
    state["plaza.density_ped_m2"] = 2.5
    for _ in range(60):
        junction.step(state, tick, layout, config.traffic)
    assert np.all(state["arm.queue_m"] >= before["queue_m"])
    assert state["arm.queue_m"].max() > 2 * before["queue_m"].max()
    assert np.all(state["arm.delay_s"] > before["delay_s"])
    assert np.all(state["arm.ped_wait_s"] > before["ped_wait_s"])


def test_greens_of_the_phases_fill_the_time_for_cars(config, geography) -> None:
    layout = junction.prepare(geography, config.traffic)
    phases = {round(float(share), 9) for share in layout.green_share}
    assert len(phases) == 3
    assert abs(sum(phases) - config.traffic.vehicle_green_s / config.traffic.cycle_s) < 1e-6


def test_arms_that_face_each_other_are_green_together(config, geography) -> None:
    layout, arms = junction.prepare(geography, config.traffic), geography["arm"]
    for one, other in (
        ("arm-huaihai-ne", "arm-huaihai-sw"),
        ("arm-wukang", "arm-tianping"),
        ("arm-yuqing", "arm-xingguo"),
    ):
        assert layout.green_share[arms.index(one)] == layout.green_share[arms.index(other)]


def test_no_queue_is_longer_than_its_street(state, config, geography, at) -> None:
    layout, tick = junction.prepare(geography, config.traffic), at("2026-05-18T17:30", 10.0)
    state.lever("arm.capacity_factor")[:] = 0.05
    for _ in range(2000):
        junction.step(state, tick, layout, config.traffic)
    assert np.all(state["arm.queue_m"] <= layout.room_m)
    assert np.all(np.isfinite(state["arm.delay_s"]))


def test_illegal_stops_and_their_dwell_are_counted(state, config, geography, at) -> None:
    layout = traffic.prepare(geography, config.traffic)
    state.lever("link.illegal_veh_min")[0] = 2.0
    for minute in range(20):
        traffic.step(state, at(f"2026-05-18T12:{minute:02d}"), layout, config.traffic)
    assert state["link.illegal_veh"][0] >= 4
    assert state["link.illegal_dwell_s"][0] >= 600
    assert np.all(state["link.illegal_dwell_s"][state["link.illegal_veh"] == 0] == 0)


def test_the_share_of_taken_bays_settles_at_the_configured_one(weekday, config) -> None:
    assert abs(weekday[14]["bay.occupied"].mean() - config.traffic.bay_occupancy_day) < 0.08
    assert abs(weekday[3]["bay.occupied"].mean() - config.traffic.bay_occupancy_night) < 0.08
