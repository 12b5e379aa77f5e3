"""Bars, works and cicadas: when they sound, how loud they are, and what they add."""

import numpy as np
import pytest

from twin.cityconfig import CityConfig
from twin.geography import Geography
from twin.systems.noise import energy_sum
from twin.systems.soundscape import (
    Places,
    SoundscapeParams,
    bars_db,
    cicadas_db,
    places,
    works_db,
)


@pytest.fixture(scope="module")
def params(config: CityConfig) -> SoundscapeParams:
    return config.noise.sources


@pytest.fixture(scope="module")
def place(geography: Geography, params: SoundscapeParams) -> Places:
    return places(geography, params)


def heard(levels: np.ndarray) -> np.ndarray:
    return levels > 0


@pytest.mark.parametrize(
    ("time", "open_now"),
    [
        ("2026-05-20T12:00", False),
        ("2026-05-20T20:00", True),
        ("2026-05-20T22:30", False),  # a Wednesday
        ("2026-05-22T22:30", True),  # a Friday: the next day is off
        ("2026-05-23T03:00", False),
    ],
)
def test_bars_sound_in_the_evening_and_longer_before_a_day_off(
    time: str, open_now: bool, place: Places, params: SoundscapeParams, at
) -> None:
    assert heard(bars_db(at(time), place, params)).any() == open_now


def test_only_streets_with_bars_sound_of_them(place: Places, params: SoundscapeParams, at) -> None:
    levels = bars_db(at("2026-05-20T20:00"), place, params)
    assert place.bars.any()
    assert not place.bars.all()
    assert np.array_equal(heard(levels), place.bars)


def test_bars_are_six_decibels_quieter_at_twice_the_distance(params: SoundscapeParams, at) -> None:
    street = Places(np.array([True, True]), np.array([10.0, 20.0]), 2)
    near, far = bars_db(at("2026-05-20T20:00"), street, params)
    assert near == pytest.approx(params.bar_db, abs=0.01)  # mid-evening: as loud as it gets
    assert near - far == pytest.approx(6.02, abs=0.01)


def test_bars_swell_and_fade(params: SoundscapeParams, at) -> None:
    street = Places(np.array([True]), np.array([10.0]), 1)
    times = ("2026-05-20T18:15", "2026-05-20T20:00", "2026-05-20T21:45")
    early, middle, late = (bars_db(at(time), street, params)[0] for time in times)
    assert middle > early + 1
    assert middle > late + 1


WEEK = [f"2026-05-{day}T{hour:02d}:{minute:02d}" for day in range(18, 23)
        for hour in range(8, 17) for minute in (0, 15, 30, 45)]  # fmt: skip


def test_works_take_their_share_of_streets_and_of_the_hours(params: SoundscapeParams, at) -> None:
    many = Places(np.zeros(4000, dtype=np.bool_), np.full(4000, 10.0), 4000)
    running = np.array([heard(works_db(at(time), many, params)) for time in WEEK])
    assert running.any(axis=0).mean() == pytest.approx(params.works_share, abs=0.01)
    share = running[:, running.any(axis=0)].mean()
    assert share == pytest.approx(params.works_duty, abs=0.06)


@pytest.mark.parametrize("time", ["2026-05-20T03:00", "2026-05-20T19:00", "2026-05-24T10:00"])
def test_works_rest_at_night_and_on_days_off(time: str, params: SoundscapeParams, at) -> None:
    many = Places(np.zeros(4000, dtype=np.bool_), np.full(4000, 10.0), 4000)
    assert not heard(works_db(at(time), many, params)).any()


def test_a_site_stays_for_its_week(params: SoundscapeParams, at) -> None:
    many = Places(np.zeros(4000, dtype=np.bool_), np.full(4000, 10.0), 4000)
    first, last, next_week = (
        np.any([heard(works_db(at(f"2026-05-{day}T{hour:02d}:00"), many, params))
                for hour in range(8, 17)], axis=0)
        for day in (18, 22, 25)
    )  # fmt: skip
    assert (first & last).sum() > 0.5 * first.sum()
    assert (first & next_week).sum() < 0.2 * first.sum()


def cicadas(state, tick, params: SoundscapeParams, temp_c: float, rain_mm_h: float = 0.0) -> float:
    state["quarter.air_temp_c"] = temp_c
    state["quarter.rain_mm_h"] = rain_mm_h
    return cicadas_db(state, tick, params)


def test_cicadas_sing_on_hot_summer_days_alone(state, at, params: SoundscapeParams) -> None:
    noon, night, may = (
        at(time) for time in ("2026-07-20T13:00", "2026-07-20T02:00", "2026-05-20T13:00")
    )
    full = params.cicada_full_c
    assert cicadas(state, noon, params, full) == pytest.approx(params.cicada_db)
    assert cicadas(state, noon, params, full + 5) == pytest.approx(params.cicada_db)
    assert 0 < cicadas(state, noon, params, (full + params.cicada_from_c) / 2) < params.cicada_db
    silent = [
        cicadas(state, noon, params, params.cicada_from_c - 1),
        cicadas(state, noon, params, full, rain_mm_h=2.0),
        cicadas(state, night, params, full),
        cicadas(state, may, params, full),
    ]
    assert silent == [0.0] * 4


def test_a_silent_source_adds_nothing_to_a_street() -> None:
    """0 dB stands for silence: beside the quietest street it is lost."""
    street = np.array([38.0])
    assert energy_sum(street, np.zeros(1))[0] == pytest.approx(38.0, abs=0.01)


def test_works_beside_bars_add_energies(params: SoundscapeParams) -> None:
    works, bars = np.array([params.works_db]), np.array([params.works_db - 3.0])
    expected = params.works_db + 10 * np.log10(1 + 10**-0.3)
    assert energy_sum(works, bars)[0] == pytest.approx(expected, abs=1e-9)
