"""Whose turn it is."""

import numpy as np
import pytest

from sensors.catalogue import GRID_MS
from sensors.network import Network
from sensors.noise import keys_of
from sensors.schedule import Schedule


@pytest.fixture
def schedule(small_network: Network) -> Schedule:
    return Schedule(small_network, keys_of(7, small_network.sensor_ids))


def test_every_series_samples_once_per_cadence(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    due = np.concatenate([schedule.due(start_ms + step * GRID_MS) for step in range(60)])
    counts = np.bincount(due, minlength=len(small_network.series))
    kinds = small_network.catalogue.kinds
    cadence = np.array([kind.cadence_ms for kind in kinds])[small_network.kind]
    assert (counts == 60 * GRID_MS // cadence[small_network.series.sensor]).all()


def test_neurons_of_one_cadence_have_phases_of_their_own(schedule: Schedule, start_ms: int) -> None:
    sizes = [len(schedule.due(start_ms + step * GRID_MS)) for step in range(6)]
    assert max(sizes) < 8 + (6 * 2 + 8)


def test_all_quantities_of_a_neuron_sample_together(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    for step in range(6):
        due = schedule.due(start_ms + step * GRID_MS)
        sensors = small_network.series.sensor[due]
        for sensor in set(sensors.tolist()):
            assert (sensors == sensor).sum() == len(small_network.series_of(sensor))


def test_ticks_count_the_samples_of_a_series(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    series = np.arange(len(small_network.series), dtype=np.int32)
    seen: list[tuple[int, int]] = []
    for step in range(60):
        t_ms = start_ms + step * GRID_MS
        due = schedule.due(t_ms)
        seen += zip(due.tolist(), schedule.tick(due, t_ms).tolist(), strict=True)
    assert len(set(seen)) == len(seen)
    later = schedule.tick(series, start_ms + 600_000) - schedule.tick(series, start_ms)
    assert set(later.tolist()) == {10, 60}


def test_a_heartbeat_comes_once_per_interval(
    schedule: Schedule, small_network: Network, start_ms: int
) -> None:
    lift = np.array(small_network.series_of(small_network.index("lift-0:lift_state:1")))
    beats = [schedule.heartbeat(lift, start_ms + step * GRID_MS) for step in range(30)]
    assert np.sum(beats, axis=0).tolist() == [1, 1]
