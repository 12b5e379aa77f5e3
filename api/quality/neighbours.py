"""Who stands nearest, and how unlike them a neuron is."""

from dataclasses import dataclass

import numpy as np

from api.quality.limits import Limits
from sensors.network import Network
from twin.arrays import Array, Floats, Index


@dataclass(frozen=True, slots=True)
class Neighbours:
    """For each series that has a limit to its neighbours: the rows of the nearest of its kind.

    `peers` (series x k) indexes `series`; -1 where a kind has fewer.
    """

    series: Index
    peers: Array
    near: Floats
    least: int

    @staticmethod
    def of(network: Network, limits: Limits, count: int, least: int) -> "Neighbours":
        series = np.flatnonzero(np.isfinite(limits.near)).astype(np.int32)
        peers = np.full((len(series), count), -1, np.int64)
        quantity = network.series.quantity[series]
        for one in np.unique(quantity).tolist():
            rows = np.flatnonzero(quantity == one)
            sensor = network.series.sensor[series[rows]]
            near = _nearest(network.x_m[sensor], network.y_m[sensor], count)
            peers[rows, : near.shape[1]] = rows[near]
        return Neighbours(series, peers, limits.near[series], least)

    def difference(self, means: Floats) -> Floats:
        """Own mean - median of the neighbours; NaN where too few of them are known.

        `means` of `series`, NaN where nothing was read.
        """
        if not len(self.series):
            return np.empty(0)
        others = np.where(self.peers >= 0, means[self.peers], np.nan)
        known = (~np.isnan(others)).sum(axis=1)
        ranked = np.sort(others, axis=1)  # NaN sorts last
        row = np.arange(len(ranked))
        low, high = np.maximum(known - 1, 0) // 2, known // 2
        high = np.minimum(high, ranked.shape[1] - 1)
        median = (ranked[row, low] + ranked[row, high]) / 2
        return np.where(known >= self.least, means - median, np.nan)

    def unlike(self, difference: Floats) -> Floats:
        """Its size / limit; 0 where it is not known."""
        return np.where(np.isnan(difference), 0.0, np.abs(difference) / self.near)


def _nearest(x_m: Floats, y_m: Floats, count: int) -> Array:
    """For each point the positions of its nearest others."""
    distance = np.hypot(x_m[:, None] - x_m[None, :], y_m[:, None] - y_m[None, :])
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, axis=1, kind="stable")
    nearest: Array = order[:, : min(count, len(x_m) - 1)]
    return nearest
