"""Noise with a memory: its size, its correlation, and that what is kept changes nothing."""

import numpy as np
import pytest

from sensors.colour import Colour
from sensors.noise import ar_weights, keys_of
from sensors.rhythm import Rows
from twin.arrays import Floats

NAMES = [f"neuron-{number}" for number in range(500)]
EVERYONE = slice(0, len(NAMES))


def _colour(phi: float = 0.4) -> Colour:
    weights = np.repeat(ar_weights(phi)[:, None], len(NAMES), axis=1)
    return Colour(keys_of(3, NAMES), weights)


def _noise(colour: Colour, rows: Rows, sample: int) -> Floats:
    return colour.noise(rows, np.full(len(np.arange(len(NAMES))[rows]), sample))[0]


@pytest.mark.parametrize("phi", [0.2, 0.4, 0.6])
def test_coloured_noise_has_unit_variance_and_its_correlation(phi: float) -> None:
    colour = _colour(phi)
    series = np.stack([_noise(colour, EVERYONE, sample) for sample in range(400)])
    assert abs(series.std() - 1) < 0.01
    assert abs((series[1:] * series[:-1]).mean() - phi) < 0.02
    assert abs((series[2:] * series[:-2]).mean() - phi**2) < 0.03


def test_noise_depends_on_the_sample_and_on_nothing_drawn_before() -> None:
    """Samples in order, again, left out, backwards, of neighbours and of scattered rows."""
    colour, scattered = _colour(), np.array([7, 3, 400])
    for sample in (5, 6, 7, 7, 9, 10, 4, 5, 11):
        for rows in (EVERYONE, slice(10, 60), scattered):
            assert (
                _noise(colour, rows, sample).tobytes() == _noise(_colour(), rows, sample).tobytes()
            )
        assert np.array_equal(
            _noise(colour, EVERYONE, sample)[scattered], _noise(colour, scattered, sample)
        )
