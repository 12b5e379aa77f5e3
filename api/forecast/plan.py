"""What is forecast: one target per indicator and level, with its columns, drivers, thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from api.config import Rulebook
from api.forecast.grid import Layout
from api.forecast.model import Stretch
from api.forecast.settings import ForecastSettings
from api.vitals.scoring import THRESHOLDS
from api.vitals.sign import Key
from twin.arrays import Bools, Floats


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no forecast."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Target:
    """`thresholds` are the values at which blue, yellow, orange and red begin; `drivers` the
    columns whose means are offered to the model."""

    key: Key
    entities: tuple[str, ...]
    columns: slice
    drivers: tuple[slice, ...]
    thresholds: tuple[float, ...]
    measured: bool

    @property
    def rising(self) -> bool:
        """Whether greater values are worse."""
        return self.thresholds[0] < self.thresholds[-1]

    def stretch(self, first_ms: int, values: Floats) -> Stretch:
        """Its part of the grid's rows."""
        return Stretch(first_ms, values[:, self.columns], driver_columns(values, self.drivers))

    def beyond(self, values: Floats) -> Bools:
        """Whether each value has the colour, along a new last axis; false without a value."""
        limits = np.asarray(self.thresholds)
        pushed = values[..., None] - limits if self.rising else limits - values[..., None]
        return np.asarray(np.nan_to_num(pushed, nan=-1.0) >= 0, np.bool_)


@dataclass(frozen=True, slots=True)
class Plan:
    """All targets, and why other vital signs have no forecast."""

    targets: tuple[Target, ...]
    without: Mapping[str, Reason]

    def reason(self, indicator: str) -> Reason:
        """Of an indicator that is no target."""
        return self.without.get(indicator, NOT_CONFIGURED)


NOT_CONFIGURED = Reason("未配置预报", "no forecast is configured")


def wanted(settings: ForecastSettings) -> frozenset[str]:
    """Indicators whose past is needed."""
    names = [name for one in settings.subject for name in (*one.indicators, *one.drivers)]
    return frozenset(names)


def make_plan(settings: ForecastSettings, rulebook: Rulebook, layout: Layout) -> Plan:
    """Targets in the order of the layout."""
    drivers = {name: one.drivers for one in settings.subject for name in one.indicators}
    targets = tuple(
        Target(
            key,
            layout.entities[key],
            layout.columns(key),
            tuple(_area(name, rulebook, layout) for name in drivers[key[0]] if name != key[0]),
            _thresholds(key, rulebook, layout),
            key in layout.measured,
        )
        for key in layout.keys
        if key[0] in drivers
    )
    reasons = {
        name: Reason(one.reason_zh, one.reason_en)
        for one in settings.without
        for name in one.indicators
    }
    return Plan(targets, reasons)


def driver_columns(values: Floats, columns: tuple[slice, ...]) -> Floats:
    """The mean of each driver's entities, its size on a log scale; NaN where none is known."""
    out = np.full((len(values), len(columns)), np.nan)
    for number, one in enumerate(columns):
        part = values[:, one]
        known = (~np.isnan(part)).sum(axis=1)
        mean = np.where(np.isnan(part), 0.0, part).sum(axis=1) / np.maximum(1, known)
        out[known > 0, number] = (np.sign(mean) * np.log1p(np.abs(mean)))[known > 0]
    return out


def _area(indicator: str, rulebook: Rulebook, layout: Layout) -> slice:
    """Its columns at the first level where it is measured."""
    levels = rulebook.indicator(indicator).levels
    return layout.columns((indicator, levels[0]))


def _thresholds(key: Key, rulebook: Rulebook, layout: Layout) -> tuple[float, ...]:
    if key not in layout.measured:
        return THRESHOLDS
    return tuple(rulebook.indicator(key[0]).anchors[1:5])
