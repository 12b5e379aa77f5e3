"""Enumerated states: their numbers inside, their texts in batches and on the wire."""

import numpy as np

from sensors.network import Network
from sensors.reading import ReadingBatch
from twin.arrays import Floats, Index, Ints


class StateTexts:
    """The texts of all quantities that are states."""

    def __init__(self, network: Network) -> None:
        texts: list[str] = []
        first = np.full(len(network.quantities), -1, np.int32)
        for number, quantity in enumerate(network.quantities):
            if quantity.states:
                first[number] = len(texts)
                texts.extend(quantity.states)
        self._texts = np.array(texts, object)
        self._first: Index = first[network.series.quantity]

    def batch(self, series: Index, t_ms: Ints, values: Floats) -> ReadingBatch:
        """Readings with states as texts and NaN values; numbers stay numbers."""
        where = np.flatnonzero(self._first[series] >= 0)
        if not len(where):
            return ReadingBatch(series, t_ms, values)
        state = np.full(len(series), None, object)
        state[where] = self._texts[self._first[series[where]] + values[where].astype(np.intp)]
        values[where] = np.nan
        return ReadingBatch(series, t_ms, values, state)
