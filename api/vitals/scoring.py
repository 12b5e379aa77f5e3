"""Values to scores by six anchors, scores to colours, colours that do not flicker."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from api.vitals.columns import fill, packed
from twin.arrays import Array, Bools, Floats, Index, Ints

SCORES = (100.0, 80.0, 60.0, 40.0, 20.0, 0.0)
THRESHOLDS = (80.0, 60.0, 40.0, 20.0)  # at or below: blue, yellow, orange, red


def score(values: Floats, anchors: Sequence[float]) -> Floats:
    """0..100, linear between the anchors of 100/80/60/40/20/0 and flat outside; NaN stays.

    Rounded to six decimals, so that the last bits of a sum do not decide a colour.
    """
    x, y = np.asarray(anchors, np.float64), np.asarray(SCORES)
    if x[0] > x[-1]:
        x, y = x[::-1], y[::-1]
    return np.where(np.isnan(values), np.nan, np.round(np.interp(values, x, y), 6))


def colour_of(scores: Floats) -> Index:
    """Colour numbers of scores; -1 where the score is NaN."""
    colour = np.zeros(np.shape(scores), np.int32)
    for threshold in THRESHOLDS:
        colour += scores <= threshold
    colour[np.isnan(scores)] = -1
    return colour


@dataclass(frozen=True, slots=True)
class Steady:
    """When a published colour may change: see `Published`."""

    margin: float
    votes: int
    of: int


class PublishedState(msgspec.Struct, frozen=True):
    """What colours depend on beside the scores to come; columns as bytes."""

    step: int
    columns: list[bytes]


class Published:
    """The colours of many entities, published with hysteresis.

    A colour worsens when `votes` of the last `of` scores are at least that bad (at once where
    `at_once`), and improves when the score less the margin has been better for `waits_ms`.
    The first score of an entity counts at once; without a score there is no colour.
    """

    def __init__(self, at_once: Bools, waits_ms: Ints, steady: Steady) -> None:
        self._steady, self._at_once, self._waits_ms = steady, at_once, waits_ms
        size = len(at_once)
        self._colour: Index = np.full(size, -1, np.int32)
        self._past: Index = np.full((steady.of, size), -1, np.int32)
        self._step = 0
        self._since_ms: Ints = np.full(size, -1, np.int64)
        self._ease: Index = np.zeros(size, np.int32)

    def step(self, scores: Floats, t_ms: int) -> Index:
        """Colours to publish now, -1 where there is no score."""
        raw = colour_of(scores)
        known = raw >= 0
        self._past[self._step % self._steady.of] = raw
        self._step += 1
        new = known & (self._colour < 0)
        self._colour[new] = raw[new]
        self._worsen(raw)
        self._improve(colour_of(scores - self._steady.margin), known, t_ms)
        return np.where(known, self._colour, -1)

    def state(self) -> PublishedState:
        """To go on from later."""
        return PublishedState(self._step, packed(self._columns()))

    def restore(self, state: PublishedState) -> None:
        """Go on from there; ValueError when it is of other entities."""
        fill(self._columns(), state.columns, "vital signs")
        self._step = state.step

    def _columns(self) -> tuple[Array, ...]:
        return self._colour, self._past, self._since_ms, self._ease

    def _worsen(self, raw: Index) -> None:
        voted = np.sort(self._past, axis=0)[self._steady.of - self._steady.votes]
        self._colour = np.maximum(self._colour, np.where(self._at_once, raw, voted))

    def _improve(self, relaxed: Index, known: Bools, t_ms: int) -> None:
        better = known & (relaxed < self._colour)
        start = better & (self._since_ms < 0)
        self._since_ms[start] = t_ms
        self._since_ms[known & ~better] = -1
        self._ease = np.where(start, relaxed, np.maximum(self._ease, np.where(better, relaxed, 0)))
        due = better & (t_ms - self._since_ms >= self._waits_ms)
        self._colour[due] = self._ease[due]
        self._since_ms[due] = -1
