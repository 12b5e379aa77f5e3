"""Doors: where people enter a thing from the street, which is what walking distances count from."""

import numpy as np
import shapely

from twin.arrays import Array
from twin.entities import Geography

GATE_WITHIN_M = 30.0  # a park has a gate at every street this close to it (design choice)


def doors(geography: Geography, kind: str) -> Array:
    """One point per row: of its shape the nearest to its street, else the place itself."""
    entities, shapes = geography[kind], geography.shapes.get(kind)
    if shapes is None:
        return np.asarray(shapely.points(entities.x_m, entities.y_m), object)
    return doors_to(shapes, geography.shapes["link"][entities.link])


def doors_to(shapes: Array, streets: Array) -> Array:
    """Per shape the point of it that is nearest to its street."""
    return np.asarray(shapely.get_point(shapely.shortest_line(shapes, streets), 0), object)


def gates(shapes: Array, streets: Array) -> Array:
    """Points on the edges of these shapes, one at every street near enough, at least one each."""
    tree = shapely.STRtree(streets)
    shape, street = tree.query(shapes, predicate="dwithin", distance=GATE_WITHIN_M)
    lonely = np.setdiff1d(np.arange(len(shapes)), shape)
    shape = np.concatenate([shape, lonely]).astype(np.int64)
    street = np.concatenate([street, tree.nearest(shapes[lonely])]).astype(np.int64)
    edges = shapely.boundary(shapes[shape])
    return doors_to(edges, streets[street])
