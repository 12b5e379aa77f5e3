"""How much of what each kind of neuron is due to watch lies near one that is online."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import shapely

from api.vitals.ratio import ratio
from api.vitals.sign import TABLES
from sensors.catalogue import DEVICE, Kind
from sensors.network import Network
from twin.arrays import Array, Bools, Floats, Index, Ints
from twin.entities import Geography
from twin.zones import zone_of

GRID_M = 25.0  # of ground and of street (design choice)
Places = tuple[Array, Index]  # points and their zones


@dataclass(frozen=True, slots=True)
class Sensing:
    """Every due place in one list: its cell (kind within entity) and the neurons in reach.

    `place` and `sensor` are the pairs in reach, ordered by place; `cell` is per place.
    """

    cell: Ints
    place: Ints
    sensor: Index
    kinds: int
    entities: int

    def share(self, online: Bools) -> Floats:
        """Per entity: mean over its kinds of the share (0..1) of places seen by an online neuron.

        `online` is per neuron. NaN for an entity where nothing is due.
        """
        seen = np.bincount(self.place, online[self.sensor], len(self.cell)) > 0
        size = self.kinds * self.entities
        due = np.bincount(self.cell, minlength=size)
        covered = ratio(np.bincount(self.cell, seen, size), due)
        by_entity = covered.reshape(self.entities, self.kinds)
        known = ~np.isnan(by_entity)
        return ratio(np.where(known, by_entity, 0.0).sum(axis=1), known.sum(axis=1))


def sensing(geography: Geography, network: Network, level: str, rows: Index) -> Sensing:
    """What the minimum kinds are due to watch in the entities (rows of the level's table)."""
    kinds = [kind for kind in network.catalogue if kind.minimum and kind.on != DEVICE]
    column = np.full(len(geography[TABLES[level]]), -1)
    column[rows] = np.arange(len(rows))
    cells: list[Ints] = []
    pairs: list[tuple[Ints, Index]] = []
    first = 0
    spread = Spread(geography)
    for number, kind in enumerate(kinds):
        points, zone = due_places(spread, kind)
        entity = column[zone] if level == "zone" else np.zeros(len(points), np.int64)
        points, entity = points[entity >= 0], entity[entity >= 0]
        place, sensor = _in_reach(points, network, kind)
        cells.append(entity * len(kinds) + number)
        pairs.append((place + first, sensor))
        first += len(points)
    return Sensing(
        np.concatenate(cells),
        np.concatenate([place for place, _ in pairs]),
        np.concatenate([sensor for _, sensor in pairs]),
        len(kinds),
        len(rows),
    )


class Spread:
    """Points all over the ground and along all streets, with their zones, made once."""

    def __init__(self, geography: Geography) -> None:
        self.geography = geography

    @cached_property
    def ground(self) -> Places:
        union = shapely.union_all(self.geography.shapes["zone"])
        west, south, east, north = union.bounds
        x, y = np.meshgrid(
            np.arange(west + GRID_M / 2, east, GRID_M), np.arange(south + GRID_M / 2, north, GRID_M)
        )
        inside = shapely.contains_xy(union, x, y)
        x, y = x[inside], y[inside]
        points = np.asarray(shapely.points(x, y), object)
        return points, zone_of(x, y, self.geography.shapes["zone"])

    @cached_property
    def streets(self) -> Places:
        lines = self.geography.shapes["link"]
        steps = np.maximum(1, np.rint(shapely.length(lines) / GRID_M)).astype(np.int64)
        link = np.repeat(np.arange(len(lines)), steps)
        number = np.arange(len(link)) - np.repeat(np.cumsum(steps) - steps, steps)
        share = (number + 0.5) / steps[link]
        points = shapely.line_interpolate_point(lines[link], share, normalized=True)
        return np.asarray(points, object), self.geography["link"].zone[link]


def due_places(spread: Spread, kind: Kind) -> Places:
    """Points that a kind is due to watch, with their zones.

    Ground for kinds spread over area, street metres for those spread along streets, and for
    the others every thing that such a neuron can sit on (design choices).
    """
    if kind.per_km2 is not None:
        return spread.ground
    if kind.every_m is not None:
        return spread.streets
    table = spread.geography[kind.on]
    wanted = np.ones(len(table), bool)
    for name, values in kind.where.items():
        wanted &= np.isin(table.attrs[name], list(values))
    points = shapely.points(table.x_m[wanted], table.y_m[wanted])
    return np.asarray(points, object), table.zone[wanted]


def _in_reach(points: Array, network: Network, kind: Kind) -> tuple[Ints, Index]:
    """Pairs of place and neuron within the service radius of the kind."""
    sensors = network.of_kind(kind.id)
    at = shapely.points(network.x_m[sensors], network.y_m[sensors])
    place, near = shapely.STRtree(at).query(points, predicate="dwithin", distance=kind.radius_m)
    return place.astype(np.int64), sensors[near]
