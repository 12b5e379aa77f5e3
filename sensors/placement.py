"""Where the neurons of one kind stand: so many per row, per street metre or per area."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, islice

import numpy as np
from shapely import Geometry
from shapely.geometry import Point

from sensors.catalogue import Catalogue, Kind
from twin.arrays import Array, Bools, Floats, Index
from twin.config import ConfigError
from twin.entities import Entities, Geography

_HALTON = (2, 3)  # bases of the low-discrepancy points inside a zone


@dataclass(frozen=True, slots=True)
class Placed:
    """Neurons of one kind: id `{asset}:{kind}:{n}`, carrying row, map rows, metric position."""

    ids: tuple[str, ...]
    row: Index
    zone: Index
    link: Index
    building: Index
    x_m: Floats
    y_m: Floats

    def __len__(self) -> int:
        return len(self.ids)


def place(catalogue: Catalogue, kind: Kind, geography: Geography) -> Placed:
    """All neurons of this kind on this map; raises ConfigError when the rule does not fit it."""
    if kind.on not in geography.tables:
        known = ", ".join(sorted(geography.tables))
        raise ConfigError(catalogue.file, f"kind.{kind.id}.on", kind.on, f"expected one of {known}")
    table = geography[kind.on]
    chosen = _chosen(catalogue, kind, table)
    counts = np.where(chosen, _counts(kind, table, chosen), 0)
    rows = np.repeat(np.arange(len(table)), counts).astype(np.int32)
    number = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    x_m, y_m = _positions(kind, geography, rows, number, counts)
    pairs = zip(rows.tolist(), number.tolist(), strict=True)
    own = np.arange(len(table), dtype=np.int32)
    zone = (own if kind.on == "zone" else table.zone)[rows]
    if (zone < 0).any():
        key = f"kind.{kind.id}.on"
        raise ConfigError(catalogue.file, key, kind.on, "expected a table whose rows lie in zones")
    return Placed(
        ids=tuple(f"{table.ids[row]}:{kind.id}:{n}" for row, n in pairs),
        row=rows,
        zone=zone,
        link=(own if kind.on == "link" else table.link)[rows],
        building=(own if kind.on == "building" else table.building)[rows],
        x_m=x_m,
        y_m=y_m,
    )


def _chosen(catalogue: Catalogue, kind: Kind, table: Entities) -> Bools:
    """Rows whose attributes have the wanted values."""
    chosen = np.ones(len(table), bool)
    for name, values in kind.where.items():
        if name not in table.attrs:
            known = ", ".join(sorted(table.attrs))
            key = f"kind.{kind.id}.where.{name}"
            raise ConfigError(catalogue.file, key, values, f"expected an attribute of {known}")
        chosen &= np.isin(table.attrs[name], list(values))
    return chosen


def _counts(kind: Kind, table: Entities, chosen: Bools) -> Index:
    """Neurons per row. Shares add up over the rows: per = 0.5 is every second chosen row."""
    if kind.per_km2 is not None:
        return np.maximum(1, np.rint(table.attrs["area_m2"] * kind.per_km2 / 1e6)).astype(np.int32)
    if kind.every_m is not None:
        share = table.attrs["length_m"] / kind.every_m
    else:
        share = np.full(len(table), kind.per or 0.0)
    upto = np.cumsum(np.where(chosen, share, 0.0)) + 1e-9
    return np.diff(np.floor(upto), prepend=0).astype(np.int32)


def _positions(
    kind: Kind, geography: Geography, rows: Index, number: Index, counts: Index
) -> tuple[Floats, Floats]:
    table = geography[kind.on]
    if kind.every_m is not None:
        return _along(geography.shapes["link"], rows, (number - 0.5) / counts[rows])
    if kind.per_km2 is not None:
        return _inside(table, geography.shapes["zone"], rows, number)
    return table.x_m[rows], table.y_m[rows]


def _along(lines: Array, rows: Index, share: Floats) -> tuple[Floats, Floats]:
    """Points at these shares of the length of these lines."""
    points = [
        lines[row].interpolate(part, normalized=True)
        for row, part in zip(rows.tolist(), share.tolist(), strict=True)
    ]
    return np.array([p.x for p in points]), np.array([p.y for p in points])


def _inside(table: Entities, shapes: Array, rows: Index, number: Index) -> tuple[Floats, Floats]:
    """The zone's own point first, then spread points inside its outline."""
    x_m, y_m = table.x_m[rows].copy(), table.y_m[rows].copy()
    for row in np.unique(rows[number > 1]).tolist():
        later = np.flatnonzero((rows == row) & (number > 1))
        points = list(islice(_spread(shapes[row]), len(later)))
        x_m[later], y_m[later] = [p.x for p in points], [p.y for p in points]
    return x_m, y_m


def _spread(outline: Geometry) -> Iterator[Point]:
    """Points of Halton's sequence over the bounding box that lie inside the outline, for ever."""
    west, south, east, north = outline.bounds
    for step in count(1):
        x, y = (_radical_inverse(step, base) for base in _HALTON)
        point = Point(west + x * (east - west), south + y * (north - south))
        if outline.contains(point):
            yield point


def _radical_inverse(number: int, base: int) -> float:
    """Digits of the number mirrored behind the point: van der Corput's sequence."""
    value, scale = 0.0, 1.0
    while number:
        number, digit = divmod(number, base)
        scale /= base
        value += digit * scale
    return value
