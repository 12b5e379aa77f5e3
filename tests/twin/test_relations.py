"""Values through indexes."""

import numpy as np

from twin.geography import Geography
from twin.relations import Relation, nearest


def test_a_missing_partner_gives_the_default() -> None:
    index = np.array([1, -1], np.int32)
    assert Relation.of(index, 2).through(np.array([5.0, 6.0]), 9.0).tolist() == [6.0, 9.0]
    nobody = np.array([-1, -1], np.int32)
    assert Relation.of(nobody, 0).through(np.array([]), 9.0).tolist() == [9.0, 9.0]


def test_worst_and_total_skip_rows_without_partner() -> None:
    index = np.array([0, 0, -1], np.int32)
    values = np.array([2.0, 3.0, 99.0])
    zones = Relation.of(index, 2)
    assert zones.worst(values).tolist() == [3.0, 0.0]
    assert zones.mean(values).tolist() == [2.5, 0.0]
    assert zones.total(values).tolist() == [5.0, 0.0]


def test_every_row_with_a_partner_gets_its_value() -> None:
    zones = Relation.of(np.array([1, 0, 1], np.int32), 3)
    assert zones.through(np.array([5.0, 6.0, 7.0]), 9.0).tolist() == [6.0, 5.0, 6.0]
    assert zones.total(np.array([1.0, 2.0, 4.0])).tolist() == [2.0, 5.0, 0.0]
    assert zones.worst(np.array([1.0, 2.0, 4.0])).tolist() == [2.0, 4.0, 0.0]


def test_the_nearest_row_is_no_farther_than_any_other(geography: Geography) -> None:
    lamps, feeders = geography["lamp"], geography["feeder"]
    found = nearest(lamps, feeders)
    distance = np.hypot(
        lamps.x_m[:, None] - feeders.x_m[None, :], lamps.y_m[:, None] - feeders.y_m[None, :]
    )
    assert np.array_equal(distance[np.arange(len(lamps)), found], distance.min(axis=1))
