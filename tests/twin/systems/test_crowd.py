"""People on pavements and at the sights."""

import numpy as np
import pytest

from twin.clock import HOUR_MS, MINUTE_MS
from twin.systems import crowd, plaza
from twin.tick import Tick


@pytest.mark.parametrize(
    ("density", "speed"), [(0.72, 1.21), (1.08, 1.02), (2.17, 0.55), (3.5, 0.23)]
)
def test_walking_speed_follows_weidmann(density: float, speed: float, config) -> None:
    found = crowd.walking_speed(np.array([density]), config.crowd)[0]
    assert found == pytest.approx(speed, abs=0.01)


def test_counts_have_the_mean_and_fano_factor_that_were_asked_for() -> None:
    counts = crowd.clustered(np.full(200_000, 4.0), 2.5, np.random.default_rng(1))
    assert counts.mean() == pytest.approx(4.0, rel=0.02)
    assert counts.var() / counts.mean() == pytest.approx(2.5, rel=0.03)


def persons(city, hours: float) -> float:
    """Mean number of people at the sights and on the streets."""
    found = []

    def count(_: int) -> None:
        truth = city.truth().arrays
        found.append(truth["plaza.persons"].sum() + truth["link.persons"].sum())

    city.every(MINUTE_MS, 900, count)
    city.run_until(city.now_ms + round(hours * HOUR_MS))
    return float(np.mean(found))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rain_thins_the_crowd(seed: int, start, inject) -> None:
    """Same seed, with and without a rainstorm."""
    dry, wet = start("2026-05-16T14:00", seed=seed), start("2026-05-16T14:00", seed=seed)
    inject(wet, "rainstorm_ponding")
    assert persons(wet, 1.5) < 0.7 * persons(dry, 1.5)


def test_a_saturday_brings_about_twice_the_visitors_of_a_monday(state, config, at) -> None:
    def of(day: str) -> float:
        ticks = [at(f"2026-05-{day}T15:00", seed=seed) for seed in range(200)]
        return float(np.mean([crowd.visitors_ped_h(state, tick, config.crowd) for tick in ticks]))

    assert of("16") / of("18") == pytest.approx(1.55 / 0.70, rel=0.1)


def test_the_hours_of_a_day_add_up_to_its_visitors(config, state, at) -> None:
    dry = config.crowd.model_copy(update={"day_noise": 0.0})
    state["quarter.rain_mm_h"] = 0.0
    state["quarter.air_temp_c"] = 20.0
    total = sum(
        crowd.visitors_ped_h(state, at(f"2026-05-18T{hour:02d}:30"), dry) for hour in range(24)
    )
    assert total == pytest.approx(40_000 * 0.70, rel=0.02)


def test_occupancy_is_arrivals_times_stay(state, config, geography, at) -> None:
    """M/G/infinity: N = lambda E[D]; 3 220 an hour at the junction for 7.7 min is 413 people."""
    layout = plaza.prepare(geography, config.crowd)
    state["crowd.visitors_ped_h"] = 1000.0
    state["quarter.rain_mm_h"] = 0.0
    begin_ms, seen = at("2026-05-18T10:00").t_ms, []
    for number in range(3000):
        plaza.step(state, Tick(begin_ms + number * 10_000, 10.0, 7), layout, config.crowd)
        seen.append(state["plaza.persons"].copy())
    expected = 1000 / 3600 * layout.visit_share * layout.stay_s
    assert np.mean(seen[500:], axis=0) == pytest.approx(expected, rel=0.25)
    assert np.mean(seen[500:], axis=0).sum() == pytest.approx(expected.sum(), rel=0.08)


def test_metro_pulses_bring_no_more_people_in_all(config, at) -> None:
    begin_ms = at("2026-05-18T10:00").t_ms
    pulses = [
        plaza.metro_pulse(Tick(begin_ms + number * 1000, 10.0, 7), config.crowd)
        for number in range(2100)
    ]
    assert np.mean(pulses) == pytest.approx(1.0, abs=0.01)
    assert max(pulses) == pytest.approx(1 + config.crowd.metro_pulse)


def test_people_step_on_the_carriageway_when_it_is_crowded(state, config, geography, at) -> None:
    layout = plaza.prepare(geography, config.crowd)
    for density, spill in ((1.0, 0.0), (1.9, 0.25), (5.0, 0.5)):
        state["plaza.persons"] = np.round(density * layout.area_m2)
        state["crowd.visitors_ped_h"] = 0.0
        plaza.step(state, at("2026-05-18T10:00", 0.001), layout, config.crowd)
        assert state["plaza.spill_frac"] == pytest.approx(spill, abs=0.02)
