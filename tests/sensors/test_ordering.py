"""Order by several columns at once."""

import numpy as np
import pytest

from sensors.ordering import in_order


@pytest.mark.parametrize("highest", [3, 2**30, 2**60])
def test_the_first_column_counts_most_and_equal_rows_stay_in_order(highest: int) -> None:
    """Columns that fit a short or a long number, and columns that do not."""
    chance = np.random.default_rng(1)
    columns = [chance.integers(-5, 5, 500), chance.integers(-highest, highest, 500)]
    rows = sorted(range(500), key=lambda row: tuple(column[row] for column in columns))
    assert in_order(*columns).tolist() == rows


def test_no_rows_are_in_order() -> None:
    assert in_order(np.empty(0, np.int32)).tolist() == []
