"""Correlated noise of many instruments, without drawing again what the last sample has drawn."""

import numpy as np

from sensors.noise import AR_LAGS, Keys, coloured, draw, lagging, normal
from sensors.rhythm import Rows
from twin.arrays import Array, Floats, Ints

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
        keys = self._keys[rows]
        draws = draw(keys, sample)
        newest = normal(draws)
        if isinstance(rows, slice):
            noise = coloured(newest, self._earlier(rows, sample), self._weights[:, rows])
            self._keep(rows, sample, newest)
            return noise, draws
        return coloured(newest, lagging(keys, sample), self._weights.take(rows, axis=1)), draws

    def _earlier(self, rows: slice, sample: Ints) -> Array:
        if np.array_equal(self._sample[rows], sample - 1):
            return self._kept[:, rows]
        self._kept[:, rows] = lagging(self._keys[rows], sample)
        return self._kept[:, rows]

    def _keep(self, rows: slice, sample: Ints, newest: Floats) -> None:
        self._sample[rows] = sample
        for lag in range(AR_LAGS - 1, 0, -1):
            self._kept[lag, rows] = self._kept[lag - 1, rows]
        self._kept[0, rows] = newest
