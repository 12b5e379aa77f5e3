"""Time, determinism, snapshot and restore."""

import numpy as np
import pytest

from twin.city import City
from twin.clock import HOUR_MS, MINUTE_MS, SECOND_MS
from twin.labels import label_lines
from twin.state import SnapshotError


def restored(city: City) -> City:
    return City.restore(city.config, city.geography, city.scenarios, city.snapshot())


def test_two_runs_with_one_seed_give_the_same_bytes(start) -> None:
    first, second = (start("2026-05-16T09:00", background=5.0) for _ in range(2))
    first.run_until(first.now_ms + 2 * HOUR_MS)
    for _ in range(8):
        second.run_until(second.now_ms + 15 * MINUTE_MS)
    assert first.snapshot() == second.snapshot()


def test_another_seed_gives_another_city(start) -> None:
    first, second = start("2026-05-16T09:00", seed=1), start("2026-05-16T09:00", seed=2)
    assert first.snapshot() != second.snapshot()


def test_a_city_restored_at_noon_has_the_same_afternoon(start, inject) -> None:
    """Also with incidents in progress and one that is still to come."""
    city = start("2026-05-16T11:30", background=5.0)
    city.run_until(city.now_ms + 20 * MINUTE_MS + 5 * SECOND_MS)
    inject(city, "crowd_surge", id="a", duration_s=3600)
    inject(city, "rainstorm_ponding", id="b")
    inject(city, "gas_leak", id="c", at_ms=city.now_ms + HOUR_MS)
    noon_ms = city.now_ms + 9 * MINUTE_MS + 55 * SECOND_MS
    city.run_until(noon_ms)
    copy = restored(city)
    city.run_until(noon_ms + 2 * HOUR_MS)
    copy.run_until(noon_ms + 2 * HOUR_MS)
    assert copy.snapshot() == city.snapshot()
    assert label_lines(copy.labels()) == label_lines(city.labels())


def test_a_city_restored_when_an_incident_begins_or_ends_goes_on_the_same(start, inject) -> None:
    city = start("2026-05-18T11:00")
    begin_ms = city.now_ms + 10 * MINUTE_MS
    inject(city, "crowd_surge", at_ms=begin_ms, duration_s=600)
    city.run_until(begin_ms)
    at_begin = restored(city)
    city.run_until(begin_ms + 10 * MINUTE_MS)
    at_begin.run_until(begin_ms + 10 * MINUTE_MS)
    assert at_begin.snapshot() == city.snapshot()
    at_end = restored(city)
    for one in (city, at_begin, at_end):
        one.run_until(begin_ms + 15 * MINUTE_MS)
    assert at_end.snapshot() == city.snapshot() == at_begin.snapshot()


def test_a_city_restored_within_a_minute_goes_on_the_same(start) -> None:
    """What was drawn for the rest of the minute is in the snapshot."""
    city = start("2026-10-02T11:00")
    city.run_until(city.now_ms + 4 * MINUTE_MS + 25_000)
    copy = restored(city)
    for one in (city, copy):
        one.run_until(one.now_ms + 3 * MINUTE_MS)
    assert copy.snapshot() == city.snapshot()


def test_a_snapshot_with_an_unknown_scenario_is_refused(start, inject) -> None:
    city = start("2026-05-18T11:00")
    inject(city, "crowd_surge")
    with pytest.raises(SnapshotError, match="crowd_surge"):
        City.restore(city.config, city.geography, {}, city.snapshot())


def test_a_fork_leaves_the_original_alone(start, inject) -> None:
    city = start("2026-05-18T11:00")
    fork = restored(city)
    inject(fork, "crowd_surge")
    fork.run_until(fork.now_ms + 10 * MINUTE_MS)
    assert city.labels() == []
    assert city.snapshot() == start("2026-05-18T11:00").snapshot()


def test_the_order_of_commands_at_one_moment_does_not_matter(start, inject) -> None:
    first, second = start("2026-05-18T11:00"), start("2026-05-18T11:00")
    for name in ("crowd_surge", "rainstorm_ponding", "night_noise"):
        inject(first, name, id=name)
    for name in ("night_noise", "rainstorm_ponding", "crowd_surge"):
        inject(second, name, id=name)
    first.run_until(first.now_ms + 20 * MINUTE_MS)
    second.run_until(second.now_ms + 20 * MINUTE_MS)
    assert first.snapshot() == second.snapshot()


def test_tickers_fire_by_rank_at_multiples_of_their_period(start) -> None:
    city = start("2026-05-18T11:00:30")
    calls: list[tuple[int, int]] = []
    for rank in (950, 900):
        city.every(MINUTE_MS, rank, lambda t_ms, rank=rank: calls.append((t_ms, rank)))
    next_ms = city.now_ms + 30 * SECOND_MS
    city.run_until(next_ms + MINUTE_MS + 1)
    expected = [(next_ms, 900), (next_ms, 950)]
    assert calls == expected + [(t_ms + MINUTE_MS, rank) for t_ms, rank in expected]


def test_events_at_the_end_of_a_run_wait_for_the_next_one(start) -> None:
    city = start("2026-05-18T11:00")
    calls: list[int] = []
    city.every(MINUTE_MS, 900, calls.append)
    begun_ms = city.now_ms
    city.run_until(begun_ms + MINUTE_MS)
    assert calls == [begun_ms]
    city.run_until(begun_ms + MINUTE_MS + 1)
    assert calls == [begun_ms, begun_ms + MINUTE_MS]


def test_a_city_never_runs_back(start) -> None:
    city = start("2026-05-18T11:00")
    with pytest.raises(ValueError, match="cannot run back"):
        city.run_until(city.now_ms - 1)


def test_every_truth_array_has_a_row_per_entity_and_cannot_be_written(start) -> None:
    city = start("2026-05-18T11:00")
    truth = city.truth()
    assert len(truth.arrays) == 104
    for name, values in truth.arrays.items():
        assert len(values) == len(city.geography[name.partition(".")[0]]), name
        assert not values.flags.writeable, name


def test_a_snapshot_is_small(start) -> None:
    assert len(start("2026-05-18T06:00", background=1.0).snapshot()) < 1_000_000


@pytest.mark.parametrize("first", ["2026-05-18T00:00", "2026-05-18T09:45"])
def test_prehistory_gives_thirty_days_of_whole_hours_before_the_start(start, first) -> None:
    city = start(first)
    times, cracks = [], []
    for truth in city.prehistory():
        times.append(truth.t_ms)
        cracks.append(truth.arrays["building.crack_mm"].copy())
    assert len(times) == 720
    assert city.now_ms - HOUR_MS <= times[-1] < city.now_ms
    assert all(t_ms % HOUR_MS == 0 for t_ms in times)
    assert np.std(np.array(cracks), axis=0).min() > 0.001


def test_prehistory_after_the_start_is_refused(start) -> None:
    city = start("2026-05-18T00:00")
    city.run_until(city.now_ms + MINUTE_MS)
    with pytest.raises(ValueError, match="pre-history"):
        next(city.prehistory())
