"""Named chance."""

import numpy as np

from twin.streams import reopen, stream
from twin.tick import Tick


def test_the_same_seed_and_name_give_the_same_numbers() -> None:
    assert np.array_equal(stream(7, "rain").random(5), stream(7, "rain").random(5))


def test_another_seed_or_name_gives_other_numbers() -> None:
    base = stream(7, "rain").random(5)
    assert not np.array_equal(base, stream(8, "rain").random(5))
    assert not np.array_equal(base, stream(7, "wind").random(5))


def test_drawing_from_one_stream_never_moves_another() -> None:
    expected = stream(7, "wind").random(3)
    stream(7, "rain").random(1000)
    assert np.array_equal(expected, stream(7, "wind").random(3))


def test_a_stream_that_is_turned_to_another_name_is_that_one() -> None:
    rng = stream(7, "rain")
    rng.standard_normal(3)
    rng.integers(0, 5, dtype=np.uint32)
    reopen(rng, 8, "wind")
    fresh = stream(8, "wind")
    for draw in ("random", "standard_normal", "standard_exponential"):
        assert np.array_equal(getattr(rng, draw)(100), getattr(fresh, draw)(100))
    assert np.array_equal(rng.poisson(0.3, 50), fresh.poisson(0.3, 50))


def test_a_tick_gives_the_same_chance_with_new_and_with_kept_generators() -> None:
    kept: dict[str, np.random.Generator] = {}
    for t_ms in (60_000, 120_000):
        used = Tick(t_ms, 60.0, 7, kept).rng("wind").random(5)
        assert np.array_equal(used, Tick(t_ms, 60.0, 7).rng("wind").random(5))
