"""Chance that remembers: values that wander around 0 and keep a spread of 1."""

import numpy as np

from twin.arrays import Floats


def wander(z: Floats, phi: float | Floats, rng: np.random.Generator) -> None:
    """One step of standard AR(1) processes in place; phi is what a step leaves of a deviation."""
    z *= phi
    z += np.sqrt(1 - phi * phi) * rng.standard_normal(len(z))
