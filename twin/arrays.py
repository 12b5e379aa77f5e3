"""Names for the array types that travel through the city, and what is done with them everywhere."""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Index = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]


def clamp(values: Floats, low: float | Floats, high: float | Floats) -> Floats:
    """Within these limits. Much quicker than np.clip where arrays are small."""
    return np.minimum(np.maximum(values, low), high)


def confine(values: Floats, low: float, high: float) -> None:
    """The same in place."""
    np.maximum(values, low, out=values)
    np.minimum(values, high, out=values)


def twice(values: Floats) -> Floats:
    """The array and once more the array, as for both directions of a street."""
    return np.concatenate((values, values))
