"""The signal of the junction, change by change."""

import numpy as np
import pytest

from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS
from twin.systems import signals
from twin.tick import Tick


def had_s(state, config, geography, begin_ms: int, seconds: float):
    """Seconds of green of each arm within so many seconds."""
    plan = signals.prepare(geography, config.traffic)
    signals.begin(state, Tick(begin_ms, 0.0, 7), plan, config.traffic)
    state["arm.green_s"] = 0.0
    end_ms = begin_ms + round(seconds * 1000)
    while signals.due_ms(state) < end_ms:
        before_ms = signals.due_ms(state)
        signals.act(state, Tick(before_ms, 0.0, 7), plan, config.traffic)
        assert signals.due_ms(state) > before_ms
    return signals.taken_s(state, end_ms)


def test_every_cycle_gives_each_arm_its_green(state, config, geography, at) -> None:
    plan, cycle_s = signals.prepare(geography, config.traffic), config.traffic.cycle_s
    begin_ms = at("2026-05-18T17:30").t_ms // DAY_MS * DAY_MS
    state["plaza.density_ped_m2"] = 0.3
    green_s = had_s(state, config, geography, begin_ms, 3 * cycle_s)
    assert green_s == pytest.approx(3 * plan.green_ms / 1000, abs=1e-6)


def test_the_cycle_runs_by_the_clock_wherever_a_run_begins(state, config, geography, at) -> None:
    """Whole cycles have the same green from any second on."""
    plan, cycle_s = signals.prepare(geography, config.traffic), config.traffic.cycle_s
    state["plaza.density_ped_m2"] = 0.3
    for second in (3, 33, 71, 120):
        begin_ms = at("2026-05-18T17:30").t_ms + second * 1000
        green_s = had_s(state, config, geography, begin_ms, 2 * cycle_s)
        assert green_s == pytest.approx(2 * plan.green_ms / 1000, abs=1e-6)


def test_greens_of_the_phases_fill_the_time_for_cars(config, geography) -> None:
    plan, params = signals.prepare(geography, config.traffic), config.traffic
    phases = set(zip(plan.green_from_ms.tolist(), plan.green_ms.tolist(), strict=True))
    assert len(phases) == 3
    total_s = sum(length for _, length in phases) / 1000
    assert total_s == pytest.approx(params.vehicle_green_s, abs=0.002)
    last_ms = max(start + length for start, length in phases)
    assert last_ms / 1000 + params.lost_s <= params.cycle_s


def test_arms_that_face_each_other_are_green_together(config, geography) -> None:
    plan, arms = signals.prepare(geography, config.traffic), geography["arm"]
    for one, other in (
        ("arm-huaihai-ne", "arm-huaihai-sw"),
        ("arm-wukang", "arm-tianping"),
        ("arm-yuqing", "arm-xingguo"),
    ):
        assert plan.green_from_ms[arms.index(one)] == plan.green_from_ms[arms.index(other)]


def test_a_crowd_at_the_mouths_costs_cars_a_share_of_the_next_green(
    state, config, geography, at
) -> None:
    begin_ms, cycle_s = at("2026-05-18T17:30").t_ms, config.traffic.cycle_s
    state["plaza.density_ped_m2"] = 0.3
    usual_s = had_s(state, config, geography, begin_ms, 4 * cycle_s)
    state["plaza.density_ped_m2"] = config.traffic.police_density_ped_m2 + 0.1
    held_s = had_s(state, config, geography, begin_ms, 4 * cycle_s)
    assert held_s == pytest.approx(config.traffic.police_green * usual_s, abs=0.02)


def test_in_the_running_city_two_phases_are_never_green_at_once(start) -> None:
    city, seen = start("2026-05-18T17:30"), []
    phase = signals.prepare(city.geography, city.config.traffic).green_from_ms
    for second in range(0, 300, 3):
        city.run_until(city.now_ms + 3000)
        green = set(phase[city.state["arm.green"] > 0].tolist())
        assert len(green) <= 1, second
        seen.append(len(green))
    assert 0.6 < np.mean(seen) < 0.95


def test_a_city_restored_between_two_lights_goes_on_the_same(start) -> None:
    city = start("2026-05-18T17:30")
    city.run_until(city.now_ms + MINUTE_MS + 1234)
    copy = type(city).restore(city.config, city.geography, city.scenarios, city.snapshot())
    for one in (city, copy):
        one.run_until(one.now_ms + HOUR_MS // 4)
    assert copy.snapshot() == city.snapshot()
