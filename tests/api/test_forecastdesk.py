"""The desk: forecasts from the store alone, the same after a restart, quiet about what it lacks."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from support.madeuppast import MadeUpPast

from api.forecast.outlook import Outlook
from api.forecast.settings import ForecastSettings, load_forecast_settings
from api.forecastdesk import BEGINNING, ForecastDesk
from api.vitals.engine import VitalEngine
from api.vitals.sign import Roster
from twin.clock import DAY_MS, HOUR_MS, parse_time
from twin.config import default_config_dir

START_MS = parse_time("2026-05-07T00:00")
NOW_MS = START_MS + 11 * DAY_MS + 8 * HOUR_MS  # a Monday
CROWD = "P1", "street"
OpenDesk = Callable[..., ForecastDesk]


@pytest.fixture(scope="module")
def rosters(world: Any) -> dict[tuple[str, str], Roster]:
    return VitalEngine(world.rulebook, world.geography, world.network).rosters


@pytest.fixture(scope="module")
def settings(world: Any) -> ForecastSettings:
    """Two leads, so that learning is quick."""
    whole = load_forecast_settings(default_config_dir(), world.rulebook)
    return whole.model_copy(update={"leads_min": (60, 240), "judged_min": (60,)})


@pytest.fixture
def past(rosters: Any) -> MadeUpPast:
    return MadeUpPast(*CROWD, rosters[CROWD].entities, START_MS)


@pytest.fixture
def open_desk(world: Any, rosters: Any, settings: Any, past: MadeUpPast) -> OpenDesk:
    def make(tell: Callable[[Outlook], None] = lambda outlook: None) -> ForecastDesk:
        return ForecastDesk("r1", past, rosters, world.rulebook, settings, tell)

    return make


def step(desk: ForecastDesk, t_ms: int) -> Outlook | None:
    desk.saved(t_ms)
    desk.step()
    return desk.outlook


def test_before_anything_is_saved_forecasts_are_being_prepared(open_desk: OpenDesk) -> None:
    desk = open_desk()
    desk.step()
    assert desk.outlook is None
    assert desk.reason(CROWD) == BEGINNING


def test_a_known_day_is_forecast_and_the_rest_says_why_not(open_desk: OpenDesk) -> None:
    desk = open_desk()
    outlook = step(desk, NOW_MS)
    assert outlook is not None
    assert outlook.t_ms == NOW_MS
    found = outlook.forecasts[CROWD]
    assert found.chosen.shown == (True, True)
    expected = 0.55 - 0.45 * np.cos(2 * np.pi * 9 / 24)  # an hour ahead it is nine
    assert found.quantiles[0, :, 2] == pytest.approx(expected, abs=0.1)
    assert desk.reason(CROWD) is None
    reason = desk.reason(("M1", "quarter"))
    assert reason is not None
    assert reason.en == "0.0 days of history, at least 6 needed"
    event = desk.reason(("B7", "building"))
    assert event is not None
    assert event.en == "an event that nothing announces"


def test_a_restart_gives_the_same_forecast(open_desk: OpenDesk) -> None:
    first = open_desk()
    for t_ms in range(NOW_MS - 10 * HOUR_MS, NOW_MS + 1, HOUR_MS):  # over a midnight
        before = step(first, t_ms)
    after = step(open_desk(), NOW_MS)
    assert before is not None
    assert after is not None
    assert before.learnt_ms == after.learnt_ms
    quantiles = after.forecasts[CROWD].quantiles
    assert before.forecasts[CROWD].quantiles == pytest.approx(quantiles, rel=1e-9)


def test_a_new_outlook_comes_with_each_quarter_of_an_hour(open_desk: OpenDesk) -> None:
    told: list[Outlook] = []
    desk = open_desk(told.append)
    for minutes in (0, 1, 14, 15, 16, 45):
        step(desk, NOW_MS + minutes * 60_000)
    assert [(one.t_ms - NOW_MS) // 60_000 for one in told] == [0, 15, 45]


def test_too_short_a_history_is_a_reason_and_no_forecast(
    open_desk: OpenDesk, past: MadeUpPast
) -> None:
    past.first_ms = NOW_MS - 2 * DAY_MS
    desk = open_desk()
    outlook = step(desk, NOW_MS)
    assert outlook is not None
    assert CROWD not in outlook.forecasts
    reason = desk.reason(CROWD)
    assert reason is not None
    assert reason.en == "1.7 days of history, at least 6 needed"
    assert reason.zh


def test_while_the_store_is_away_the_last_outlook_stays(
    open_desk: OpenDesk, past: MadeUpPast
) -> None:
    desk = open_desk()
    before = step(desk, NOW_MS)
    past.away = True
    assert step(desk, NOW_MS + HOUR_MS) is before
    assert desk.outage.reason == "away"
    past.away = False
    after = step(desk, NOW_MS + HOUR_MS)
    assert after is not None
    assert after.t_ms == NOW_MS + HOUR_MS
    assert desk.outage.reason is None


def test_the_past_is_read_once(open_desk: OpenDesk, past: MadeUpPast) -> None:
    desk = open_desk()
    step(desk, NOW_MS)
    asked = past.asked
    step(desk, NOW_MS + HOUR_MS)
    assert past.asked - asked == 4


def test_a_colour_that_noon_brings_every_day_is_announced_in_the_morning(
    open_desk: OpenDesk, past: MadeUpPast
) -> None:
    past.high = 1.25  # yellow begins at 1.08 persons per square metre
    desk = open_desk()
    outlook = step(desk, NOW_MS)
    assert outlook is not None
    warned = [one for one in outlook.warnings if one.key == CROWD]
    yellow = past.values(NOW_MS) >= 1.08
    assert {one.entity for one in warned} == set(np.array(past.entities)[~yellow].tolist())
    assert {one.colour.name_en for one in warned} == {"yellow"}
    assert all(NOW_MS < one.t_ms < NOW_MS + 6 * HOUR_MS for one in warned)
    assert all(0.5 <= one.probability <= 1 for one in warned)


def test_what_already_has_the_colour_is_not_announced(
    open_desk: OpenDesk, past: MadeUpPast
) -> None:
    past.high = 1.25
    outlook = step(open_desk(), NOW_MS + 4 * HOUR_MS)  # noon
    assert outlook is not None
    assert [one for one in outlook.warnings if one.key == CROWD] == []


def test_the_thread_works_until_it_is_stopped(open_desk: OpenDesk) -> None:
    done = threading.Event()
    desk = open_desk(lambda outlook: done.set())
    desk.start()
    desk.saved(NOW_MS)
    assert done.wait(20)
    desk.stop()
    assert not desk._thread.is_alive()
