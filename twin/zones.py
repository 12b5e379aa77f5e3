"""Zones: grid cells cut by the outline of an area, slivers merged into a neighbour."""

from typing import Any

import numpy as np
import shapely

from twin.areaconfig import ZoneRule
from twin.arrays import Array, Floats, Index

_TOUCH_M = 1.0  # neighbours share at least this much border


def cut_zones(outline: Any, rule: ZoneRule) -> tuple[list[str], Array]:
    """Ids (`z-column-row` of the largest cell in it) and shapes, in the order of the ids."""
    ids, shapes = _cells(outline, rule)
    while len(ids) > 1:
        areas = shapely.area(shapes)
        small = int(np.argmin(areas))
        if areas[small] >= rule.smallest_km2 * 1e6:
            break
        ids, shapes = _merge(ids, shapes, small, _neighbour(shapes, small, rule))
    order = np.argsort(ids)
    return [ids[row] for row in order], shapes[order]


def zone_of(x_m: Floats, y_m: Floats, zones: Array) -> Index:
    """Row of the zone that holds each point, or of the nearest one."""
    rows = shapely.STRtree(zones).nearest(shapely.points(x_m, y_m))
    return np.asarray(rows, np.int32)


def _cells(outline: Any, rule: ZoneRule) -> tuple[list[str], Array]:
    west, south, east, north = outline.bounds
    x_0, y_0 = rule.origin_m
    columns = np.arange(int((west - x_0) // rule.cell_m), int((east - x_0) // rule.cell_m) + 1)
    rows = np.arange(int((south - y_0) // rule.cell_m), int((north - y_0) // rule.cell_m) + 1)
    column, row = (axis.ravel() for axis in np.meshgrid(columns, rows, indexing="ij"))
    left, low = x_0 + column * rule.cell_m, y_0 + row * rule.cell_m
    cut = shapely.intersection(
        shapely.box(left, low, left + rule.cell_m, low + rule.cell_m), outline
    )
    parts, cell = shapely.get_parts(cut, return_index=True)
    solid = shapely.area(parts) > 1.0
    names = [f"z-{column[at]:02d}-{row[at]:02d}" for at in cell[solid]]
    return names, parts[solid]


def _neighbour(shapes: Array, small: int, rule: ZoneRule) -> int:
    border_m = shapely.length(shapely.intersection(shapes, shapes[small]))
    border_m[small] = 0.0
    fits = shapely.area(shapes) + shapely.area(shapes[small]) <= 3e6 * rule.smallest_km2
    best = np.where(fits & (border_m > _TOUCH_M), border_m, 0.0)
    return int(np.argmax(best if best.any() else border_m))


def _merge(ids: list[str], shapes: Array, one: int, other: int) -> tuple[list[str], Array]:
    larger = max(one, other, key=lambda row: float(shapely.area(shapes[row])))
    keep = [row for row in range(len(ids)) if row not in (one, other)]
    merged = np.array([shapely.union(shapes[one], shapes[other])], object)
    return [ids[row] for row in keep] + [ids[larger]], np.concatenate([shapes[keep], merged])
