"""Steps over minutes and hours."""

from pathlib import Path

import numpy as np
import pytest

from api.history.keeper import Keeper
from api.history.reader import read, step_for, widen
from api.history.retention import Retention, load_retention
from sensors.store import VitalHistory, VitalRows
from sensors.store.duck import DuckStore
from twin.clock import DAY_MS, HOUR_MS, MINUTE_MS, parse_time
from twin.config import ConfigError

START = parse_time("2026-05-01T08:00:00+08:00")  # midnight UTC: steps of days begin there
SIGN = ("P1", "zone", "z")


def test_steps_from_hours_equal_steps_from_minutes(tmp_path: Path) -> None:
    """Whatever is rolled up already: the answer is the same before and after."""
    store = DuckStore(tmp_path / "twin.duckdb")
    values = np.sin(np.arange(30 * 60) / 50) + 2
    values[70:200] = np.nan
    names = [np.array([name] * len(values), object) for name in SIGN]
    times = START + np.arange(len(values)) * MINUTE_MS
    store.write_vitals("r", VitalRows(times, *names, values, 10 * values, np.ones(len(values))))
    end = START + 2 * DAY_MS
    before = read(store, "r", SIGN, START, end, HOUR_MS)
    Keeper("r", store, lambda: START + 25 * HOUR_MS, Retention()).step()
    assert len(store.hours("r", *SIGN, 0, 1 << 42)) == 24
    after = read(store, "r", SIGN, START, end, HOUR_MS)
    for name in ("t_ms", "value", "score", "confidence", "low", "high", "worst"):
        np.testing.assert_allclose(getattr(after, name), getattr(before, name), rtol=1e-12)
    assert np.isnan(after.value[2])
    days = read(store, "r", SIGN, START + 5 * HOUR_MS, end, DAY_MS)
    assert days.t_ms.tolist() == [START, START + DAY_MS]
    assert days.high[0] == pytest.approx(np.nanmax(values[: 24 * 60]))
    store.close()


def test_wider_steps_leave_out_what_is_missing() -> None:
    nan = float("nan")
    column = np.array([1.0, nan, nan, nan])
    history = VitalHistory(
        np.arange(4, dtype=np.int64) * HOUR_MS, column, column, column, column, column, column
    )
    wide = widen(history, 2 * HOUR_MS)
    assert wide.value[0] == 1.0
    assert np.isnan([wide.value[1], wide.low[1], wide.high[1], wide.worst[1]]).all()


@pytest.mark.parametrize(
    ("span_ms", "step_ms"),
    [
        (DAY_MS, None),
        (31 * DAY_MS, HOUR_MS),
        (3000 * DAY_MS, DAY_MS),
        (50_000 * DAY_MS, 7 * DAY_MS),
    ],
)
def test_a_span_without_a_step_gets_the_finest_that_fits(span_ms: int, step_ms: int) -> None:
    assert step_for(span_ms) == step_ms


@pytest.mark.parametrize(
    ("key", "value"), [("readings_days", 31), ("minutes_days", 1), ("hours_days", -1)]
)
def test_a_retention_that_vital_signs_cannot_live_with_is_refused(
    tmp_path: Path, key: str, value: int
) -> None:
    days = {"readings_days": 40, "minutes_days": 40, "hours_days": 0} | {key: value}
    lines = [f"{name} = {number}" for name, number in days.items()]
    (tmp_path / "history.toml").write_text("[retention]\n" + "\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigError, match=key) as refused:
        load_retention(tmp_path)
    assert str(value) in str(refused.value)
