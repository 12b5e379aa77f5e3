"""One model: honest about what it knows, blind to what comes later, robust against events."""

from dataclasses import replace

import numpy as np
import pytest
from support.pastseries import MONDAY_MS, seasonal

from api.forecast.crps import covered
from api.forecast.model import Fitted, Method, Stretch, fit
from api.forecast.timetable import SLOTS
from twin.arrays import Floats

LEADS = (1, 4, 24)
METHOD = Method(seasonal=True, logged=False)
PLAIN = [
    METHOD,
    Method(seasonal=False, logged=False),
    Method(seasonal=True, logged=True),
    Method(seasonal=True, logged=False, driven=True, held=True),
]


def cut(past: Stretch, rows: int) -> Stretch:
    return replace(past, values=past.values[:rows], drivers=past.drivers[:rows])


def ahead(fitted: Fitted, past: Stretch, row: int) -> Floats:
    """Quantiles by lead, series and level from this row."""
    count = len(fitted.leads)
    return fitted.quantiles(past, fitted.track(past), np.full(count, row), np.arange(count))


@pytest.mark.parametrize("method", PLAIN, ids=lambda one: one.name)
def test_what_comes_later_changes_no_forecast(method: Method) -> None:
    past = seasonal(15)
    rng = np.random.default_rng(3)
    past = replace(past, drivers=rng.standard_normal((len(past.values), 2)))
    until, now = 12 * SLOTS, 13 * SLOTS + 40
    tampered = past.values.copy(), past.drivers.copy()
    tampered[0][now + 1 :] = 1e6
    tampered[1][now + 1 :] = -1e6
    other = replace(past, values=tampered[0], drivers=tampered[1])
    first = ahead(fit(cut(past, until), method, LEADS), past, now)
    second = ahead(fit(cut(other, until), method, LEADS), other, now)
    assert np.isfinite(first).all()
    assert first == pytest.approx(second, rel=1e-9)


def test_quantiles_never_cross() -> None:
    past = seasonal(15)
    fitted = fit(cut(past, 14 * SLOTS), METHOD, LEADS)
    found = np.stack([ahead(fitted, past, row) for row in range(14 * SLOTS, 15 * SLOTS - 24, 7)])
    assert np.all(np.diff(found, axis=-1) >= 0)


def test_intervals_hold_what_they_promise_on_days_not_seen() -> None:
    past = seasonal(42, width=4)
    known = 28 * SLOTS
    fitted = fit(cut(past, known), METHOD, LEADS)
    track = fitted.track(past)
    for number, lead in enumerate(LEADS):
        origin = np.arange(known, len(past.values) - lead)
        found = fitted.quantiles(past, track, origin, np.full(len(origin), number))
        assert covered(found, past.values[origin + lead]).mean() == pytest.approx(0.9, abs=0.04)


def test_an_event_never_seen_before_is_taken_to_last_and_not_magnified() -> None:
    past = seasonal(15, width=1)
    fitted = fit(cut(past, 14 * SLOTS), METHOD, LEADS)
    values = past.values.copy()
    now = 14 * SLOTS + 48
    values[now - 3 : now + 1] = 60.0
    median = ahead(fitted, replace(past, values=values), now)[:, 0, 2]
    calm = ahead(fitted, past, now)[:, 0, 2]
    assert np.all(median > calm)
    assert np.all(median < 1.3 * 60.0)
    assert median[0] == pytest.approx(values[:now].max() * 1.0, rel=0.5)


def test_without_a_present_value_there_is_no_forecast() -> None:
    past = seasonal(15)
    values = past.values.copy()
    now = 14 * SLOTS + 48
    values[now, 1] = np.nan
    found = ahead(fit(cut(past, 14 * SLOTS), METHOD, LEADS), replace(past, values=values), now)
    assert np.isnan(found[:, 1]).all()
    assert np.isfinite(found[:, [0, 2]]).all()


def test_on_a_kind_of_day_not_seen_twice_there_is_no_forecast() -> None:
    past = seasonal(6)  # Monday to Saturday
    fitted = fit(cut(past, 5 * SLOTS), METHOD, LEADS)
    found = ahead(fitted, past, 5 * SLOTS - 2)  # Friday 23:30
    assert np.isfinite(found[0]).all(), "a quarter of an hour ahead it is still Friday"
    assert np.isnan(found[1:]).all()


def test_what_was_never_below_zero_is_not_forecast_below_zero() -> None:
    rng = np.random.default_rng(4)
    values = np.maximum(0.0, rng.standard_normal((15 * SLOTS, 2)))
    past = Stretch(MONDAY_MS, values, np.empty((len(values), 0)))
    assert ahead(fit(cut(past, 14 * SLOTS), METHOD, LEADS), past, 14 * SLOTS).min() == 0.0


def test_a_driver_that_leads_helps() -> None:
    past = seasonal(29, slow=0.0)
    push = np.random.default_rng(8).standard_normal(len(past.values))
    values = past.values.copy()
    values[4:] += 2.0 * push[:-4, None]
    past = replace(past, values=values, drivers=push[:, None])
    origin = np.arange(28 * SLOTS, len(values) - 4)
    errors = {}
    for driven in (False, True):
        fitted = fit(cut(past, 28 * SLOTS), replace(METHOD, driven=driven), (4,))
        found = fitted.quantiles(past, fitted.track(past), origin, np.zeros(len(origin), np.int64))
        errors[driven] = np.abs(found[..., 2] - values[origin + 4]).mean()
    assert errors[True] < 0.6 * errors[False]
