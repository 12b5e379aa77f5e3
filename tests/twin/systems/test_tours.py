"""Guided groups: when they come, where they stand, what rain does to them."""

from datetime import date, timedelta

import numpy as np
import pytest

from twin.clock import HOUR_MS, MINUTE_MS, SECOND_MS, local_midnight
from twin.systems import tours
from twin.tick import Tick
from twin.tour import Tour


@pytest.fixture
def act(state, config, geography):
    """act(t_ms): what is due at that moment."""
    layout, busy = tours.prepare(geography), config.crowd.visits.day_factor

    def move(t_ms: int) -> None:
        tours.act(state, Tick(t_ms, 0.0, 7), layout, config.tours, busy)

    return move


@pytest.fixture
def coach(state, at, geography) -> Tour:
    """A coach with twelve that comes at 11:00 for twenty minutes, and no other."""
    begin_ms = at("2026-05-18T11:00").t_ms
    state["tours.plan_ms"] = begin_ms + 12 * HOUR_MS
    plaza = int(np.argmax(tours.prepare(geography).weight))
    tour = Tour(
        id="one", plaza=plaza, people=12, begin_ms=begin_ms, end_ms=begin_ms + 20 * MINUTE_MS
    )
    state.tours = {"one": tour}
    state["quarter.rain_mm_h"] = 0.0
    return tour


def test_as_many_groups_come_to_the_junction_as_expected(config, geography) -> None:
    layout, days = tours.prepare(geography), 200
    found = []
    for number in range(days):
        day = date(2026, 1, 1) + timedelta(days=number)
        found += tours.tours_of(7, day, number * 24 * HOUR_MS, 5.0, layout, config.tours)
    assert len(found) / days == pytest.approx(5.0, rel=0.1)
    assert np.mean([tour.people for tour in found]) == pytest.approx(14.5, rel=0.05)
    assert all(layout.weight[tour.plaza] > 0 for tour in found)
    stays_s = [(tour.end_ms - tour.begin_ms) / SECOND_MS for tour in found]
    low_s, high_s = config.tours.stay_s
    assert low_s <= min(stays_s) < max(stays_s) <= high_s


def test_a_group_stands_at_its_sight_and_walks_on_together(state, act, coach) -> None:
    persons = state["plaza.persons"][coach.plaza]
    act(coach.begin_ms)
    assert state["plaza.persons"][coach.plaza] == persons + 12
    assert tours.due_ms(state) == coach.end_ms
    act(coach.end_ms)
    assert state["plaza.persons"][coach.plaza] == persons
    assert state["plaza.going_ped"][coach.plaza] >= 12
    assert state.tours == {}


def test_a_downpour_keeps_a_group_in_its_coach_until_it_drives_on(
    state, act, coach, config
) -> None:
    state["quarter.rain_mm_h"] = 2 * config.tours.rain_mm_h
    persons = state["plaza.persons"].copy()
    for number in range(config.tours.waits):
        act(tours.due_ms(state))
        later_ms = round((number + 1) * config.tours.wait_s * SECOND_MS)
        assert state.tours["one"].begin_ms == coach.begin_ms + later_ms
    act(tours.due_ms(state))
    assert state.tours == {}
    assert np.array_equal(state["plaza.persons"], persons)


def test_a_group_gets_off_when_the_downpour_is_over(state, act, coach, config) -> None:
    state["quarter.rain_mm_h"] = 2 * config.tours.rain_mm_h
    act(coach.begin_ms)
    state["quarter.rain_mm_h"] = 0.0
    act(tours.due_ms(state))
    assert state.tours["one"].on_site


def test_guided_people_do_not_drift_away_one_by_one(start) -> None:
    """Whole groups come and go through a running day, and nobody is left over at night."""
    city = start("2026-10-02T00:00")
    midnight_ms, sizes = local_midnight(city.now_ms), []
    for hour in np.arange(8.5, 19, 0.25):
        city.run_until(midnight_ms + round(hour * HOUR_MS))
        there = {tour.id: tour.people for tour in city.state.tours.values() if tour.on_site}
        assert city.state["plaza.guided_ped"].sum() == sum(there.values())
        sizes.append(sum(there.values()))
    assert max(sizes) >= 10
    assert sizes[-1] == 0


def test_a_run_that_begins_in_the_afternoon_has_the_afternoons_tours(start) -> None:
    whole, late = start("2026-10-02T00:00"), start("2026-10-02T14:00")
    whole.run_until(late.now_ms)
    for one in (whole, late):
        one.run_until(one.now_ms + 2 * HOUR_MS)
    assert whole.state.tours.keys() == late.state.tours.keys()
    assert late.state.tours
