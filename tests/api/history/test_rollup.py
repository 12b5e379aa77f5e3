"""Sixty minutes become one row."""

import numpy as np

from api.history.rollup import roll_up
from sensors.store import VitalRows


def rows(*found: tuple[str, float, float]) -> VitalRows:
    """(entity, value, score) per minute."""
    count = len(found)
    return VitalRows(
        np.arange(count, dtype=np.int64) * 60_000,
        np.array(["P1"] * count, object),
        np.array(["zone"] * count, object),
        np.array([one[0] for one in found], object),
        np.array([one[1] for one in found], float),
        np.array([one[2] for one in found], float),
        np.full(count, 0.5),
    )


def test_an_hour_has_the_means_the_range_and_the_worst_score() -> None:
    hour = roll_up(rows(("a", 1.0, 90.0), ("b", 7.0, 70.0), ("a", 3.0, 50.0)), 3_600_000)
    assert hour.t_ms.tolist() == [3_600_000] * 2
    assert hour.entity.tolist() == ["a", "b"]
    assert hour.value.tolist() == [2.0, 7.0]
    assert hour.score.tolist() == [70.0, 70.0]
    assert (hour.low[0], hour.high[0], hour.worst[0]) == (1.0, 3.0, 50.0)


def test_missing_minutes_do_not_count_and_nothing_stays_nothing() -> None:
    hour = roll_up(rows(("a", np.nan, np.nan), ("a", 4.0, 80.0), ("b", np.nan, np.nan)), 0)
    assert (hour.value[0], hour.low[0], hour.worst[0]) == (4.0, 4.0, 80.0)
    assert np.isnan([hour.value[1], hour.score[1], hour.low[1], hour.high[1]]).all()


def test_an_hour_without_minutes_has_no_rows() -> None:
    assert len(roll_up(rows(), 0)) == 0
