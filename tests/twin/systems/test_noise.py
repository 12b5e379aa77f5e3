"""Sound."""

import numpy as np
import pytest

from twin.systems import noise
from twin.systems.texture import widths


@pytest.mark.parametrize(
    ("flow", "speed", "heavy", "level"),
    [(300, 25, 0.02, 62.7), (800, 25, 0.04, 67.7), (1200, 30, 0.06, 70.0)],
)
def test_traffic_noise_meets_the_published_checks(
    flow: float, speed: float, heavy: float, level: float
) -> None:
    """At 4 m from the kerb."""
    found = noise.traffic_laeq(
        np.array([float(flow)]), np.array([float(speed)]), np.array([heavy]), np.array([4.0])
    )
    assert found[0] == pytest.approx(level, abs=0.3)


def test_noise_falls_with_distance() -> None:
    away = np.array([4.0, 8.0, 16.0, 32.0])
    level = noise.traffic_laeq(np.full(4, 400.0), np.full(4, 25.0), np.full(4, 0.02), away)
    assert np.all(np.diff(level) < -1)


def test_two_equal_sources_are_three_decibels_louder() -> None:
    assert noise.energy_sum(np.array([60.0]), np.array([60.0]))[0] == pytest.approx(63.01, abs=0.01)


def test_a_crowd_makes_noise(state, config, geography, at) -> None:
    layout, tick = noise.prepare(geography, config.noise), at("2026-05-18T03:00")
    levels = []
    for people in (0.0, 150.0):
        state["plaza.persons"] = people
        noise.step(state, tick, layout, config.noise)
        levels.append(state["link.noise_laeq_db"].copy())
        state["link.noise_z"] = 0.0
    gain = levels[1] - levels[0]
    assert gain[layout.plaza_link.rows].min() > 2


def test_the_loudest_moment_and_l10_lie_above_the_mean(weekday) -> None:
    for hour in weekday:
        assert np.all(hour["link.noise_lamax_db"] > hour["link.noise_laeq_db"])
        assert np.all(hour["link.noise_l10_db"] > hour["link.noise_laeq_db"])


def test_l10_follows_how_wide_the_minutes_move(state, config, geography, at) -> None:
    """Streets with wider moves have their L10 further over LAeq, but not by that alone."""
    layout, tick = noise.prepare(geography, config.noise), at("2026-05-18T12:00")
    noise.step(state, tick, layout, config.noise)
    over = state["link.noise_l10_db"] - state["link.noise_laeq_db"]
    width = widths(state["link.noise_stir_z"], tick.hour, config.noise.texture)
    low, high = config.noise.l10_limits_db
    assert low <= over.min() + 1e-9
    assert over.max() - 1e-9 <= high
    assert 0.7 < np.corrcoef(width, over)[0, 1] < 0.97


def test_l10_lies_three_decibels_over_laeq_in_the_mean(weekday) -> None:
    over = [hour["link.noise_l10_db"] - hour["link.noise_laeq_db"] for hour in weekday]
    assert np.mean(over) == pytest.approx(3.15, abs=0.2)
    assert np.std(over) > 0.5


def gain_db(state, after, tick, geography, params, without) -> np.ndarray:
    """What the whole sources are over those `without` some, on empty streets."""
    empty = {"link.veh_mean_veh_h": 0.0, "link.persons": 0.0, "plaza.persons": 0.0}
    empty |= {"quarter.air_temp_c": 34.0, "quarter.rain_mm_h": 0.0}
    levels = []
    for sources in (params.sources, params.sources.model_copy(update=without)):
        some = params.model_copy(update={"sources": sources})
        layout = noise.prepare(geography, some)

        def act(layout=layout, some=some) -> None:
            noise.step(state, tick, layout, some)

        levels.append(after(act, empty)["link.noise_laeq_db"])
    return levels[0] - levels[1]


def test_bars_are_heard_on_their_streets_alone(state, after, config, geography, at) -> None:
    without, tick = {"bar_streets": ()}, at("2026-05-20T20:00")
    gain = gain_db(state, after, tick, geography, config.noise, without)
    bars = noise.prepare(geography, config.noise).place.bars
    assert gain[bars].min() > 3
    assert np.all(gain[~bars] == 0)


def test_works_are_heard_on_their_streets_alone(state, after, config, geography, at) -> None:
    many = config.noise.sources.model_copy(update={"works_share": 0.5, "works_duty": 1.0})
    params, tick = config.noise.model_copy(update={"sources": many}), at("2026-05-20T10:00")
    gain = gain_db(state, after, tick, geography, params, {"works_share": 0.0})
    assert np.all((gain > 6) | (gain == 0))
    assert 0.3 < (gain > 6).mean() < 0.7


def test_cicadas_are_heard_on_every_street(state, after, config, geography, at) -> None:
    without, tick = {"cicada_days": (0, 0)}, at("2026-07-19T15:00")
    assert gain_db(state, after, tick, geography, config.noise, without).min() > 1


def test_the_hum_of_an_empty_street_is_lower_at_night(state, after, config, geography, at) -> None:
    """By the configured floors; a Sunday in May has neither works nor cicadas."""
    silent = config.noise.model_copy(update={"fleet_correction_db": -99.0})
    layout = noise.prepare(geography, silent)
    empty = {"link.veh_mean_veh_h": 0.0, "link.persons": 0.0, "plaza.persons": 0.0}
    night, day = (
        after(lambda tick=tick: noise.step(state, tick, layout, silent), empty)
        for tick in (at("2026-05-17T03:30"), at("2026-05-17T15:30"))
    )
    fall = np.median(day["link.noise_laeq_db"] - night["link.noise_laeq_db"])
    assert fall == pytest.approx(silent.floor_day_db - silent.floor_night_db, abs=1.5)
