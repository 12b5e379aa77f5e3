"""People on pavements and at the sights."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from twin.clock import HOUR_MS, MINUTE_MS
from twin.systems import crowd, plaza, trains, visits
from twin.systems.shapes import day_factor
from twin.tick import Tick


def test_counts_have_the_mean_that_was_asked_for_and_the_spread_of_groups(config) -> None:
    """E[size^2] / E[size] of groups of 1, 2, 3, 4 is 2.4."""
    rng = np.random.default_rng(1)
    counts = crowd.in_groups(np.full(100_000, 4.0), config.crowd.group_share, rng)
    assert counts.mean() == pytest.approx(4.0, rel=0.02)
    assert counts.var() / counts.mean() == pytest.approx(2.43, rel=0.04)


def persons(city, hours: float) -> float:
    """Mean number of people at the sights and on the streets."""
    found = []

    def count(_: int) -> None:
        truth = city.truth().arrays
        found.append(truth["plaza.persons"].sum() + truth["link.persons"].sum())

    city.every(MINUTE_MS, 900, count)
    city.run_until(city.now_ms + round(hours * HOUR_MS))
    return float(np.mean(found))


@pytest.mark.parametrize("seed", [1, 2])
def test_rain_thins_the_crowd(seed: int, start, inject) -> None:
    """Same seed, with and without a rainstorm."""
    dry, wet = start("2026-05-16T14:00", seed=seed), start("2026-05-16T14:00", seed=seed)
    inject(wet, "rainstorm_ponding")
    assert persons(wet, 1.5) < 0.7 * persons(dry, 1.5)


def inside(state) -> float:
    """Everybody who walks, stands, is about to stand or to walk on."""
    names = ("crowd.cells_ped", "plaza.persons", "plaza.coming_ped", "plaza.going_ped")
    return float(sum(state[name].sum() for name in names))


def test_nobody_is_lost_or_made_on_the_streets_of_a_busy_hour(start, inject) -> None:
    """Who came in less who went out are those who are there, through rain, surge and closure."""
    city = start("2026-10-02T14:00")
    for scenario in ("crowd_surge", "rainstorm_ponding", "falling_hazard"):
        inject(city, scenario, id=scenario)
    for minute in range(0, 60, 10):
        city.run_until(city.now_ms + 10 * MINUTE_MS)
        state = city.state
        net = float(state["crowd.entered_ped"][0] - state["crowd.left_ped"][0])
        assert inside(state) == pytest.approx(net, rel=1e-9), minute
    assert state["crowd.left_ped"][0] > 3000
    assert state["crowd.cells_ped"].min() >= 0


def visitors(state, config, at, day: str, seeds: int = 150) -> float:
    state["crowd.weather_factor"] = 1.0
    ticks = [at(f"{day}T15:00", seed=seed) for seed in range(seeds)]
    return float(np.mean([visits.visitors_ped_h(state, t, config.crowd.visits) for t in ticks]))


def test_a_saturday_brings_about_twice_the_visitors_of_a_monday(state, config, at) -> None:
    both = [visitors(state, config, at, f"2026-05-{day}") for day in ("16", "18")]
    assert both[0] / both[1] == pytest.approx(1.55 / 0.70, rel=0.06)


def test_the_national_day_week_is_the_busiest_of_the_year(state, config, at) -> None:
    peak = visitors(state, config, at, "2026-10-03")
    for day in ("2026-05-16", "2026-10-01", "2026-02-17", "2026-10-10"):
        assert peak > 1.1 * visitors(state, config, at, day)


def test_school_holidays_and_yearly_events_bring_visitors(state, config, at) -> None:
    term, holiday = (visitors(state, config, at, day) for day in ("2026-06-16", "2026-07-14"))
    assert holiday / term == pytest.approx(config.crowd.visits.school_holiday_factor, rel=0.05)
    late = [at(f"2026-12-{day}T21:00") for day in (30, 31)]
    usual, eve = (visits.visitors_ped_h(state, tick, config.crowd.visits) for tick in late)
    assert eve > 1.8 * usual


def test_the_hours_of_a_day_add_up_to_its_visitors(config, state, at) -> None:
    dry = config.crowd.visits.model_copy(update={"day_noise": 0.0})
    state["crowd.weather_factor"] = 1.0
    total = sum(
        visits.visitors_ped_h(state, at(f"2026-05-18T{hour:02d}:30"), dry) for hour in range(24)
    )
    assert total == pytest.approx(40_000 * 0.70, rel=0.02)


def test_streets_carry_what_visitors_commuters_and_shoppers_want(start, config) -> None:
    """A dry hour of a Monday: people counted against the targets of that hour."""
    city = start("2026-05-18T14:00")
    layout = crowd.prepare(city.geography, config.crowd)
    seen, wanted = [], []

    def count(t_ms: int) -> None:
        state = city.state
        seen.append((state["link.ped_in_ped_min"] + state["link.ped_out_ped_min"]).sum())
        per_h = float(state["crowd.visitors_ped_h"][0]) * layout.visit_share.sum()
        tick = Tick(t_ms, 60.0, city.seed)
        per_h += visits.commuters_ped_h(state, tick, config.crowd.visits) * float(
            layout.commuter_share.sum()
        )
        per_h += visits.shoppers_ped_h(state, tick, config.crowd.visits) * float(
            layout.shopping_share.sum()
        )
        wanted.append(per_h / 60)

    city.every(MINUTE_MS, 900, count)
    city.run_until(city.now_ms + HOUR_MS)
    assert np.mean(seen) == pytest.approx(np.mean(wanted), rel=0.08)


def test_a_narrowed_pavement_is_fuller_and_lets_fewer_through(start) -> None:
    """Same seed; a tenth of Wukang Road's pavement at the mansion on a holiday."""
    free, shut = start("2026-10-02T14:00"), start("2026-10-02T14:00")
    row = free.geography["link"].index("wukang-road-06")
    shut.every(MINUTE_MS, 29, lambda _: shut.state.lever("link.pavement_factor").put(row, 0.1))
    through = []
    for city in (free, shut):
        counted = []
        city.every(
            MINUTE_MS,
            900,
            lambda _, city=city, counted=counted: counted.append(
                city.state["link.ped_in_ped_min"][row] + city.state["link.ped_out_ped_min"][row]
            ),
        )
        city.run_until(city.now_ms + HOUR_MS // 2)
        through.append(np.mean(counted[10:]))
    density = [city.state["link.ped_density_ped_m2"][row] for city in (free, shut)]
    assert density[1] > 2 * density[0]
    width = crowd.prepare(free.geography, free.config.crowd).pavement.width_m[row]
    capacity = 60 * free.config.crowd.walking.tables.capacity_ped_m_s * 0.1 * width
    assert through[1] < 1.2 * capacity < 0.5 * through[0]


def test_occupancy_of_the_sights_is_arrivals_times_stay(start, config) -> None:
    """M/G/infinity: N = lambda E[D], with the people that the streets bring."""
    city = start("2026-05-18T13:00")
    layout = plaza.prepare(city.geography, config.crowd)
    seen, expected = [], []

    def count(_: int) -> None:
        seen.append(city.state["plaza.persons"].copy())
        rate = city.state["crowd.visitors_ped_h"][0] * layout.visit_share / 3600
        expected.append(rate * layout.stay_s)

    city.every(MINUTE_MS, 900, count)
    city.run_until(city.now_ms + 3 * HOUR_MS)
    assert np.sum(seen[20:]) == pytest.approx(np.sum(expected[10:-10]), rel=0.12)


def test_metro_pulses_bring_no_more_people_in_all(config, at) -> None:
    begin_ms = at("2026-05-18T12:00").t_ms
    found = [
        trains.pulse(begin_ms + number * 1000, config.crowd.metro_pulse, config.trains)
        for number in range(2400)
    ]
    assert np.mean(found) == pytest.approx(1.0, abs=0.01)
    assert max(found) == pytest.approx(1 + config.crowd.metro_pulse)


def test_trains_run_by_their_headway_and_not_at_night(config, at) -> None:
    def passed(text: str) -> int:
        begin_ms = at(text).t_ms
        ticks = [Tick(begin_ms + (n + 1) * MINUTE_MS, 60.0, 7) for n in range(30)]
        return sum(trains.passes(tick, config.trains) for tick in ticks)

    assert passed("2026-05-18T08:00") == 1800 / config.trains.rush_headway_s
    assert passed("2026-05-18T12:00") in (7, 8)
    assert passed("2026-05-18T02:00") == 0


def test_people_step_on_the_carriageway_when_it_is_crowded(state, config, geography, at) -> None:
    layout = plaza.prepare(geography, config.crowd)
    tick = at("2026-05-18T08:00", 0.001)
    for density, spill in ((1.0, 0.0), (1.9, 0.25), (5.0, 0.5)):
        state["plaza.persons"] = np.round(density * layout.area_m2)
        state["plaza.coming_ped"] = 0.0
        plaza.step(state, tick, layout, config.crowd, config.trains)
        assert state["plaza.spill_frac"] == pytest.approx(spill, abs=0.02)


def test_days_vary_as_asked_and_neighbours_are_alike() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(1500)]
    logs = np.log([day_factor(7, "test", day, 0.2, 0.5) for day in days])
    assert logs.std() == pytest.approx(0.2, rel=0.1)
    assert np.corrcoef(logs[1:], logs[:-1])[0, 1] == pytest.approx(0.5, abs=0.07)


def test_people_stay_at_a_sight_for_the_mean_stay(state, config, geography, at) -> None:
    """Nobody comes: after t the part exp(-t / mean) of each crowd is still there."""
    layout = plaza.prepare(geography, config.crowd)
    state["plaza.coming_ped"], state["plaza.persons"] = 0.0, 4000.0
    begin_ms = at("2026-05-18T12:00").t_ms
    for number in range(30):
        tick = Tick(begin_ms + number * 10_000, 10.0, 7)
        plaza.step(state, tick, layout, config.crowd, config.trains)
    left = 4000 * np.exp(-300 / layout.stay_s)
    assert state["plaza.persons"] == pytest.approx(left, rel=0.1)
    assert state["plaza.going_ped"].sum() == 4000 * len(left) - state["plaza.persons"].sum()


def test_those_who_stop_come_within_the_approach(state, config, geography, at) -> None:
    """Stays are long here: after t the part exp(-t / approach) is still to come."""
    layout = replace(
        plaza.prepare(geography, config.crowd), stay_s=np.full(len(geography["plaza"]), 1e9)
    )
    state["plaza.coming_ped"], state["plaza.persons"] = 2000.5, 0.0
    begin_ms = at("2026-05-18T02:00").t_ms  # no trains, no pulses
    for number in range(12):
        tick = Tick(begin_ms + number * 10_000, 10.0, 7)
        plaza.step(state, tick, layout, config.crowd, config.trains)
    left = 2000.5 * np.exp(-120 / config.crowd.approach_s)
    assert state["plaza.coming_ped"].mean() == pytest.approx(left, rel=0.07)
    assert state["plaza.coming_ped"] + state["plaza.persons"] == pytest.approx(2000.5)


def test_heat_thins_the_visitors(state, after, config, at) -> None:
    """To three quarters from 35 degrees on, to 0.6 from 37."""
    tick, params = at("2026-07-20T15:00"), config.crowd.visits

    def come(temp_c: float) -> float:
        def act() -> None:
            visits.feel_weather(state, tick, params)
            state["crowd.visitors_ped_h"] = visits.visitors_ped_h(state, tick, params)

        changes = {"quarter.air_temp_c": temp_c, "quarter.rain_mm_h": 0.0, "crowd.rain_factor": 1.0}
        return float(after(act, changes)["crowd.visitors_ped_h"][0])

    mild = come(30.0)
    assert [come(36.0) / mild, come(38.0) / mild] == pytest.approx([0.75, 0.6])


def test_fewer_stop_where_it_is_full_already(state, after, config, geography, at) -> None:
    """exp(-0.8 x) of them at x persons per m2 over two."""
    layout, tick = crowd.prepare(geography, config.crowd), at("2026-05-18T14:00")

    def act() -> None:
        crowd.step(state, tick, layout, config.crowd, config.trains)

    found = [
        after(act, {"plaza.coming_ped": 0.0, "plaza.density_ped_m2": density})["plaza.coming_ped"]
        for density in (0.0, 2.0, 3.0)
    ]
    assert found[0].min() > 0
    assert found[1] == pytest.approx(found[0])
    assert found[2] / found[0] == pytest.approx(np.exp(-0.8), rel=1e-6)
