"""How much wider intervals must be so that they hold what they promise: learnt from a trial.

Conformalised quantile regression (Romano, Patterson and Candes 2019), as one factor per lead.
"""

import numpy as np

from api.forecast.crps import LEVELS
from api.forecast.model import MIDDLE, Fitted, Stretch
from twin.arrays import Floats

SHARE = LEVELS[-1] - LEVELS[0]  # of the values that must lie within the outer quantiles
NARROWEST, WIDEST = 0.8, 2.0  # design choice
LEAST = 96  # forecasts; fewer teach nothing


def widths(fitted: Fitted, whole: Stretch, known: int) -> Floats:
    """By lead: the factor about the median that would have covered the rows from `known` on."""
    track = fitted.track(whole)
    found = np.ones(len(fitted.leads))
    for number, lead in enumerate(fitted.leads):
        origin = np.arange(known, len(whole.values) - lead)
        quantiles = fitted.quantiles(whole, track, origin, np.full(len(origin), number))
        reach = reaches(quantiles, whole.values[origin + lead])
        reach = reach[~np.isnan(reach)]
        if len(reach) >= LEAST:
            found[number] = np.clip(np.quantile(reach, SHARE), NARROWEST, WIDEST)
    return found


def reaches(quantiles: Floats, seen: Floats) -> Floats:
    """How far each value lies from the median, 1 at the outer quantile of its side.

    NaN where the interval has no width or anything is unknown.
    """
    middle = quantiles[..., MIDDLE]
    up, down = quantiles[..., -1] - middle, middle - quantiles[..., 0]
    side = np.where(seen >= middle, up, down)
    reach = np.full(seen.shape, np.nan)
    np.divide(np.abs(seen - middle), side, out=reach, where=side > 1e-12)
    return reach
