"""The baseline: a plain random walk per quantity, with the real steps' size and the real range."""

import numpy as np

from api.realism.recorded import as_recorded
from api.realism.series import Series
from twin.arrays import Floats
from twin.streams import stream


def random_walk(like: Series, seed: int) -> Series:
    """As many rows as the real series, recorded in the same way."""
    rng = stream(seed, "realism/random-walk")
    walks = {name: _walk(values, rng) for name, values in like.columns.items()}
    if {"temp_c", "dew_point_c"} <= walks.keys():
        walks["dew_point_c"] = np.minimum(walks["dew_point_c"], walks["temp_c"])
    if "wind_class" in walks:
        walks["wind_class"] = np.clip(np.round(walks["wind_class"]), 0, 4)
    return as_recorded(like.having(walks), like)


def _walk(values: Floats, rng: np.random.Generator) -> Floats:
    """Steps of the real standard deviation, reflected at the real least and largest value."""
    present = values[~np.isnan(values)]
    steps = np.diff(values)
    size = float(np.nanstd(steps))
    low, high = float(present.min()), float(present.max())
    path = float(present[0]) + np.cumsum(size * rng.standard_normal(len(values)))
    span = max(high - low, 1e-9)
    folded = np.mod(path - low, 2 * span)
    return np.asarray(low + np.where(folded > span, 2 * span - folded, folded))
