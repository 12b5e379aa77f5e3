"""One vital sign over time: minutes as they are, or steps, from hours where that helps."""

from typing import Protocol

import numpy as np

from sensors.store import VitalHistory
from twin.arrays import Floats, Ints
from twin.clock import HOUR_MS

POINTS = 10_000  # of one answer


class Annals(Protocol):
    """What history needs of a store."""

    def vitals(
        self,
        run: str,
        indicator: str,
        level: str,
        entity: str,
        start_ms: int,
        end_ms: int,
        step_ms: int | None = None,
    ) -> VitalHistory: ...

    def hours(
        self, run: str, indicator: str, level: str, entity: str, start_ms: int, end_ms: int
    ) -> VitalHistory: ...


def step_for(span_ms: int) -> int | None:
    """The finest step, ms, whose points fit into one answer; None for minutes as they are."""
    steps = (None, HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS)
    return next((one for one in steps if span_ms / (one or 60_000) <= POINTS), steps[-1])


def read(
    store: Annals,
    run: str,
    sign: tuple[str, str, str],
    start_ms: int,
    end_ms: int,
    step_ms: int | None,
) -> VitalHistory:
    """`sign` is indicator, level, entity. A step of hours begins at the step that holds the start.

    Hours count alike in a wider step, however many minutes of them are there.
    """
    if step_ms is None or step_ms % HOUR_MS:
        return store.vitals(run, *sign, start_ms, end_ms, step_ms)
    start_ms = start_ms // step_ms * step_ms
    hours = store.hours(run, *sign, start_ms, end_ms)
    until_ms = int(hours.t_ms[-1]) + HOUR_MS if len(hours) else start_ms
    rest = store.vitals(run, *sign, until_ms, end_ms, HOUR_MS)
    return widen(_joined(hours, rest), step_ms)


def widen(history: VitalHistory, step_ms: int) -> VitalHistory:
    """Rows in order of time as wider steps."""
    step = history.t_ms // step_ms * step_ms
    times, first = np.unique(step, return_index=True)
    if len(times) == len(history):
        return VitalHistory(
            times, history.value, history.score, history.confidence,
            history.low, history.high, history.worst,
        )  # fmt: skip
    return VitalHistory(
        times,
        _mean(history.value, first),
        _mean(history.score, first),
        _mean(history.confidence, first),
        np.fmin.reduceat(history.low, first),
        np.fmax.reduceat(history.high, first),
        np.fmin.reduceat(history.worst, first),
    )


def _joined(one: VitalHistory, other: VitalHistory) -> VitalHistory:
    names = ("t_ms", "value", "score", "confidence", "low", "high", "worst")
    return VitalHistory(*(np.concatenate([getattr(one, n), getattr(other, n)]) for n in names))


def _mean(column: Floats, first: Ints) -> Floats:
    known = ~np.isnan(column)
    total = np.add.reduceat(np.where(known, column, 0.0), first)
    count = np.add.reduceat(known.astype(np.float64), first)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
