"""The store's minutes as rows of quarters of an hour."""

import numpy as np
from support.pastseries import MONDAY_MS

from api.forecast.grid import Layout
from api.forecast.storedpast import stored_grid
from sensors.store.base import VitalRows, VitalSpan
from twin.arrays import Array, Floats
from twin.clock import MINUTE_MS

LAYOUT = Layout(
    (("P1", "street"), ("H", "quarter")),
    {("P1", "street"): ("a", "b"), ("H", "quarter"): ("hengfu",)},
    frozenset({("P1", "street")}),
    {("P1", "street"): 0, ("H", "quarter"): 2},
    3,
)


def texts(*names: str) -> Array:
    return np.array(names, object)


class Minutes:
    """Minutes after the start at which the three signs were stored; values are the minute."""

    def __init__(self, *minutes: int) -> None:
        self._minutes = minutes

    def minutes(self, run: str, start_ms: int, end_ms: int) -> VitalRows:
        at = [m for m in self._minutes if start_ms <= MONDAY_MS + m * MINUTE_MS < end_ms]
        times = np.repeat(np.array(at, np.int64), 4)
        value = times.astype(np.float64)
        return VitalRows(
            MONDAY_MS + times * MINUTE_MS,
            np.tile(texts("P1", "H", "P1", "X9"), len(at)),
            np.tile(texts("street", "quarter", "street", "street"), len(at)),
            np.tile(texts("b", "hengfu", "a", "c"), len(at)),
            value,
            value + 0.5,
            np.ones(len(times)),
        )

    def vital_span(self, run: str) -> VitalSpan:
        first = MONDAY_MS + min(self._minutes) * MINUTE_MS if self._minutes else None
        return VitalSpan(first, None)


def grid(*minutes: int) -> Floats:
    end_ms = MONDAY_MS + 60 * MINUTE_MS
    return stored_grid(Minutes(*minutes), "r1", LAYOUT, MONDAY_MS, end_ms).values


def test_values_where_measured_and_scores_where_made_of_others() -> None:
    assert grid(0)[0].tolist() == [0.0, 0.0, 0.5]


def test_the_first_minute_stands_for_its_quarter_of_an_hour() -> None:
    assert grid(0, 1, 14, 15, 16)[:, 0].tolist() == [0.0, 15.0]


def test_where_the_first_minute_was_skipped_the_next_one_stands_for_it() -> None:
    assert grid(0, 19, 22)[:, 0].tolist() == [0.0, 19.0]


def test_a_quarter_of_an_hour_without_any_minute_is_a_gap() -> None:
    found = grid(0, 30)[:, 0]
    assert found[[0, 2]].tolist() == [0.0, 30.0]
    assert np.isnan(found[1])


def test_nothing_stored_is_an_empty_grid() -> None:
    assert grid().shape == (0, 3)
