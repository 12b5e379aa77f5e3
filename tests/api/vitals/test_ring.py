import numpy as np
import pytest

from api.vitals.ring import Ring

MINUTE = 60_000
SERIES = np.array([0, 2])
QUANTUM = np.full(3, 2.0**-12)


@pytest.fixture
def ring() -> Ring:
    return Ring(SERIES, 3, MINUTE, 5, QUANTUM)


def put(ring: Ring, *readings: tuple[int, int, float]) -> None:
    series, t_ms, value = zip(*readings, strict=True)
    ring.add(np.array(series, np.int32), np.array(t_ms, np.int64), np.array(value, float))


def means(ring: Ring, t_ms: int, bins: int = 3, series: int = 0) -> list[float]:
    return [float(mean) for mean in ring.view(np.array([series]), t_ms, bins).means()[:, 0]]


def test_bins_hold_mean_lowest_and_highest(ring: Ring) -> None:
    put(ring, (0, 60_000, 1.0), (0, 61_000, 3.0), (2, 60_000, 7.0))
    view = ring.view(np.array([0, 2]), 60_000, 1)
    assert view.means().tolist() == [[2.0, 7.0]]
    assert (view.low.tolist(), view.high.tolist()) == ([[1.0, 7.0]], [[3.0, 7.0]])


def test_empty_bin_is_nan_not_zero(ring: Ring) -> None:
    put(ring, (0, 60_000, 1.0), (0, 180_000, 3.0))
    assert means(ring, 180_000) == pytest.approx([1.0, np.nan, 3.0], nan_ok=True)


def test_late_reading_corrects_its_bin(ring: Ring) -> None:
    put(ring, (0, 180_000, 3.0))
    put(ring, (0, 60_000, 1.0))
    assert means(ring, 180_000)[0] == 1.0


def test_order_of_arrival_does_not_matter() -> None:
    readings = [(0, 60_000 + 7_000 * n, float(n)) for n in range(20)]
    one, other = Ring(SERIES, 3, MINUTE, 5, QUANTUM), Ring(SERIES, 3, MINUTE, 5, QUANTUM)
    put(one, *readings)
    for reading in reversed(readings):
        put(other, reading)
    assert means(one, 180_000) == means(other, 180_000)


def test_reading_older_than_the_ring_is_dropped(ring: Ring) -> None:
    put(ring, (0, 600_000, 1.0))
    put(ring, (0, 300_000, 9.0))
    assert means(ring, 600_000, 5) == pytest.approx([np.nan] * 4 + [1.0], nan_ok=True)


def test_a_reading_too_old_for_the_ring_does_not_keep_out_a_new_one(ring: Ring) -> None:
    """Five bins: what is five minutes older would lie in the same place."""
    put(ring, (0, 300_000, 9.0), (0, 600_000, 1.0))
    assert means(ring, 600_000, 1) == [1.0]


@pytest.mark.parametrize("together", [True, False])
def test_duplicate_does_not_count_twice(ring: Ring, together: bool) -> None:
    first, second, other = (0, 60_000, 1.0), (0, 60_000, 1.0), (0, 70_000, 4.0)
    if together:
        put(ring, first, second, other)
    else:
        put(ring, first, other)
        put(ring, second)
    assert means(ring, 60_000, 1) == [2.5]


def test_advancing_empties_what_is_overtaken(ring: Ring) -> None:
    put(ring, (0, 60_000, 1.0))
    ring.advance(600_000 // MINUTE)
    assert np.isnan(means(ring, 600_000, 5)).all()


def test_series_outside_the_ring_are_ignored(ring: Ring) -> None:
    put(ring, (1, 60_000, 5.0), (0, 60_000, 1.0))
    assert means(ring, 60_000, 1) == [1.0]


def test_asking_for_more_bins_than_there_are_is_refused(ring: Ring) -> None:
    with pytest.raises(ValueError, match="6 bins"):
        ring.view(np.array([0]), 600_000, 6)
