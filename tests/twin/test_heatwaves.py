"""Hot days of July and August come in spells, as on record."""

from itertools import groupby

import numpy as np
import pytest

from twin.clock import parse_time
from twin.hourly import hourly_series

SUMMERS, DAYS = 10, 62
HOT_C, SPELL_DAYS = 35, 3


@pytest.fixture(scope="module")
def spells(config) -> list[int]:
    """Lengths in days of all spells of hot days in ten summers."""
    found = []
    for year in range(2026, 2026 + SUMMERS):
        series = hourly_series(config, 21, parse_time(f"{year}-07-01"), 24 * DAYS)
        hottest = np.round(series.temp_c).reshape(DAYS, 24).max(axis=1)
        found += [len(list(run)) for hot, run in groupby(hottest >= HOT_C) if hot]
    return found


def test_heat_waves_are_as_frequent_as_on_record(spells) -> None:
    """From 2010 to 2014: 1 to 5 spells of three hot days or more a year, 3 on average."""
    waves = sum(days >= SPELL_DAYS for days in spells)
    assert 1.5 * SUMMERS <= waves <= 5 * SUMMERS


def test_heat_waves_last_as_on_record(spells) -> None:
    """From 2010 to 2014: 3 to 45 days of a year lie in such spells, 19 on average, longest 29."""
    in_waves = [days for days in spells if days >= SPELL_DAYS]
    assert 8 * SUMMERS <= sum(in_waves) <= 32 * SUMMERS
    assert max(in_waves) >= 7
