"""Coverage by parks and culture: from the map alone."""

import numpy as np
import shapely

from api.vitals.coverage import share_within
from api.vitals.scene import Measured, Scene
from twin.arrays import Array


def park_coverage(scene: Scene) -> Measured:
    """% of residents within `reach_m` of a park of at least `least_m2`, as the crow flies.

    District target 98 % within 300 m; the least area is expert knowledge, unverified.
    """
    large = scene.geography["park"].attrs["area_m2"] >= scene.parameter("least_m2")
    return _covered(scene, scene.geography.shapes["park"][large])


def culture_coverage(scene: Scene) -> Measured:
    """% of residents within a walk of `reach_m` to a public culture point.

    The walk is taken as `detour` times the straight line (design choice).
    """
    culture = scene.geography["culture"]
    return _covered(scene, np.asarray(shapely.points(culture.x_m, culture.y_m), object))


def _covered(scene: Scene, supply: Array) -> Measured:
    homes = scene.geography["building"]
    reach_m = scene.parameter("reach_m") / scene.parameter("detour")
    weight = np.asarray(homes.attrs["residents"], np.float64)
    share = share_within(homes.x_m, homes.y_m, weight, supply, reach_m)
    return Measured(np.full(scene.size, 100 * share))
