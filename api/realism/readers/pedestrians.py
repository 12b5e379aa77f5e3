"""Hourly pedestrian counts: a time column and one column per site."""

import numpy as np

from api.realism.readers.defects import long_runs, masked
from api.realism.readers.table import TextTable
from twin.arrays import Array, Floats, Ints

NEEDS = ("time_local",)
DEAD_H = 24  # zeros for so long are a dead counter, not an empty street


def read(table: TextTable) -> tuple[Ints, dict[str, Array]]:
    """Persons per hour by site; dead counters are masked."""
    sites = [name for name in table.columns if name != "time_local"]
    counts = {site: _clean(table.numbers(site)) for site in sites}
    return table.minutes("time_local"), counts


def _clean(counts: Floats) -> Floats:
    return masked(counts, counts < 0, long_runs(np.asarray(counts == 0), DEAD_H))
