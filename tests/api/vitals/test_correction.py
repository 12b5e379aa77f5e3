"""Late readings correct open windows at once, and closed ones in history only."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from twin.clock import MINUTE_MS

Make = Callable[..., Any]
CELL = "p-1:crowd_density:1:persons"
SPEED = "p-1:ped_lidar:1:speed"


def minutes(town: Any, first_ms: int, last_ms: int, persons: float | None) -> None:
    """Evaluations each minute; with a number, one reading before each."""
    for t_ms in range(first_ms, last_ms + 1, MINUTE_MS):
        if persons is not None:
            town.read(t_ms - 30_000, **{CELL: persons})
        town.engine.evaluate(t_ms)


def corrected(town: Any) -> dict[tuple[str, str, str, int], tuple[float, float]]:
    rows = [
        ((indicator, level, entity, int(t_ms)), (float(value), float(score)))
        for part in town.engine.corrections()
        for t_ms, indicator, level, entity, value, score in zip(
            part.t_ms, part.indicator, part.level, part.entity, part.value, part.score, strict=True
        )
    ]
    return dict(rows)


def test_a_late_reading_corrects_the_stored_minutes_of_its_window(
    make_town: Make, noon: int
) -> None:
    """Between 12:10 and 12:20 nothing came; at 12:20 what the gateway had kept arrives."""
    town = make_town("P1")
    minutes(town, noon, noon + 10 * MINUTE_MS, 60.0)
    minutes(town, noon + 11 * MINUTE_MS, noon + 20 * MINUTE_MS, None)
    assert corrected(town) == {}
    for ago in range(10):
        town.read(noon + (10 + ago) * MINUTE_MS + 30_000, **{CELL: 64.8})
    frame = town.engine.evaluate(noon + 21 * MINUTE_MS)
    found = corrected(town)
    at = noon + 18 * MINUTE_MS
    assert found["P1", "street", "a", at] == pytest.approx((1.08, 60.0), abs=0.1)
    assert ("D1", "quarter", "hengfu", at) in found
    assert min(key[3] for key in found) == noon + 11 * MINUTE_MS
    assert frame.sign("P1", "street", "a").value == pytest.approx(1.08, rel=1e-3)


def test_readings_in_time_correct_nothing(make_town: Make, noon: int) -> None:
    town = make_town("P1", "P3")
    minutes(town, noon, noon + 10 * MINUTE_MS, 60.0)
    town.read(noon + 10 * MINUTE_MS - 20_000, **{SPEED: 1.0})
    town.engine.evaluate(noon + 11 * MINUTE_MS)
    assert corrected(town) == {}


def test_minutes_older_than_an_hour_are_closed_for_good(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    minutes(town, noon, noon + 90 * MINUTE_MS, 60.0)
    town.read(noon + 10 * MINUTE_MS + 10_000, **{CELL: 300.0})
    town.engine.evaluate(noon + 91 * MINUTE_MS)
    assert corrected(town) == {}


def test_a_correction_is_told_once(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    minutes(town, noon, noon + 10 * MINUTE_MS, 60.0)
    town.read(noon + 5 * MINUTE_MS + 10_000, **{CELL: 300.0})
    town.engine.evaluate(noon + 11 * MINUTE_MS)
    assert corrected(town)
    assert corrected(town) == {}


def test_published_colours_and_alerts_do_not_look_back(make_town: Make, noon: int) -> None:
    """The corrected minute is red; what is published now is not."""
    town = make_town("P1")
    minutes(town, noon, noon + 10 * MINUTE_MS, 6.0)
    for part in range(6):
        town.read(noon + 90_000 + part * 5_000, **{CELL: 900.0})
    frame = town.engine.evaluate(noon + 11 * MINUTE_MS)
    past = [score for (_, level, _, _), (_, score) in corrected(town).items() if level == "street"]
    assert min(past) < 20
    assert frame.sign("P1", "street", "a").colour == 0
    assert np.isfinite(past).all()
