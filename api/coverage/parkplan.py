"""What a new pocket park would change: coverage before and after, without building it."""

from dataclasses import dataclass, replace

import numpy as np
import shapely

from api.coverage.reach import Coverage, straight_m
from twin.arrays import Array, Floats
from twin.entities import Geography
from twin.entrances import gates
from twin.streetgraph import walk_to_nearest_m


@dataclass(frozen=True, slots=True)
class ParkPlan:
    """`counted` is false below the least area: then after equals before.

    `in_the_way` are ids of buildings that the square of the park would touch.
    """

    before: Coverage
    after: Coverage
    counted: bool
    in_the_way: tuple[str, ...]


def plan_park(
    geography: Geography,
    parks: Coverage,
    at_m: tuple[float, float],
    area_m2: float,
    least_m2: float,
) -> ParkPlan:
    """A square park of this area about this point (metres), beside those there are."""
    half = area_m2**0.5 / 2
    park = np.array(
        [shapely.box(at_m[0] - half, at_m[1] - half, at_m[0] + half, at_m[1] + half)], object
    )
    counted = area_m2 >= least_m2
    after = _with(geography, parks, park) if counted else parks
    return ParkPlan(parks, after, counted, _touched(geography, park))


def _with(geography: Geography, parks: Coverage, park: Array) -> Coverage:
    people = parks.demand.doors
    walk: Floats = walk_to_nearest_m(geography, people, gates(park, geography.shapes["link"]))
    return replace(
        parks,
        straight_m=np.minimum(parks.straight_m, straight_m(people, park)),
        walk_m=np.minimum(parks.walk_m, walk),
    )


def _touched(geography: Geography, park: Array) -> tuple[str, ...]:
    shapes = geography.shapes.get("building")
    if shapes is None:
        return ()
    rows = shapely.STRtree(shapes).query(park[0], predicate="intersects")
    return tuple(geography["building"].ids[row] for row in np.sort(rows))
