"""Which series speak for which entity, ordered so that reducing over space is one reduceat."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from api.vitals.ratio import ratio
from sensors.network import Network
from twin.arrays import Array, Floats, Index, Ints
from twin.entities import Geography


@dataclass(frozen=True, slots=True)
class Members:
    """Series (or whole sensors) of `size` entities, in the order of `entity`, then sensor.

    `starts` are the first members of the entities in `present`; others have no member.
    """

    series: Index
    sensor: Index
    entity: Index
    starts: Ints
    present: Index
    size: int

    @staticmethod
    def of(series: Index, sensor: Index, entity: Index, size: int) -> "Members":
        order = np.lexsort((series, sensor, entity))
        entity = entity[order]
        present, starts = np.unique(entity, return_index=True)
        return Members(series[order], sensor[order], entity, starts, present, size)

    def over_space(self, values: Floats, how: str, above: float = 0.5) -> Floats:
        """One number per entity from one per member; NaN members are left out.

        max, min, mean, sum (scaled up by the missing members), share (of values > above).
        """
        out = np.full(self.size, np.nan)
        if len(self.starts):
            if how == "share":
                values, how = np.where(np.isnan(values), np.nan, values > above), "mean"
            out[self.present] = _REDUCERS[how](values, self.starts)
        return out


def entity_rows(network: Network, level: str) -> Index:
    """Per sensor: its row in the table of the level, -1 where it has none."""
    if level == "quarter":
        return np.zeros(len(network.sensor_ids), np.int32)
    return {"zone": network.zone, "street": network.link, "building": network.building}[level]


def series_of(network: Network, name: str) -> Index:
    """All series of "kind.quantity"."""
    names = [f"{kind.id}.{one.id}" for kind in network.catalogue for one in kind.quantities]
    wanted = np.array([candidate == name for candidate in names], bool)
    return np.flatnonzero(wanted[network.series.quantity]).astype(np.int32)


def attribute(network: Network, geography: Geography, sensor: Index, name: str) -> Floats:
    """The attribute of the thing that each of these sensors sits on; NaN where it has none."""
    out = np.full(len(sensor), np.nan)
    kinds = network.kind[sensor]
    for kind in np.unique(kinds).tolist():
        table = geography.tables.get(network.catalogue.kinds[kind].on)
        if table is not None and name in table.attrs:
            here = kinds == kind
            out[here] = table.attrs[name][network.entity[sensor[here]]]
    return out


def _mean(values: Floats, starts: Ints) -> Floats:
    known = ~np.isnan(values)
    total = np.add.reduceat(np.where(known, values, 0.0), starts)
    count = np.add.reduceat(known.astype(np.float64), starts)
    return ratio(total, count)


def _sum(values: Floats, starts: Ints) -> Floats:
    members = np.diff(np.append(starts, len(values)))
    return _mean(values, starts) * members


def _max(values: Floats, starts: Ints) -> Floats:
    most: Array = np.fmax.reduceat(values, starts)
    return most


def _min(values: Floats, starts: Ints) -> Floats:
    least: Array = np.fmin.reduceat(values, starts)
    return least


_REDUCERS: dict[str, Callable[[Floats, Ints], Floats]] = {
    "max": _max,
    "min": _min,
    "mean": _mean,
    "sum": _sum,
}
OVER_SPACE = ("max", "min", "mean", "sum", "share")
