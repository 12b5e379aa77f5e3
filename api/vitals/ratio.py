"""Division where there may be nothing to divide by."""

import numpy as np

from twin.arrays import Array, Floats


def ratio(part: Array, whole: Array, empty: float = np.nan) -> Floats:
    """part / whole, `empty` where the whole is not above 0."""
    out = np.full(np.shape(part), empty)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
