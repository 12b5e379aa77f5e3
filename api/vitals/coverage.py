"""Spatial coverage: which share of the residents has something near enough."""

import shapely

from twin.arrays import Array, Floats


def share_within(x_m: Floats, y_m: Floats, weight: Floats, supply: Array, reach_m: float) -> float:
    """Weighted share (0..1) of the points within reach of any of the shapes, as the crow flies.

    NaN when the weights sum to 0; 0 when there is nothing to reach.
    """
    total = float(weight.sum())
    if total <= 0:
        return float("nan")
    if len(supply) == 0:
        return 0.0
    near = shapely.dwithin(shapely.points(x_m, y_m), shapely.union_all(supply), reach_m)
    return float(weight[near].sum()) / total
