"""What is rolled up and forgotten, and when."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from api.history.keeper import GRACE_MS, Keeper
from api.history.reader import read
from api.history.retention import Retention
from sensors.store import Horizon, HourRows, StoreUnavailable, VitalRows
from sensors.store.duck import DuckStore
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time

RUN = "r"
START = parse_time("2026-05-01T10:00:00+08:00")
SIGN = ("P1", "zone", "z")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[DuckStore]:
    opened = DuckStore(tmp_path / "twin.duckdb")
    yield opened
    opened.close()


def minutes(store: DuckStore, start_ms: int, values: list[float]) -> None:
    count = len(values)
    names = [np.array([name] * count, object) for name in SIGN]
    times = start_ms + np.arange(count) * MINUTE_MS
    numbers = np.array(values, float)
    store.write_vitals(RUN, VitalRows(times, *names, numbers, 10 * numbers, np.ones(count)))


def keeper(store: DuckStore, now: list[int], retention: Retention | None = None) -> Keeper:
    return Keeper(RUN, store, lambda: now[0] if now else None, retention or Retention())


def hours(store: DuckStore) -> list[float]:
    return store.hours(RUN, *SIGN, 0, 1 << 42).value.tolist()


def test_an_hour_is_rolled_up_once_it_is_over_and_not_before(store: DuckStore) -> None:
    minutes(store, START, [1.0] * 60 + [3.0] * 5)
    now = [START + HOUR_MS + GRACE_MS - 1]
    kept = keeper(store, now)
    kept.step()
    assert hours(store) == []
    now[0] += 1
    kept.step()
    assert hours(store) == [1.0]


def test_a_restart_goes_on_after_the_last_hour(store: DuckStore) -> None:
    minutes(store, START, [1.0] * 60 + [2.0] * 60 + [3.0] * 60)
    keeper(store, [START + HOUR_MS + GRACE_MS]).step()
    keeper(store, [START + 3 * HOUR_MS + GRACE_MS]).step()
    assert hours(store) == [1.0, 2.0, 3.0]


def test_a_correction_of_a_closed_hour_is_rolled_up_again(store: DuckStore) -> None:
    minutes(store, START, [1.0] * 60)
    kept = keeper(store, [START + HOUR_MS + GRACE_MS])
    kept.step()
    minutes(store, START, [5.0] * 60)
    kept.saved(START + 7 * MINUTE_MS)
    kept.step()
    assert hours(store) == [5.0]


def test_before_the_clock_is_heard_nothing_happens(store: DuckStore) -> None:
    minutes(store, START, [1.0] * 120)
    keeper(store, [], Retention(1, 1, 1)).step()
    assert hours(store) == []
    assert len(store.minutes(RUN, 0, 1 << 42)) == 120


def test_minutes_are_forgotten_by_age_and_hours_stay(store: DuckStore) -> None:
    minutes(store, START, [1.0] * 60)
    minutes(store, START + 3 * DAY_MS, [2.0] * 60)
    keeper(store, [START + 3 * DAY_MS + 2 * HOUR_MS], Retention(minutes_days=2)).step()
    assert len(store.minutes(RUN, 0, 1 << 42)) == 60
    assert hours(store) == [1.0, 2.0]
    found = read(store, RUN, SIGN, START, START + 4 * DAY_MS, HOUR_MS)
    assert found.value.tolist() == [1.0, 2.0]


class Away:
    """A store that refuses to be written for a while."""

    def __init__(self, store: DuckStore) -> None:
        self.away = True
        self.minutes, self.vital_span = store.minutes, store.vital_span
        self._store = store

    def write_hours(self, run: str, rows: HourRows) -> None:
        if self.away:
            raise StoreUnavailable("away")
        self._store.write_hours(run, rows)

    def forget(self, run: str, horizon: Horizon) -> None:
        self._store.forget(run, horizon)


def test_what_the_store_refused_is_rolled_up_later(store: DuckStore) -> None:
    minutes(store, START, [1.0] * 60)
    away = Away(store)
    kept = Keeper(RUN, away, lambda: START + 2 * HOUR_MS, Retention())
    kept.step()
    assert (hours(store), kept.outage.reason) == ([], "away")
    away.away = False
    kept.step()
    assert (hours(store), kept.outage.reason) == ([1.0], None)
