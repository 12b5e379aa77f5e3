"""Wet and dry spells of a rain series."""

import numpy as np

from api.realism.readers.defects import runs
from api.realism.series import Series
from twin.arrays import Bools, Floats

WET_MM = 0.1  # the least that a gauge tells


def wet_hours(rain_mm: Floats) -> Bools:
    """True in hours with at least 0.1 mm; a missing hour is neither wet nor dry."""
    return np.asarray(rain_mm >= WET_MM - 1e-9)


def dry_hours(rain_mm: Floats) -> Bools:
    """True in hours that are known to have less than 0.1 mm."""
    return np.asarray(rain_mm < WET_MM - 1e-9)


def spell_hours(flags: Bools, missing: Bools) -> Floats:
    """Lengths of the runs of True that no gap and no end of the series cuts."""
    starts, lengths = runs(flags)
    ends = starts + lengths
    whole = (starts > 0) & (ends < len(flags))
    starts, ends, lengths = starts[whole], ends[whole], lengths[whole]
    return np.asarray(lengths[~missing[starts - 1] & ~missing[ends]], dtype=np.float64)


def wet_spells(series: Series) -> Floats:
    """Hours of each wet spell."""
    rain = series["rain_mm"]
    return spell_hours(wet_hours(rain), np.isnan(rain))


def dry_spells(series: Series) -> Floats:
    """Hours of each dry spell."""
    rain = series["rain_mm"]
    return spell_hours(dry_hours(rain), np.isnan(rain))
