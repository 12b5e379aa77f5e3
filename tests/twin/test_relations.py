"""Values through indexes."""

import numpy as np

from twin.geography import Geography
from twin.relations import nearest, through, total, worst


def test_a_missing_partner_gives_the_default() -> None:
    index = np.array([1, -1], np.int32)
    assert through(np.array([5.0, 6.0]), index, 9.0).tolist() == [6.0, 9.0]
    assert through(np.array([]), index, 9.0).tolist() == [9.0, 9.0]


def test_worst_and_total_skip_rows_without_partner() -> None:
    index = np.array([0, 0, -1], np.int32)
    values = np.array([2.0, 3.0, 99.0])
    assert worst(values, index, 2).tolist() == [3.0, 0.0]
    assert total(values, index, 2).tolist() == [5.0, 0.0]


def test_the_nearest_row_is_no_farther_than_any_other(geography: Geography) -> None:
    lamps, feeders = geography["lamp"], geography["feeder"]
    found = nearest(lamps, feeders)
    distance = np.hypot(
        lamps.x_m[:, None] - feeders.x_m[None, :], lamps.y_m[:, None] - feeders.y_m[None, :]
    )
    assert np.array_equal(distance[np.arange(len(lamps)), found], distance.min(axis=1))
