"""How far it is, and which share of the residents has everything of a theme near enough."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from api.coverage.demand import Demand
from api.coverage.supply import Supply
from api.vitals.ratio import ratio
from twin.arrays import Array, Bools, Floats
from twin.entities import Geography
from twin.streetgraph import walk_to_nearest_m


@dataclass(frozen=True, slots=True)
class Coverage:
    """Metres from every door (columns) to the nearest of every supply (rows), inf without any."""

    demand: Demand
    kinds: tuple[str, ...]
    straight_m: Floats
    walk_m: Floats
    reach_m: float

    def near(self, metres: Floats) -> Bools:
        """Per door: whether every kind is within reach."""
        return np.asarray((metres <= self.reach_m).all(axis=0))

    def share(self, near: Bools) -> float:
        """Share (0..1) of the residents whose door is near; NaN without residents."""
        residents = self.demand.residents
        return float(residents[near].sum() / residents.sum()) if residents.any() else float("nan")

    def present(self, metres: Floats) -> float:
        """The partial score: mean share of the kinds within reach, by residents."""
        residents = self.demand.residents
        if not residents.any():
            return float("nan")
        return float(np.average((metres <= self.reach_m).mean(axis=0), weights=residents))

    def by_zone(self, near: Bools, zones: int) -> Floats:
        """The same share in every zone; NaN where nobody lives."""
        residents, zone = self.demand.residents, self.demand.zone
        inside = np.bincount(zone, residents, zones)
        return ratio(np.bincount(zone, residents * near, zones), inside)

    def by_kind(self, metres: Floats) -> dict[str, float]:
        """Share of the residents within reach of each kind alone."""
        rows = zip(self.kinds, metres <= self.reach_m, strict=True)
        return {kind: self.share(near) for kind, near in rows}


def cover(
    geography: Geography, demand: Demand, supplies: Sequence[Supply], reach_m: float
) -> Coverage:
    """Straight to the edge of the shapes, and on foot along the streets to their doors."""
    straight = [straight_m(demand.doors, one.shapes) for one in supplies]
    walk = [walk_to_nearest_m(geography, demand.doors, one.doors) for one in supplies]
    kinds = tuple(one.kind for one in supplies)
    return Coverage(demand, kinds, np.array(straight), np.array(walk), reach_m)


def straight_m(people: Array, shapes: Array) -> Floats:
    """Metres as the crow flies to the nearest shape; inf when there is none."""
    if not len(shapes):
        return np.full(len(people), np.inf)
    nearest = shapely.STRtree(shapes).nearest(people)
    metres: Floats = shapely.distance(people, shapes[nearest])
    return metres
