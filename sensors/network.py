"""The registry of neurons: which stand where, what series they send, through which gateway.

Public knowledge: built from the catalogue and the map alone, never from the city's truth.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import repeat

import numpy as np
from shapely import STRtree, points

from sensors.catalogue import DEVICE, Catalogue, Kind, Quantity
from sensors.placement import Placed, place
from twin.arrays import Floats, Index
from twin.config import ConfigError
from twin.entities import Entities, Geography

PER_GATEWAY = 500  # neurons that share one gateway: mostly one per zone and class (design choice)


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """One row per quantity of a neuron; `name` is `{asset}:{kind}:{n}:{quantity}`.

    `quantity` indexes `Network.quantities`. Rows of one neuron are neighbours.
    """

    sensor: Index
    quantity: Index
    name: tuple[str, ...]
    zone: Index
    lookup: Mapping[str, int] = field(repr=False)
    zone_ids: tuple[str, ...] = field(repr=False)

    def __len__(self) -> int:
        return len(self.name)

    def find(self, zone: str, names: Sequence[str]) -> Index:
        """Row of each name, -1 for a name that does not exist in this zone."""
        get = self.lookup.get
        rows = np.fromiter(map(get, names, repeat(-1)), np.int32, len(names))
        if zone not in self.zone_ids:
            return np.full(len(names), -1, np.int32)
        here = self.zone[rows] == self.zone_ids.index(zone)
        return np.where(here, rows, np.int32(-1))


@dataclass(frozen=True, slots=True)
class Network:
    """All neurons as columns of equal length, in catalogue order.

    `kind` indexes `catalogue.kinds`; `zone` indexes `zone_ids`; `gateway` indexes `gateways`,
    pairs of zone and gateway id. `entity` is the row in the table the kind stands on (for kinds
    on `device`: the neuron watched); `device` is the neuron itself, or the one it watches.
    `link` and `building` are rows of those tables or -1; `feeder` is the nearest transformer or
    -1. Coordinates are metric.
    """

    catalogue: Catalogue
    sensor_ids: tuple[str, ...]
    kind: Index
    zone_ids: tuple[str, ...]
    zone: Index
    gateways: tuple[tuple[str, str], ...]
    gateway: Index
    entity: Index
    device: Index
    x_m: Floats
    y_m: Floats
    link: Index
    building: Index
    feeder: Index
    quantities: tuple[Quantity, ...]
    quantity_kind: Index
    series: SeriesTable
    table_rows: Mapping[str, int]
    _rows: Mapping[str, int] = field(repr=False)

    def __len__(self) -> int:
        return len(self.sensor_ids)

    def index(self, sensor: str) -> int:
        """Row of this neuron; KeyError when unknown."""
        return self._rows[sensor]

    def table(self, sensor: int) -> str:
        """Name of the table that carries this neuron."""
        return self.catalogue.kinds[int(self.kind[sensor])].on

    def series_of(self, sensor: int) -> range:
        """Rows of the series of one neuron."""
        first = int(np.searchsorted(self.series.sensor, sensor))
        return range(first, int(np.searchsorted(self.series.sensor, sensor, "right")))

    def of_kind(self, kind: str) -> Index:
        """The neurons of one kind; KeyError when there is no such kind."""
        wanted = self.catalogue.kinds.index(self.catalogue.kind(kind))
        return np.flatnonzero(self.kind == wanted).astype(np.int32)


def build_network(catalogue: Catalogue, geography: Geography) -> Network:
    """Place every kind by its rule and wire it up.

    Raises ConfigError when a rule names a table, attribute or zone that does not fit the map.
    """
    placed = [place(catalogue, kind, geography) for kind in catalogue if kind.on != DEVICE]
    watched = _join(placed)
    watchers = [_watchers(kind, watched) for kind in catalogue if kind.on == DEVICE]
    kinds = [kind for kind in catalogue if kind.on != DEVICE]
    kinds += [kind for kind in catalogue if kind.on == DEVICE]
    return _assemble(catalogue, geography, kinds, [*placed, *watchers])


def _assemble(
    catalogue: Catalogue, geography: Geography, kinds: list[Kind], placed: list[Placed]
) -> Network:
    everything = _join(placed)
    numbers = {kind.id: number for number, kind in enumerate(catalogue)}
    kind = np.repeat([numbers[one.id] for one in kinds], [len(one) for one in placed])
    zone_ids = geography["zone"].ids
    _check_zones(catalogue, zone_ids, everything.zone)
    watched = sum(len(p) for p, k in zip(placed, kinds, strict=True) if k.on != DEVICE)
    device = np.arange(len(everything), dtype=np.int32)
    device[watched:] = everything.row[watched:]
    gateways, gateway = _gateways(catalogue, kind, everything.zone, zone_ids, watched)
    quantities, quantity_kind = _quantities(catalogue)
    rows = {table: len(entities) for table, entities in geography.tables.items()}
    return Network(
        catalogue=catalogue,
        sensor_ids=everything.ids,
        kind=kind.astype(np.int32),
        zone_ids=zone_ids,
        zone=everything.zone,
        gateways=gateways,
        gateway=gateway[device],
        entity=everything.row,
        device=device,
        x_m=everything.x_m,
        y_m=everything.y_m,
        link=everything.link,
        building=everything.building,
        feeder=_nearest(everything, geography.tables.get("feeder")),
        quantities=quantities,
        quantity_kind=quantity_kind,
        series=_series(catalogue, everything, kind, zone_ids),
        table_rows={**rows, DEVICE: watched},
        _rows={name: row for row, name in enumerate(everything.ids)},
    )


def _join(placed: Iterable[Placed]) -> Placed:
    parts = list(placed)
    return Placed(
        ids=tuple(name for part in parts for name in part.ids),
        row=np.concatenate([part.row for part in parts]).astype(np.int32),
        zone=np.concatenate([part.zone for part in parts]).astype(np.int32),
        link=np.concatenate([part.link for part in parts]).astype(np.int32),
        building=np.concatenate([part.building for part in parts]).astype(np.int32),
        x_m=np.concatenate([part.x_m for part in parts]),
        y_m=np.concatenate([part.y_m for part in parts]),
    )


def _watchers(kind: Kind, watched: Placed) -> Placed:
    """One neuron of this kind beside every other; its asset is that neuron's id with dots."""
    ids = tuple(f"{name.replace(':', '.')}:{kind.id}:1" for name in watched.ids)
    row = np.arange(len(ids), dtype=np.int32)
    return Placed(ids, row, watched.zone, watched.link, watched.building, watched.x_m, watched.y_m)


def _nearest(placed: Placed, table: Entities | None) -> Index:
    """The row of this table nearest to each neuron, -1 without a table."""
    if table is None or not len(table):
        return np.full(len(placed), -1, np.int32)
    tree = STRtree(points(table.x_m, table.y_m))
    found: Index = tree.nearest(points(placed.x_m, placed.y_m)).astype(np.int32)
    return found


def _check_zones(catalogue: Catalogue, zone_ids: tuple[str, ...], zone: Index) -> None:
    counts = np.bincount(zone, minlength=len(zone_ids))
    if not counts.all():
        empty = zone_ids[int(np.argmin(counts))]
        raise ConfigError(catalogue.file, "kind", empty, "expected a neuron in every zone")


def _gateways(
    catalogue: Catalogue, kind: Index, zone: Index, zone_ids: tuple[str, ...], watched: int
) -> tuple[tuple[tuple[str, str], ...], Index]:
    """Gateways per zone and network class, filled in order; those who watch share theirs."""
    net_of_kind = np.array(["WNL".index(one.net) for one in catalogue.kinds])
    cell = zone[:watched] * 3 + net_of_kind[kind[:watched]]
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], cell[order], "left")
    within = (np.arange(watched) - starts) // PER_GATEWAY
    pairs = np.stack([cell[order], within], axis=1)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    gateway = np.empty(watched, np.int32)
    gateway[order] = inverse.reshape(-1)
    names = [(zone_ids[c // 3], f"{'wnl'[c % 3]}{n + 1}") for c, n in unique.tolist()]
    return tuple(names), gateway


def _quantities(catalogue: Catalogue) -> tuple[tuple[Quantity, ...], Index]:
    quantities = tuple(quantity for kind in catalogue for quantity in kind.quantities)
    counts = [len(kind.quantities) for kind in catalogue]
    return quantities, np.repeat(np.arange(len(counts)), counts).astype(np.int32)


def _series(
    catalogue: Catalogue, placed: Placed, kind: Index, zone_ids: tuple[str, ...]
) -> SeriesTable:
    counts = np.array([len(one.quantities) for one in catalogue.kinds])
    firsts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    sensor = np.repeat(np.arange(len(placed)), counts[kind]).astype(np.int32)
    start = np.repeat(np.cumsum(counts[kind]) - counts[kind], counts[kind])
    quantity = firsts[kind[sensor]] + np.arange(len(sensor)) - start
    ids = [one.id for kind_ in catalogue.kinds for one in kind_.quantities]
    pairs = zip(sensor.tolist(), quantity.tolist(), strict=True)
    names = tuple(f"{placed.ids[s]}:{ids[q]}" for s, q in pairs)
    lookup = {name: row for row, name in enumerate(names)}
    return SeriesTable(
        sensor, quantity.astype(np.int32), names, placed.zone[sensor], lookup, zone_ids
    )
