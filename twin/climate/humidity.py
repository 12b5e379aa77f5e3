"""Dew point and relative humidity (Magnus formula over water)."""

from typing import Any

import numpy as np

_A, _B = 17.625, 243.04  # Alduchov and Eskridge 1996


def rh_pct(temp_c: Any, dew_c: Any) -> Any:
    """Relative humidity, at most 100."""
    return np.minimum(100.0, 100 * np.exp(_A * dew_c / (_B + dew_c) - _A * temp_c / (_B + temp_c)))
