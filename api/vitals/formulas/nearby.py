"""Coverage by parks, services and culture: from the map alone, worked out once."""

from collections.abc import Callable

import numpy as np

from api.coverage.demand import Demand
from api.coverage.reach import cover
from api.coverage.supply import Theme
from api.vitals.scene import Ground, Measured, Scene


def share_of(theme: Theme) -> Callable[[Ground], float]:
    """% of the residents within `reach_m` of every kind of the theme.

    As the crow flies to its edge, or `on_foot` (1) along the streets to its doors.
    """

    def prepare(ground: Ground) -> float:
        parameters, geography = ground.parameters, ground.geography
        supplies = theme(geography, parameters)
        coverage = cover(geography, Demand.of(geography), supplies, parameters["reach_m"])
        metres = coverage.walk_m if parameters["on_foot"] else coverage.straight_m
        return 100 * coverage.share(coverage.near(metres))

    return prepare


def covered(scene: Scene) -> Measured:
    """The prepared share, the same at every moment.

    Parks: district target 98 % within 300 m straight; the least area is expert knowledge,
    unverified. Circle: 15 min at 1.1 m/s; the list of services is a design choice. Culture: 10 min.
    """
    return Measured(np.full(scene.size, scene.prepared, np.float64))
