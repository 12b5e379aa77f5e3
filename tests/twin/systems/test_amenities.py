"""Rooms and public toilets."""

import numpy as np

from twin.systems import amenities


def test_canteens_are_full_at_noon_and_everything_is_empty_at_night(weekday) -> None:
    persons = np.array([hour["service.persons"] for hour in weekday])
    assert persons[2].sum() == 0
    assert persons[11:14].max() > 15


def test_a_toilet_never_has_more_users_than_stalls(state, config, geography, at) -> None:
    layout = amenities.prepare(geography)
    state["link.persons"] = 5000.0
    for minute in range(30):
        amenities.step(state, at(f"2026-05-18T15:{minute:02d}"), layout, config.amenities)
    assert np.all(state["toilet.stalls_used"] == config.amenities.toilet_stalls)


def test_use_fouls_the_air(state, config, geography, at) -> None:
    layout = amenities.prepare(geography)
    state["toilet.nh3_ppm"] = 0.5
    state["link.persons"] = 500.0
    for minute in range(1, 60):
        amenities.step(state, at(f"2026-05-18T15:{minute:02d}"), layout, config.amenities)
    assert np.all(state["toilet.nh3_ppm"] > 1.0)
