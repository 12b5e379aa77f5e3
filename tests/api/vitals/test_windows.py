from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from api.quality.inspector import Inspector
from api.vitals.windows import FUTURE_MS, Windows
from sensors.reading import ReadingBatch
from twin.clock import parse_time

Make = Callable[..., Any]
CELL, BUTTON, WIND = "p-1:crowd_density:1:persons", "e-1:elder_button:1:call", "z-1:wind:1:gust"


@pytest.fixture
def town(make_town: Make) -> Any:
    return make_town("P1", "S5", "E5")


def last(town: Any, name: str) -> float:
    """Once event time has reached what was read."""
    watermark_ms = town.engine.windows.watermark_ms
    town.engine.advance(max(watermark_ms, parse_time("2026-05-01T12:00:00+08:00")))
    return float(town.engine.windows.last[town.network.series.lookup[name]])


def row(town: Any, name: str) -> int:
    return int(town.network.index(name.rsplit(":", 1)[0]))


def test_wire_values_become_display_values(town: Any, noon: int) -> None:
    town.read(noon, **{"f-1:feeder_load:1:power": 320.0})
    assert last(town, "f-1:feeder_load:1:power") == pytest.approx(320.0)


def test_states_become_their_number_in_the_catalogue(town: Any, noon: int) -> None:
    town.read(noon, **{BUTTON: "emergency", CELL: 3.0})
    assert (last(town, BUTTON), last(town, CELL)) == (3.0, 3.0)


@pytest.mark.parametrize("value", [-40.0, 1e6, np.nan, np.inf])
def test_impossible_value_is_rejected_but_the_neuron_was_heard(
    town: Any, noon: int, value: float
) -> None:
    town.read(noon, **{WIND: value})
    windows = town.engine.windows
    assert np.isnan(last(town, WIND))
    assert windows.rejected == 1
    assert windows.heard_ms[row(town, WIND)] == noon
    assert windows.online(noon)[row(town, WIND)]
    assert not windows.live(noon)[row(town, WIND)]


def test_unknown_state_is_rejected(town: Any, noon: int) -> None:
    town.read(noon, **{BUTTON: "sing"})
    town.engine.advance(noon)
    assert town.engine.windows.rejected == 1


def test_out_of_order_reading_does_not_replace_the_last_one(town: Any, noon: int) -> None:
    town.read(noon, **{CELL: 5.0})
    town.read(noon - 10_000, **{CELL: 9.0})
    assert last(town, CELL) == 5.0


def test_reading_ahead_counts_once_event_time_reaches_it(town: Any, noon: int) -> None:
    town.engine.advance(noon)
    town.read(noon + FUTURE_MS, **{CELL: 5.0})
    assert np.isnan(last(town, CELL))
    town.engine.advance(noon + FUTURE_MS)
    assert last(town, CELL) == 5.0


def test_reading_further_in_the_future_never_counts(town: Any, noon: int) -> None:
    town.engine.advance(noon)
    town.read(noon + FUTURE_MS + 10_001, **{CELL: 5.0})
    town.engine.advance(noon + 10_000)
    town.engine.advance(noon + 2 * FUTURE_MS)
    assert np.isnan(last(town, CELL))
    assert town.engine.windows.future == 1


def test_reading_far_ahead_of_a_watermark_that_lags_the_clock_waits(town: Any, noon: int) -> None:
    town.engine.expect(noon + 2 * FUTURE_MS)
    town.read(noon + 2 * FUTURE_MS, **{CELL: 5.0})
    town.engine.advance(noon)
    town.engine.advance(noon + 2 * FUTURE_MS)
    assert last(town, CELL) == 5.0


def test_readings_before_the_first_watermark_are_kept(make_town: Make, noon: int) -> None:
    town = make_town("P1")
    inspector = Inspector(town.network, town.rulebook.quality)
    windows = Windows(town.network, {}, inspector)
    windows.add(town.batch(noon, {CELL: 5.0}))
    windows.advance(noon)
    assert windows.last[town.network.series.lookup[CELL]] == 5.0


def test_neuron_is_live_for_two_heartbeats_and_the_way(town: Any, noon: int) -> None:
    town.read(noon, **{CELL: 5.0})
    town.engine.advance(noon)
    live = [town.engine.windows.live(noon + ms)[row(town, CELL)] for ms in (50_000, 50_001)]
    assert live == [True, False]


def test_event_time_does_not_go_back(town: Any, noon: int) -> None:
    town.engine.advance(noon)
    with pytest.raises(ValueError, match=str(noon - 1)):
        town.engine.advance(noon - 1)


def test_empty_batch_changes_nothing(town: Any) -> None:
    town.engine.add(ReadingBatch.empty())
    assert (town.engine.windows.last_ms < 0).all()
