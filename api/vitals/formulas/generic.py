"""Indicators that are only reducers: over time, then over space."""

import numpy as np

from api.vitals.scene import Measured, Scene


def reduce(
    scene: Scene, over_time: str, over_space: str, per: str | None, scale: float, absolute: bool
) -> Measured:
    """scale * over_space(over_time(readings) / attribute `per` of what carries the neuron).

    The share reducer counts values above the parameter `above` (default 0.5).
    """
    values = scene.over_time("of", over_time)
    if absolute:
        values = np.abs(values)
    if per is not None:
        values = values / scene.attribute("of", per)
    above = scene.parameters.get("above", 0.5)
    return Measured(scale * scene.over_space("of", values, over_space, above))
