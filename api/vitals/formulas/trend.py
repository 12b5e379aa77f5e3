"""Slow change over 30 days with the effect of temperature taken out."""

from dataclasses import dataclass

import numpy as np

from api.vitals.ratio import ratio
from api.vitals.scene import Scene
from twin.arrays import Array, Floats
from twin.clock import DAY_MS

DAYS = 30
HOURS = 24 * DAYS
LEAST_DAYS = 10  # of history, or there is no trend yet
BASE_DAYS = 3  # whose mean is the start of the change


@dataclass(frozen=True, slots=True)
class Trend:
    """Per member: slope in units per 30 days, and last day minus first days; NaN too early."""

    slope_30d: Floats
    change: Floats


def fit(scene: Scene, role: str) -> Trend:
    """y = a + b * (temperature) + c * (time) by least squares, each day weighing the same.

    Equal days keep the live hours from outweighing a history that came once a day.
    """
    y = scene.bins(role, DAYS * DAY_MS, "month").means()
    temperature = _temperature(scene, role, y.shape)
    return trend(y, temperature)


def trend(y: Floats, temperature: Floats) -> Trend:
    """Hours (oldest first) by members, NaN where nothing was read; without any temperature at
    a series' hours the temperature has no effect."""
    known = ~np.isnan(y) & ~np.isnan(temperature)
    days = known.reshape(DAYS, 24, -1)
    per_day = days.sum(axis=1, keepdims=True)
    weight = (days / np.maximum(per_day, 1)).reshape(y.shape)
    covered = (per_day > 0).sum(axis=(0, 1))
    coefficients = _solve(np.where(known, y, 0.0), np.where(known, temperature, 0.0), weight)
    rest = np.where(known, y - coefficients[:, 1] * temperature, np.nan)
    enough = covered >= LEAST_DAYS
    return Trend(
        np.where(enough, coefficients[:, 2], np.nan),
        np.where(enough, _change(rest, weight), np.nan),
    )


def _solve(y: Floats, temperature: Floats, weight: Floats) -> Floats:
    """(members, 3): level, effect per °C, slope per 30 days."""
    time = np.broadcast_to((np.arange(HOURS) / HOURS - 0.5)[:, None], y.shape)
    mean = (weight * temperature).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-9)
    terms = np.array([np.ones(y.shape), temperature - mean, time])
    left = np.einsum("iht,jht,ht->tij", terms, terms, weight)
    right = np.einsum("iht,ht,ht->ti", terms, y, weight)
    ridge = 1e-6 * np.eye(3)
    return np.asarray(np.linalg.solve(left + ridge, right[..., None])[..., 0], np.float64)


def _change(rest: Floats, weight: Floats) -> Floats:
    """Mean of the last 24 h minus the mean of the first days that have data."""
    by_day = (
        np.where(weight > 0, np.nan_to_num(rest) * weight, 0.0).reshape(DAYS, 24, -1).sum(axis=1)
    )
    has_day = weight.reshape(DAYS, 24, -1).sum(axis=1) > 0
    order = np.cumsum(has_day, axis=0)
    early = has_day & (order <= BASE_DAYS)
    base = np.where(early, by_day, 0.0).sum(axis=0) / np.maximum(early.sum(axis=0), 1)
    return np.where(has_day[-1], by_day[-1] - base, np.nan)


def _temperature(scene: Scene, role: str, shape: tuple[int, ...]) -> Floats:
    """The building's own wall temperature, elsewhere the mean of all walls, by the hour."""
    if not scene.has("temperature"):
        return np.zeros(shape)
    walls = scene.members["temperature"]
    means = scene.bins("temperature", DAYS * DAY_MS, "month").means()
    own = np.full((shape[0], scene.size), np.nan)
    own[:, walls.entity] = means
    everywhere = _row_means(means)[:, None]
    entity = scene.members[role].entity
    out: Array = np.where(np.isnan(own[:, entity]), everywhere, own[:, entity])
    return out


def _row_means(values: Floats) -> Floats:
    known = ~np.isnan(values)
    count = known.sum(axis=1)
    total = np.where(known, values, 0.0).sum(axis=1)
    return ratio(total, count)
