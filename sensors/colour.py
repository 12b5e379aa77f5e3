"""Correlated noise of many instruments, without drawing again what the last sample has drawn."""

import numpy as np

from sensors.noise import AR_LAGS, Keys, draw, draw_back, normal
from sensors.rhythm import Rows
from twin.arrays import Floats, Ints

_NONE = -(2**62)


class Colour:
    """Unit noise per row. The next sample needs all but one of this one's normals again: those of
    neighbours are kept. They follow from key and sample alone, so what is kept changes no value.
    """

    def __init__(self, keys: Keys, weights: Floats) -> None:
        """`weights`: of the moving average, lags x rows."""
        self._keys, self._weights = keys, weights
        self._sample = np.full(len(keys), _NONE)
        self._kept = np.zeros((AR_LAGS, len(keys)))  # up to this sample, newest first

    def noise(self, rows: Rows, sample: Ints) -> tuple[Floats, Keys]:
        """Noise of these rows at these samples, and 64 random bits beside each."""
        if isinstance(rows, slice):
            return self._next(rows, sample)
        back = draw_back(self._keys[rows], sample)
        normals = normal(back)
        normals *= self._weights.take(rows, axis=1)
        return normals.sum(axis=0), back[0]

    def _next(self, rows: slice, sample: Ints) -> tuple[Floats, Keys]:
        """The same with what is kept, where that is of the sample before."""
        kept, weights = self._kept[:, rows], self._weights[:, rows]
        if not np.array_equal(self._sample[rows], sample - 1):
            kept[:] = normal(draw_back(self._keys[rows], sample)[1:])
        draws = draw(self._keys[rows], sample)
        newest = normal(draws)
        noise = newest * weights[0]
        for lag in range(AR_LAGS):
            noise += kept[lag] * weights[lag + 1]
        kept[1:] = kept[:-1].copy()
        kept[0], self._sample[rows] = newest, sample
        return noise, draws
