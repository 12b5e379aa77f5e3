"""The classifier tells what differs apart, and only that."""

import numpy as np
import pytest

from api.realism.series import Series
from api.realism.split import Split
from api.realism.telling import telling
from api.realism.twosample import QUICK, auc, two_sample, two_sample_auc

COLUMNS = ("temp_c", "wind_m_s")


@pytest.fixture(scope="module")
def shuffled_hours(same_climate: Series) -> Series:
    """The same values, hours within each day in any order: no memory."""
    rng = np.random.default_rng(0)
    order = np.concatenate(
        [24 * day + rng.permutation(24) for day in range(len(same_climate) // 24)]
    )
    return same_climate.having({name: same_climate[name][order] for name in same_climate.columns})


def test_two_runs_of_one_process_are_not_told_apart(climate: Series, same_climate: Series) -> None:
    assert 0.4 < two_sample_auc(climate, same_climate, COLUMNS) < 0.6


def test_hours_without_memory_are_told_apart(climate: Series, shuffled_hours: Series) -> None:
    assert two_sample_auc(shuffled_hours, climate, COLUMNS) > 0.95


def test_what_gives_it_away_names_the_column_that_differs(
    climate: Series, same_climate: Series
) -> None:
    windy = same_climate.having({**same_climate.columns, "wind_m_s": same_climate["wind_m_s"] + 2})
    found = two_sample(windy, climate, COLUMNS, 24, QUICK)
    assert found.gives_away[0][0].startswith("wind_m_s/")
    assert found.gives_away[0][1] > 0.1


def test_windows_with_a_gap_do_not_count(climate: Series, same_climate: Series) -> None:
    gappy = {name: values.copy() for name, values in climate.columns.items()}
    gappy["temp_c"][24 * 30 + 5] = np.nan
    whole = two_sample(climate, same_climate, COLUMNS, 24, QUICK, importance=False)
    less = two_sample(climate.having(gappy), same_climate, COLUMNS, 24, QUICK, importance=False)
    assert less.windows[0] == whole.windows[0] - 1


def test_too_few_windows_are_refused(climate: Series) -> None:
    with pytest.raises(ValueError, match="too few whole windows"):
        two_sample_auc(climate.rows(0, 240), climate, COLUMNS)


def test_auc_counts_pairs_and_ties_by_half() -> None:
    label = np.array([1.0, 1.0, 0.0, 0.0])
    assert auc(np.array([4.0, 3.0, 2.0, 1.0]), label) == 1.0
    assert auc(np.array([4.0, 1.0, 2.0, 3.0]), label) == 0.5
    assert auc(np.array([1.0, 1.0, 1.0, 1.0]), label) == 0.5


def test_the_most_telling_feature_is_named(climate: Series, same_climate: Series) -> None:
    """Wind that comes in gusts of an hour has larger steps."""
    rng = np.random.default_rng(0)
    gusty = same_climate["wind_m_s"] + 4 * rng.integers(0, 2, len(same_climate))
    made = same_climate.having({**same_climate.columns, "wind_m_s": gusty})
    found = telling(made, Split(same_climate, climate, "", ""), COLUMNS, 24)
    assert found[0].feature.startswith("wind_m_s: ")
    assert found[0].simulated_mean > found[0].real_mean
    assert 0.4 < found[0].real_auc < 0.6
