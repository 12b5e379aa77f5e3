"""Whose turn it is."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from sensors.catalogue import GRID_MS, Catalogue
from sensors.network import Network, build_network
from sensors.noise import keys_of
from sensors.schedule import Due, Schedule
from twin.arrays import Index


@pytest.fixture
def schedule(small_network: Network) -> Schedule:
    return Schedule(small_network, keys_of(7, small_network.sensor_ids))


def test_every_series_samples_once_per_cadence(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    due = np.concatenate([_due(schedule, start_ms + step * GRID_MS) for step in range(60)])
    counts = np.bincount(due, minlength=len(small_network.series))
    kinds = small_network.catalogue.kinds
    cadence = np.array([kind.cadence_ms for kind in kinds])[small_network.kind]
    assert (counts == 60 * GRID_MS // cadence[small_network.series.sensor]).all()


def test_neurons_of_one_cadence_have_phases_of_their_own(schedule: Schedule, start_ms: int) -> None:
    sizes = [len(schedule.due([start_ms + step * GRID_MS])) for step in range(6)]
    assert max(sizes) < 8 + (6 * 2 + 8)


def test_all_quantities_of_a_neuron_sample_together(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    for step in range(6):
        due = _due(schedule, start_ms + step * GRID_MS)
        sensors = small_network.series.sensor[due]
        for sensor in set(sensors.tolist()):
            assert (sensors == sensor).sum() == len(small_network.series_of(sensor))


def test_samples_of_a_place_are_counted(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    seen: list[tuple[int, int]] = []
    for step in range(60):
        due = schedule.due([start_ms + step * GRID_MS])
        count = schedule.count(due.places, due.tick, due.steps)
        seen += zip(_places(due), count.tolist(), strict=True)
    assert len(set(seen)) == len(seen)
    steps = np.array([start_ms, start_ms + 600_000]) // GRID_MS
    everyone = np.arange(len(small_network.series))
    first, last = (schedule.count(everyone, np.full(len(everyone), at), steps) for at in (0, 1))
    assert set((last - first).tolist()) == {10, 60}


@pytest.mark.parametrize("ticks", [2, 6, 7])
def test_ticks_together_have_the_samples_of_each(
    schedule: Schedule, start_ms: int, ticks: int
) -> None:
    """The same places with the same numbers, those of one place tick by tick."""
    for start in range(0, 60, ticks):
        seen = [start_ms + step * GRID_MS for step in range(start, start + ticks)]
        together, alone = schedule.due(seen), [schedule.due([t_ms]) for t_ms in seen]
        found = sorted(zip(together.at_ms.tolist(), _places(together), strict=True))
        each = [
            (t_ms, place) for t_ms, one in zip(seen, alone, strict=True) for place in _places(one)
        ]
        assert found == sorted(each)
        order = np.argsort(together.places, kind="stable")
        assert together.tick is not None
        assert np.all(np.diff(together.tick[order])[np.diff(together.places[order]) == 0] > 0)


def test_a_heartbeat_comes_once_per_interval(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    lift = list(small_network.series_of(small_network.index("lift-0:lift_state:1")))
    places = np.flatnonzero(np.isin(schedule.order, lift))
    steps = start_ms // GRID_MS + np.arange(30)
    beats = [schedule.heartbeat(places, np.full(2, tick), steps) for tick in range(30)]
    assert np.sum(beats, axis=0).tolist() == [1, 1]


def _places(due: Due) -> list[int]:
    rows = due.places
    return [*range(rows.start, rows.stop)] if isinstance(rows, slice) else rows.tolist()


def _due(schedule: Schedule, t_ms: int) -> Index:
    """The series that sample at this time."""
    return schedule.order[schedule.due([t_ms]).places]


def test_switches_of_the_cadence_of_the_numbers_before_them_keep_their_turns(
    make_catalogue: Callable[[str], Catalogue], three_kinds: str, small_map, start_ms: int
) -> None:
    text = re.sub(r"cadence_s = \d+", "cadence_s = 60", three_kinds)
    network = build_network(make_catalogue(text), small_map)
    schedule = Schedule(network, keys_of(7, network.sensor_ids))
    due = [_due(schedule, start_ms + step * GRID_MS) for step in range(6)]
    assert sorted(np.concatenate(due).tolist()) == list(range(len(network.series)))
