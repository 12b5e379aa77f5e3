"""Named chance."""

import numpy as np

from twin.streams import stream


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
