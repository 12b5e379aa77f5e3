"""Numbers for series: the store's own, and how they meet those of a network."""

import numpy as np

from sensors.network import Network
from sensors.store.duckfile import DuckFile, columns
from twin.arrays import Array, Index

Name = tuple[str, str, str]  # zone, sensor, quantity

_ADD = "INSERT INTO series SELECT id, kind, zone, sensor, quantity FROM added"
_ALL = "SELECT id, zone, sensor, quantity FROM series"


class SeriesBook:
    """Store numbers of series outlive any network; this keeps the translation for one of them."""

    def __init__(self, file: DuckFile) -> None:
        self._file = file
        self._network: Network | None = None
        self._ids = np.empty(0, np.int32)

    def ids(self, network: Network) -> Index:
        """The store's number for each series of the network; unknown ones are added."""
        if network is not self._network:
            self._ids = self._learn(network)
            self._network = network
        return self._ids

    def positions(self, network: Network) -> Index:
        """The network's number for each number of the store, -1 where it has none."""
        ids = self.ids(network)
        found = np.full(int(ids.max(initial=-1)) + 1, -1, np.int32)
        found[ids] = np.arange(len(ids), dtype=np.int32)
        return found

    def _learn(self, network: Network) -> Index:
        names = _names(network)
        with self._file.writing() as connection:
            known = _known(columns(connection, _ALL, {}))
            missing = [name for name in names if name not in known]
            start = max(known.values(), default=-1) + 1
            known |= {name: start + place for place, name in enumerate(missing)}
            if missing:
                connection.register("added", _rows(missing, start))
                connection.execute(_ADD)
        return np.array([known[name] for name in names], np.int32)


def _names(network: Network) -> list[Name]:
    series = network.series
    parts = (name.rpartition(":") for name in series.name)
    return [
        (series.zone_ids[zone], part[0], part[2])
        for zone, part in zip(series.zone.tolist(), parts, strict=True)
    ]


def _known(found: dict[str, Array]) -> dict[Name, int]:
    names = zip(found["zone"], found["sensor"], found["quantity"], strict=True)
    return {name: int(number) for name, number in zip(names, found["id"], strict=True)}


def _rows(names: list[Name], start: int) -> dict[str, Array]:
    zone, sensor, quantity = (np.array(column) for column in zip(*names, strict=True))
    return {
        "id": np.arange(start, start + len(names), dtype=np.int32),
        "kind": np.array([name[1].split(":")[1] for name in names]),
        "zone": zone,
        "sensor": sensor,
        "quantity": quantity,
    }
